from odoo import api, fields, models


class CrmMacroRunWizard(models.TransientModel):
    """Says what a macro would do now, before it does it."""

    _name = "crm.macro.run.wizard"
    _description = "Run a Macro Now"

    macro_id = fields.Many2one("crm.macro", required=True, readonly=True)
    activity_type_id = fields.Many2one(related="macro_id.activity_type_id")
    skip_planned = fields.Boolean(related="macro_id.skip_planned")
    cap = fields.Integer(related="macro_id.cap")
    found = fields.Integer("Names Found", compute="_compute_counts")
    planned = fields.Integer("Planned Already", compute="_compute_counts")
    to_plan = fields.Integer("Actions to Plan", compute="_compute_counts")

    @api.depends("macro_id")
    def _compute_counts(self):
        for wizard in self:
            counts = wizard.macro_id._count_names()
            wizard.update(counts)

    def action_confirm(self):
        """Start the run and show its progress.

        :rtype: dict
        :raise UserError: the macro is running already, or can't run
        """
        self.ensure_one()
        return self.macro_id._queue_run().action_open()
