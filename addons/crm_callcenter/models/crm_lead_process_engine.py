from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmLead(models.Model):
    """Opening, moving and closing the processes of names, by outcomes."""

    _inherit = "crm.lead"

    def _move_processes(self, effects, activity_type, activity=None, date=None):
        """Apply what an outcome means for the open processes of this name.

        :param dict effects: as ``_get_outcome_effects`` returns them
        :param mail.activity.type activity_type: of the action that ended
        :param mail.activity activity: the planned action, if it was one
        :param datetime.datetime date: naive UTC; now by default
        :return: the process that was moved, the latest if there are several
        :rtype: crm.lead.process
        """
        process = activity.lead_process_id if activity else None
        ids = self._move_processes_batch(effects, activity_type, date, process)
        # sudo: processes are written by the system
        processes = self.env["crm.lead.process"].sudo()
        return processes.browse(sorted(ids)[-1:])

    def _move_processes_batch(self, effects, activity_type, date=None, process=None):
        """Do so for all of these names.

        A process named by the relation is opened unless the relation concludes; a
        relation without one means the open processes that the type belongs to.

        :param crm.lead.process process: the one the planned action belonged to
        :return: ids of the moved processes
        :rtype: list[int]
        """
        relation = effects["relation"]
        if not relation:
            return []
        date = date or fields.Datetime.now()
        named = relation.process_id
        if named and not relation.is_conclusive:
            self._open_process(named, date)
        process_ids = (
            named.ids
            or (process.process_id.ids if process else [])
            or self.env["crm.process"]._ids_by_type().get(activity_type.id, [])
        )
        if not process_ids:
            return []
        self.env["crm.lead.process"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """UPDATE crm_lead_process
                      SET commercial_state_id =
                              COALESCE(%(state)s, commercial_state_id),
                          state_date = CASE WHEN %(state)s IS NULL THEN state_date
                                            ELSE %(date)s END,
                          date_close = CASE WHEN %(result)s IS NULL THEN date_close
                                            ELSE %(date)s END,
                          result = COALESCE(%(result)s, result)
                    WHERE lead_id = ANY(%(leads)s) AND date_close IS NULL
                      AND process_id = ANY(%(processes)s)
                RETURNING id""",
                state=effects["state"].id or None,
                date=date,
                result=relation.conclusion if relation.is_conclusive else None,
                leads=self.ids,
                processes=process_ids,
            )
        )
        self.env["crm.lead.process"].invalidate_model()
        return [row[0] for row in rows]

    def _open_process(self, process, date=None):
        """Open a process with these names, where it isn't open yet.

        :param crm.process process: which
        :param datetime.datetime date: naive UTC; now by default
        :return: how many were opened
        :rtype: int
        """
        self.env["crm.lead.process"].flush_model()
        self.flush_recordset(["partner_id", "commercial_state_id"])
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO crm_lead_process (lead_id, partner_id, process_id,
                           commercial_state_id, state_date, date_open, result)
                   SELECT lead.id, lead.partner_id, %(process)s,
                          COALESCE(%(state)s, lead.commercial_state_id),
                          %(date)s, %(date)s, 'open'
                     FROM crm_lead lead WHERE lead.id = ANY(%(leads)s)
                   ON CONFLICT (lead_id, process_id) WHERE date_close IS NULL
                   DO NOTHING
                   RETURNING id""",
                process=process.id,
                state=process.commercial_state_id.id or None,
                date=date or fields.Datetime.now(),
                leads=self.ids,
            )
        )
        self.invalidate_recordset(["lead_process_ids"])
        return len(rows)

    def _open_process_by_hand(self, process, note=None):
        """Open a process with these names, with a row of the ledger for each.

        :param crm.process process: which; names with which it is open already are
            left out
        :param str note: why
        :return: how many were opened
        :rtype: int
        :raise UserError: the process is switched off
        """
        if not process.active:
            raise UserError(
                self.env._(
                    "The process %(process)s is no longer in use. Choose another one.",
                    process=process.name,
                )
            )
        # sudo: processes are written by the system
        instances = self.env["crm.lead.process"].sudo()
        domain = [
            ("lead_id", "in", self.ids),
            ("process_id", "=", process.id),
            ("date_close", "=", False),
        ]
        known = set(instances.search(domain).lead_id._ids)
        others = self.browse([lead_id for lead_id in self.ids if lead_id not in known])
        if not others:
            return 0
        others._open_process(process)
        opened = instances.search([*domain, ("lead_id", "in", others.ids)])
        others._register_system_outcome(
            self.env.ref("crm_callcenter.crm_outcome_process_opened"),
            self.env.ref("crm_callcenter.activity_type_process"),
            note=note or process.name,
            lead_process_ids=opened.ids,
        )
        return len(others)
