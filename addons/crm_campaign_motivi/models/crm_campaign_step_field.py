from odoo import api, fields, models

#: Main fields of a name that operators may correct at the desk, by their name there.
#: The province is entered by its code.
KEY_FIELDS = [
    ("contact_name", "Contact Name"),
    ("partner_name", "Company Name"),
    ("street", "Street"),
    ("zip", "ZIP"),
    ("city", "City"),
    ("province", "Province"),
    ("email_from", "E-mail"),
    ("fiscal_code", "Codice Fiscale"),
    ("vat_number", "Partita IVA"),
]


class CrmCampaignStepField(models.Model):
    """A main field of the name that a data check has the customer confirm."""

    _name = "crm.campaign.step.field"
    _description = "Field of a Data Check"
    _order = "step_id, sequence, id"

    step_id = fields.Many2one(
        "crm.campaign.step", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Selection(KEY_FIELDS, "Field", required=True)

    _once = models.UniqueIndex(
        "(step_id, name)", "This field is checked in this step already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.step_id.campaign_id._forget_workflow()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.step_id.campaign_id._forget_workflow()
        return result

    def unlink(self):
        campaigns = self.step_id.campaign_id
        result = super().unlink()
        campaigns._forget_workflow()
        return result
