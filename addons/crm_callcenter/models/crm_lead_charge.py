from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Names that lose who follows them between two commits.
_RESET_BATCH = 5000
#: Roles that may take a name from who follows it.
_LEADING_GROUPS = (
    "crm_callcenter.group_coordinator",
    "crm_callcenter.group_campaign_manager",
)


class CrmLead(models.Model):
    """Presa in carico: who follows a name, and since when.

    Not the claim of a line in a list, which lasts minutes.
    """

    _inherit = "crm.lead"

    def _take_charge_by_outcome(self, effects, user):
        """Put a user in charge if the relation says so.

        :param dict effects: as ``_get_outcome_effects`` returns them
        :param res.users user: who registered the outcome
        """
        if effects["relation"].takes_charge and self.charge_user_id != user:
            self._take_charge_batch(user)

    def _take_charge_batch(self, user):
        """Put a user in charge of these names; the row of the ledger is another's work.

        :param res.users user: who follows them; empty: nobody does
        """
        self.flush_recordset(["charge_user_id", "charge_date"])
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead SET charge_user_id = %s, charge_date = %s
                    WHERE id = ANY(%s) RETURNING id""",
                user.id or None,
                fields.Datetime.now() if user else None,
                self.ids,
            )
        )
        self.invalidate_recordset(["charge_user_id", "charge_date"])

    # ------------------------------------------------------------
    # BY HAND
    # ------------------------------------------------------------

    def action_take_charge(self):
        """Take charge of these names, for the current user.

        Names that the user follows already stay as they are.

        :return: a notification that says how many were taken
        :rtype: dict
        :raise AccessError: the user may not change one of them
        :raise UserError: one is blocked, or somebody else follows it
        """
        self._lock_charge()
        for lead in self:
            if lead.commercial_state_class == "blocked":
                raise UserError(
                    self.env._(
                        "%(name)s is blocked (%(state)s): nobody follows it.",
                        name=lead.name,
                        state=lead.commercial_state_id.name,
                    )
                )
            # sudo: the name of a colleague, for the sentence; who has left the
            # company follows nobody
            holder = lead.sudo().charge_user_id
            if holder.active and holder != self.env.user:
                raise UserError(
                    self.env._(
                        "%(user)s has been in charge of %(name)s since %(date)s. Ask"
                        " for its release first.",
                        user=holder.name,
                        name=lead.name,
                        date=fields.Datetime.context_timestamp(
                            self, lead.charge_date
                        ).strftime("%d/%m/%Y %H:%M"),
                    )
                )
        others = self.filtered(lambda lead: lead.charge_user_id != self.env.user)
        others._change_charge(self.env.user, "taken")
        return self._charge_notification(
            self.env._("You are in charge of %(count)s names.", count=len(self))
            if len(self) > 1
            else self.env._("You are in charge of %(name)s.", name=self.name)
        )

    def action_release_charge(self):
        """Let these names go: nobody is in charge of them any more.

        :return: a notification
        :rtype: dict
        :raise AccessError: the user may not change one of them
        :raise UserError: somebody else follows one, and the user leads nobody
        """
        self._lock_charge()
        followed = self.filtered("charge_user_id")
        leads_others = any(self.env.user.has_group(group) for group in _LEADING_GROUPS)
        for lead in followed:
            # sudo: the name of a colleague, for the sentence
            holder = lead.sudo().charge_user_id
            if holder != self.env.user and not leads_others:
                raise UserError(
                    self.env._(
                        "%(user)s is in charge of %(name)s. Only %(user)s, a"
                        " coordinator or a campaign manager can release it.",
                        user=holder.name,
                        name=lead.name,
                    )
                )
        followed._change_charge(self.env["res.users"], "released")
        return self._charge_notification(
            self.env._("Released: %(count)s names.", count=len(followed))
        )

    def _lock_charge(self):
        """Make sure that nobody else changes the charge of these names now.

        Who comes second finds the row changed since its snapshot; PostgreSQL
        refuses, Odoo runs the request again, and it gets the sentence.

        :raise AccessError: the user may not change one of them
        """
        self.check_access("write")
        self.flush_recordset(["charge_user_id", "charge_date"])
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_lead WHERE id = ANY(%s)"
                " ORDER BY id FOR NO KEY UPDATE",
                self.ids,
            ),
            log_exceptions=False,
        )
        self.invalidate_recordset(["charge_user_id", "charge_date"])

    def _change_charge(self, user, change, note=None):
        """Write who is in charge, and a row of the ledger that says so.

        :param res.users user: who follows the names from now on; empty: nobody
        :param str change: ``taken`` or ``released``
        :param str note: why
        """
        if not self:
            return
        self._register_system_outcome(
            self.env.ref(f"crm_callcenter.crm_outcome_charge_{change}"),
            self.env.ref("crm_callcenter.activity_type_charge"),
            note=note,
        )
        self._take_charge_batch(user)

    def _charge_notification(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------
    # RESET
    # ------------------------------------------------------------

    @api.model
    def _cron_reset_charge(self):
        """Release the names that nobody did anything about for too long."""
        companies = self.env["res.company"].search([("charge_reset_days", ">", 0)])
        for company in companies:
            if not self._reset_charge_of(company):
                return

    @api.model
    def _reset_charge_of(self, company):
        """Release the names of a company whose time is over, batch by batch.

        Names without a company count with the main one.

        :param res.company company: its parameter says after how many days
        :return: whether it is finished; otherwise the time of the worker is over
        :rtype: bool
        """
        days = company.charge_reset_days
        limit = fields.Datetime.now() - timedelta(days=days)
        note = self.env._(
            "Released by itself: no outcome for %(days)s days.", days=days
        )
        while lead_ids := self._forgotten_lead_ids(company, limit):
            self.browse(lead_ids)._change_charge(
                self.env["res.users"], "released", note
            )
            if not self.env["ir.cron"]._commit_progress(
                len(lead_ids), remaining=int(len(lead_ids) == _RESET_BATCH)
            ):
                return False
        return True

    @api.model
    def _forgotten_lead_ids(self, company, limit):
        """Return names whose charge began, and whose last outcome was, before a time.

        What only the system registered is no outcome.

        :param datetime.datetime limit: naive UTC
        :rtype: list[int]
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT lead.id FROM crm_lead lead
                    WHERE lead.charge_user_id IS NOT NULL
                      AND (lead.charge_date IS NULL OR lead.charge_date < %(limit)s)
                      AND COALESCE(lead.company_id, %(main)s) = %(company)s
                      AND NOT EXISTS (
                          SELECT FROM crm_interaction i
                            JOIN crm_outcome o ON o.id = i.outcome_id
                           WHERE i.lead_id = lead.id AND i.date >= %(limit)s
                             AND o.is_system IS NOT TRUE)
                 ORDER BY lead.id LIMIT %(batch)s
                   FOR NO KEY UPDATE OF lead SKIP LOCKED""",
                limit=limit,
                main=self.env.ref("base.main_company").id,
                company=company.id,
                batch=_RESET_BATCH,
            )
        )
        return [lead_id for [lead_id] in rows]
