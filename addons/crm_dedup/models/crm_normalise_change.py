from odoo import api, fields, models

from ..tools.normaliser import PARTS


class CrmNormaliseChange(models.Model):
    """What a run over the archive changed on a name or customer, or would change.

    Narrow, and filled set-based; from it a run is taken back.
    """

    _name = "crm.normalise.change"
    _description = "Normalised Value"
    _order = "run_id, kind, id"
    _log_access = False
    _rec_name = "lead_id"

    run_id = fields.Many2one(
        "crm.normalise.run", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [(part, part.capitalize()) for part in PARTS],
        "What",
        required=True,
        readonly=True,
    )
    lead_id = fields.Many2one("crm.lead", "Name", readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="cascade"
    )
    before = fields.Json("Values Before", readonly=True)
    after = fields.Json("Values After", readonly=True)
    before_text = fields.Text("Before", compute="_compute_texts")
    after_text = fields.Text("After", compute="_compute_texts")

    _of_run = models.Index("(run_id, lead_id)")
    _of_lead = models.Index("(lead_id)")
    _of_partner = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
    _of_somebody = models.Constraint(
        "CHECK (num_nonnulls(lead_id, partner_id) = 1)",
        "A change is one of a name or of a customer.",
    )

    @api.depends("before", "after")
    def _compute_texts(self):
        for change in self:
            change.before_text = change._describe(change.before)
            change.after_text = change._describe(change.after)

    def _describe(self, values):
        """Return values as somebody reads them, a line for each field."""
        own_fields = (self.lead_id or self.partner_id)._fields
        provinces = self.env["crm.normaliser"]._provinces_by_id()
        lines = []
        for name, value in sorted((values or {}).items()):
            if name == "state_id":
                value = provinces.get(value, "")
            label = own_fields[name]._description_string(self.env)
            lines.append(f"{label}: {value or '–'}")
        return "\n".join(lines)

    def action_open_lead(self):
        """Button: the name, or the customer.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": (self.lead_id or self.partner_id)._name,
            "res_id": (self.lead_id or self.partner_id).id,
            "views": [(False, "form")],
        }
