from odoo import fields, models
from odoo.exceptions import UserError


class CrmAddCustomersWizard(models.TransientModel):
    """Puts customers into a call list; who has no name in the archive gets it."""

    _name = "crm.add.customers.wizard"
    _description = "Add Customers to a Call List"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    list_id = fields.Many2one(
        "crm.call.list", required=True, domain="[('owner_id', '=', False)]"
    )

    def action_add(self):
        """Button: add them, and open the list."""
        self.ensure_one()
        self.list_id.check_access("write")
        anchors = self.partner_ids._ensure_anchor()
        added = self.list_id._add_leads(anchors.ids)
        # sudo: the order is the system's, whoever adds names
        self.list_id.campaign_id.sudo()._settle_queue()
        if not added:
            raise UserError(
                self.env._(
                    "None of them was added: they are in %(list)s already, or outside"
                    " its portfolio.",
                    list=self.list_id.name,
                )
            )
        return self.list_id.action_open_lines()
