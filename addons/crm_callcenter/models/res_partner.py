from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.engine import is_engine


class ResPartner(models.Model):
    _inherit = "res.partner"

    mobile = fields.Char()
    phone_second = fields.Char("Second Phone")
    commercial_state_id = fields.Many2one(
        "crm.commercial.state",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        readonly=True,
        help="Moved by registered outcomes only, together with the state of the names"
        " of this customer.",
    )
    commercial_state_color = fields.Char(related="commercial_state_id.color")
    commercial_state_class = fields.Selection(
        related="commercial_state_id.state_class", string="Commercial Class"
    )
    contact_user_id = fields.Many2one(
        "res.users",
        "Contact Person",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        help="Colleague who keeps the contact with this customer.",
    )
    technician_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        help="Colleague who looks after the plant of this customer.",
    )
    interaction_ids = fields.One2many(
        "crm.interaction", "partner_id", "History", readonly=True
    )
    lead_process_ids = fields.One2many(
        "crm.lead.process", "partner_id", "Processes", readonly=True
    )

    def write(self, vals):
        if "commercial_state_id" in vals and not is_engine(self.env):
            for partner in self:
                if partner.commercial_state_id.id != vals["commercial_state_id"]:
                    raise UserError(
                        self.env._(
                            "The commercial state is moved by outcomes only."
                            " Register an outcome on %(name)s instead.",
                            name=partner.display_name,
                        )
                    )
        return super().write(vals)
