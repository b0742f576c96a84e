import logging

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: How many names get their documents in one transaction.
BATCH = 50


class CrmSegnalazionePending(models.Model):
    """Names that are to get a document and were too many for one transaction."""

    _name = "crm.segnalazione.pending"
    _description = "Document To Be Made"
    _order = "id"
    _rec_name = "lead_id"
    _log_access = False

    lead_id = fields.Many2one(
        "crm.lead", "Name", required=True, index=True, ondelete="cascade"
    )
    interaction_id = fields.Many2one("crm.interaction", "Outcome", ondelete="cascade")
    event_id = fields.Many2one("calendar.event", "Appointment", ondelete="set null")
    problem = fields.Char(help="Why the last try failed. It is tried again.")

    _tried_again = models.Index("(id) WHERE problem IS NULL")

    @api.model
    def _add(self, noted):
        """Put names into the queue.

        :param dict noted: events by row of the history, by name
        """
        values = []
        for lead_id, rows in noted.items():
            for row_id, event_id in (rows or {False: False}).items():
                values.append(
                    {
                        "lead_id": lead_id,
                        "interaction_id": row_id,
                        "event_id": event_id,
                    }
                )
        self.create(values)
        self._wake()

    @api.model
    def _add_rows_after(self, last, lead_ids, outcome):
        """Put the rows that a batch has just written into the queue.

        :param int last: highest number in the ledger before it
        :param list lead_ids: the names of the batch
        :param crm.outcome outcome: what was registered
        """
        self.env["crm.interaction"].flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_segnalazione_pending (lead_id, interaction_id)
                   SELECT lead_id, id FROM crm_interaction
                    WHERE id > %s AND lead_id = ANY(%s) AND outcome_id = %s""",
                last,
                list(lead_ids),
                outcome.id,
            )
        )
        self._wake()

    @api.model
    def _wake(self):
        self.env.ref("crm_segnalazioni.ir_cron_pending").sudo()._trigger()

    @api.model
    def _cron_make(self):
        """Make documents in batches, each committed with its names out of the queue."""
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=self.search_count([("problem", "=", False)]))
        while pending := self._next_batch():
            done = len(pending)
            try:
                with self.env.cr.savepoint():
                    pending._make()
            except Exception:
                _logger.info("A batch of documents failed; one by one now")
                pending._make_one_by_one()
            if not progress(done):
                break

    @api.model
    def _next_batch(self):
        """Return the next ones that nobody else is working on.

        :rtype: crm.segnalazione.pending
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM crm_segnalazione_pending WHERE problem IS NULL
                 ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED""",
                BATCH,
            )
        )
        return self.browse([row_id for (row_id,) in rows])

    def _make(self):
        """Make the documents of these names, and take them out of the queue."""
        for pending in self:
            lead = pending.lead_id
            if pending.interaction_id:
                lead._convert_by_report(pending.interaction_id)
            lead._note_source(pending.interaction_id, pending.event_id)
        self.lead_id._generate_segnalazioni()
        self.unlink()

    def _make_one_by_one(self):
        for pending in self:
            try:
                with self.env.cr.savepoint():
                    pending._make()
            except Exception as error:
                # Noted again by somebody's next change of the name, or retried by hand.
                pending.problem = str(error)[:500]

    def action_retry(self):
        """Button: try those again that failed.

        :rtype: bool
        """
        self.check_access("write")
        self.problem = False
        self._wake()
        return True
