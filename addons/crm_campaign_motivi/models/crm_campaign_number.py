from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_callcenter.tools.phone import to_e164


class CrmCampaignNumber(models.Model):
    """A number that people dial to reach a campaign."""

    _name = "crm.campaign.number"
    _description = "Called Number of a Campaign"
    _order = "campaign_id, number, id"
    _rec_name = "number"

    campaign_id = fields.Many2one(
        "utm.campaign", required=True, index=True, ondelete="cascade"
    )
    number = fields.Char(
        required=True, help="As people dial it: 030 1234567, 800 123456 …"
    )
    number_e164 = fields.Char(
        "Number (E.164)", compute="_compute_number_e164", store=True
    )
    active = fields.Boolean(default=True)

    _once = models.UniqueIndex(
        "(number_e164) WHERE active AND number_e164 IS NOT NULL",
        "This number belongs to a campaign already. Take it out there first.",
    )

    @api.depends("number", "campaign_id.company_id.country_id")
    def _compute_number_e164(self):
        for record in self:
            country = record.campaign_id.company_id.country_id.code or "IT"
            record.number_e164 = to_e164(record.number, country)

    @api.constrains("number")
    def _check_number(self):
        for record in self:
            if not record.number_e164:
                raise ValidationError(
                    self.env._(
                        "%(number)s can't be read as a telephone number. Write it as"
                        " people dial it, with its area code.",
                        number=record.number,
                    )
                )
