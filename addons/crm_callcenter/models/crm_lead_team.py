from odoo import api, fields, models

#: The users of a name, beside its salesperson, that its customer keeps.
PEOPLE_FIELDS = ("contact_user_id", "technician_id")


class CrmLead(models.Model):
    """Who looks after a name: salesperson, contact person, technician, and in charge."""

    _inherit = "crm.lead"

    contact_user_id = fields.Many2one(
        "res.users",
        "Contact Person",
        index="btree_not_null",
        copy=False,
        domain="[('share', '=', False)]",
        help="Colleague who keeps the contact with this name.",
    )
    technician_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        copy=False,
        domain="[('share', '=', False)]",
        help="Colleague who looks after the plant of this name.",
    )
    charge_user_id = fields.Many2one(
        "res.users",
        "In Charge",
        index="btree_not_null",
        copy=False,
        readonly=True,
        help="Who follows this name (Presa in carico). Taken by hand or by an outcome,"
        " and lost after some days without an outcome.",
    )
    charge_date = fields.Datetime("In Charge Since", copy=False, readonly=True)

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(partner_name, is_company, parent_id)
        values.update({name: self[name].id for name in PEOPLE_FIELDS})
        values["commercial_state_id"] = self.commercial_state_id.id
        return values

    @api.model
    def _closed_charge_fields(self):
        return {"charge_user_id", "charge_date"}
