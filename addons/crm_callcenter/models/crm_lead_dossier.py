from odoo import api, models
from odoo.exceptions import AccessError

#: Columns of the system that say nothing of the person.
_TECHNICAL = frozenset(
    (
        "id",
        "create_uid",
        "write_uid",
        "message_bounce",
        "color",
        "day_open",
        "day_close",
        "won_status",
        "email_domain_criterion",
        "iap_enrich_done",
    )
)
DOSSIER_GROUPS = (
    "crm_callcenter.group_campaign_manager",
    "crm_callcenter.group_back_office",
)


class CrmLead(models.Model):
    """The dossier: everything that is stored of a person (GDPR art. 15)."""

    _inherit = "crm.lead"

    def action_print_dossier(self):
        """Button: the dossier as PDF.

        :rtype: dict
        """
        self.ensure_one()
        self._check_privacy_role(DOSSIER_GROUPS)
        return self.env.ref("crm_callcenter.action_report_dossier").report_action(self)

    def action_rectify(self):
        """Button: mend what is wrong, with a row of the privacy log."""
        return self._open_privacy_wizard("rectification", self.env._("Rectify"))

    def action_erase(self):
        """Button: erase the personal data of this name."""
        return self._open_privacy_wizard("erasure", self.env._("Erase Personal Data"))

    def _open_privacy_wizard(self, kind, title):
        self.ensure_one()
        self._check_privacy_role(DOSSIER_GROUPS[:1])
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "crm.privacy.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_id": self.id, "default_kind": kind},
        }

    def _check_privacy_role(self, groups):
        if not any(self.env.user.has_group(group) for group in groups):
            raise AccessError(
                self.env._(
                    "Your role may not do this. Ask a campaign manager, who also writes"
                    " down who asked for it."
                )
            )

    def _dossier_values(self):
        """Return everything that is stored of this name, for the dossier.

        :return: ``fields`` (label and value of each), ``customer`` (the same of the
            customer), and the records ``history``, ``calls``, ``consents``,
            ``activities``, ``events``, ``messages``, ``files``, ``log``
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        lead = self.sudo()  # sudo: who may print the dossier gets all of it
        env = lead.env
        of_lead = [("res_model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        archived = env["mail.activity"].with_context(active_test=False)
        return {
            "fields": lead._dossier_fields(lead),
            "customer": lead._dossier_fields(lead.partner_id),
            "history": lead.interaction_ids,
            "calls": env["crm.call"].search([("lead_id", "=", lead.id)]),
            "consents": lead._consent_history(),
            "numbers": lead._phone_rows(),
            "activities": archived.search(of_lead),
            "events": env["calendar.event"].search([("opportunity_id", "=", lead.id)]),
            "messages": env["mail.message"].search(
                [
                    ("model", "=", "crm.lead"),
                    ("res_id", "=", lead.id),
                    ("message_type", "!=", "user_notification"),
                ]
            ),
            "files": env["ir.attachment"].search(of_lead),
            "log": env["crm.privacy.log"].search([("lead_ref", "=", lead.id)]),
        }

    @api.model
    def _dossier_fields(self, record):
        """Return label and written value of each stored field that is not empty.

        :rtype: list[tuple[str, str]]
        """
        if not record:
            return []
        record.fetch(record._custom_names())
        rows = []
        for field in record._fields.values():
            if (
                not field.store
                or not (field.column_type or field.type == "many2many")
                or field.name in _TECHNICAL
                or field.type in ("binary", "boolean")
            ):
                continue
            value = record[field.name]
            if not value:
                continue
            if field.relational:
                text = ", ".join(value.mapped("display_name"))
            else:
                text = str(field.convert_to_export(value, record))
            rows.append((field._description_string(self.env), text))
        return sorted(rows)


class ReportDossier(models.AbstractModel):
    """Printing a dossier is logged, whichever way it is asked for."""

    _name = "report.crm_callcenter.report_dossier"
    _description = "Dossier of a Name"

    @api.model
    def _get_report_values(self, docids, data=None):
        leads = self.env["crm.lead"].browse(docids)
        leads._check_privacy_role(DOSSIER_GROUPS)
        for lead in leads:
            self.env["crm.privacy.log"]._record("dossier", lead.id)
        return {
            "doc_ids": docids,
            "doc_model": "crm.lead",
            "docs": leads,
            "dossiers": {lead.id: lead._dossier_values() for lead in leads},
        }
