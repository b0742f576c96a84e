from odoo import SUPERUSER_ID, models
from odoo.exceptions import AccessError, UserError

#: Who reports a name to an agent.
REPORTERS = ("operator", "coordinator", "back_office", "campaign_manager")


class CrmLead(models.Model):
    """New segnalazione: somebody reports a name to an agent, by hand."""

    _inherit = "crm.lead"

    def action_new_segnalazione(self):
        """Button: open the window that asks for the agent.

        :rtype: dict
        :raise UserError: the name can't be reported
        """
        self.ensure_one()
        self._check_may_report()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Segnalazione"),
            "res_model": "crm.segnalazione.report.wizard",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_lead_id": self.id,
                "default_agent_id": self._report_agent().id,
            },
        }

    def _check_may_report(self):
        """Refuse to report a name that nobody may sell to, or whose report is not ours.

        :raise AccessError: the user has no role that reports names
        :raise UserError: the name can't be reported
        """
        self.ensure_one()
        self.check_access("read")
        user = self.env.user
        if not self.env.su and not any(
            user.has_group(f"crm_callcenter.group_{role}") for role in REPORTERS
        ):
            raise AccessError(
                self.env._("Names are reported by the call centre and the back office.")
            )
        if not self.active:
            raise UserError(
                self.env._("%(name)s is archived. Restore it first.", name=self.name)
            )
        self._check_not_blocked()

    def _report_to(self, agent, note=None):
        """Make a report of this name for an agent; it becomes a customer with it.

        :param res.users agent: who gets it
        :param str note: what the agent is to know
        :return: the document
        :rtype: sale.order
        :raise UserError: the name can't be reported, or not to this user
        """
        self._check_may_report()
        # sudo: roles of a colleague
        if not agent or not agent.sudo().has_group("crm_callcenter.group_agent"):
            raise UserError(self.env._("Choose the field agent who gets the report."))
        types = self.env["crm.segnalazione.type"]._by_origin()
        if "report" not in types:
            raise UserError(
                self.env._(
                    "No document type is made of reports. Ask a manager to choose one"
                    " under Configuration > Document Types."
                )
            )
        user = self.env.user
        # As the system: see _generate_segnalazioni
        lead = self.with_user(SUPERUSER_ID)
        with lead._segnalazioni_at_end():
            lead._convert_for_report(agent)
            lead._take_noted()
            nothing = lead.env["crm.interaction"], lead.env["calendar.event"]
            values = {
                **lead._prepare_segnalazione_values(types["report"], *nothing),
                "user_id": agent.id,
                "operator_id": user.id
                if user.has_group("crm_callcenter.group_operator")
                else False,
                "call_note": (note or "").strip() or False,
                "source_kind": "manual",
            }
            company = lead._segnalazione_company()
            document = lead._make_segnalazioni(types["report"], company, [values])
        return document.with_env(self.env)
