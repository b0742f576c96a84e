from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.engine import ENGINE, ENGINE_KEY


class CrmLead(models.Model):
    """What happens to planned actions and processes of names that are merged or go."""

    _inherit = "crm.lead"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_planned_actions(self):
        # sudo: what is planned counts, whoever may see it
        planned = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "crm.lead"),
                    ("res_id", "in", self.ids),
                    (
                        "activity_type_id",
                        "in",
                        list(self.env["mail.activity.type"]._commercial_ids()),
                    ),
                ],
                limit=1,
            )
        )
        if planned:
            raise UserError(
                self.env._(
                    "%(action)s is planned with %(name)s, which can't be deleted."
                    " Close or cancel the action, or archive the name instead.",
                    action=planned.display_name,
                    name=planned.res_name,
                )
            )

    def _merge_dependences_history(self, opportunities):
        # What was planned by right stays planned, whoever merges the names.
        merging = self.with_context(**{ENGINE_KEY: ENGINE})
        return super(CrmLead, merging)._merge_dependences_history(
            opportunities.with_context(**{ENGINE_KEY: ENGINE})
        )

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self._merge_processes(opportunities)
        return result

    def _merge_processes(self, opportunities):
        """Move the processes of merged names to the one that stays.

        A process that is open with several of them goes on once: actions and rows
        of history point to the one that is kept, that of the name that stays before
        the others.

        :param crm.lead opportunities: the names that go
        """
        self.ensure_one()
        self.env.flush_all()
        doubled = self.env.execute_query(
            SQL(
                """SELECT id, kept
                     FROM (SELECT id, first_value(id) OVER (
                                      PARTITION BY process_id
                                      ORDER BY lead_id = %(stays)s DESC, id) AS kept
                             FROM crm_lead_process
                            WHERE lead_id = ANY(%(all)s) AND date_close IS NULL
                          ) AS opened
                    WHERE id != kept""",
                stays=self.id,
                all=(self | opportunities).ids,
            )
        )
        for doubled_id, kept_id in doubled:
            for table in ("mail_activity", "crm_interaction"):
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET lead_process_id = %s WHERE lead_process_id = %s",
                        SQL.identifier(table),
                        kept_id,
                        doubled_id,
                    )
                )
            self.env.cr.execute(
                SQL("DELETE FROM crm_lead_process WHERE id = %s", doubled_id)
            )
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lead_process SET lead_id = %s WHERE lead_id = ANY(%s)",
                self.id,
                opportunities.ids,
            )
        )
        self.env.invalidate_all(flush=False)
