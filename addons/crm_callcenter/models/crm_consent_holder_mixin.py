from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.phone import format_international


class CrmConsentHolderMixin(models.AbstractModel):
    """What names and customers share: their consents, seen through their numbers.

    The ledger itself is closed; whoever may read a record sees the consents of its
    numbers and addresses, and no others.
    """

    _name = "crm.consent.holder.mixin"
    _description = "Holder of Consents"

    consent_overview = fields.Html(
        "Consents", compute="_compute_consent_overview", sanitize=False
    )

    def _consent_values(self):
        """Return the numbers and addresses of this record, normalised.

        :rtype: list[str]
        """
        self.ensure_one()
        raise NotImplementedError

    def _compute_consent_overview(self):
        for holder in self:
            holder.consent_overview = self.env["ir.qweb"]._render(
                "crm_callcenter.consent_overview", {"rows": holder._consent_rows()}
            )

    def _consent_rows(self):
        """Return what holds now for each number and address of this record.

        :return: per value and purpose ``value``, ``shown``, ``purpose``, ``state``,
            ``state_label`` and ``row`` (the last one of the ledger)
        :rtype: list[dict]
        """
        self.ensure_one()
        rows = []
        for consent in self.env["crm.consent"]._present_states(self._consent_values()):
            state, label = consent._state_label()
            value = consent.value
            rows.append(
                {
                    "value": value,
                    "shown": format_international(value)
                    if value.startswith("+")
                    else value,
                    "purpose": consent.purpose_id.name,
                    "state": state,
                    "state_label": label,
                    "row": consent,
                }
            )
        return rows

    def _consent_history(self):
        """Return every row of the ledger about this record, for the file of evidence.

        :rtype: crm.consent
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: whoever may read the record sees the consents of its numbers
        ledger = self.env["crm.consent"].sudo()
        return ledger.search([("value", "in", self._consent_values())])

    def action_record_consent(self):
        """Button: record that a consent was given or withdrawn.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        if not self._consent_values():
            raise UserError(
                self.env._(
                    "%(name)s has no valid number and no e-mail address. Enter one,"
                    " then record the consent.",
                    name=self.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a Consent"),
            "res_model": "crm.consent.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": self._name,
                "default_res_ref": self.id,
            },
        }

    def action_print_consents(self):
        """Button: the file of evidence.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        report = f"crm_callcenter.action_report_consents_{self._table}"
        return self.env.ref(report).report_action(self)
