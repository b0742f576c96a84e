from odoo import api, fields, models


class CrmWhyNotWizard(models.TransientModel):
    """Answers why a name, or a whole campaign, serves nothing at this moment."""

    _name = "crm.why.not.wizard"
    _description = "Why Not?"

    name = fields.Char("Asked About", readonly=True)
    summary = fields.Text(readonly=True)
    is_campaign = fields.Boolean(readonly=True)
    reason_ids = fields.One2many("crm.why.not.reason", "wizard_id", readonly=True)

    @api.model
    def _open(self, name, summary, reasons, is_campaign=False):
        """Show the answer in a window.

        :param str name: what was asked about
        :param str summary: the answer in one sentence
        :param list reasons: values of ``crm.why.not.reason``
        :return: the action that opens it
        :rtype: dict
        """
        wizard = self.create(
            {
                "name": name,
                "summary": summary,
                "is_campaign": is_campaign,
                "reason_ids": [fields.Command.create(values) for values in reasons],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why not? %(name)s", name=name),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }


class CrmWhyNotReason(models.TransientModel):
    _name = "crm.why.not.reason"
    _description = "Reason Why Not"
    _order = "id"

    wizard_id = fields.Many2one(
        "crm.why.not.wizard", required=True, readonly=True, ondelete="cascade"
    )
    sentence = fields.Text("Reason", required=True, readonly=True)
    until = fields.Datetime(
        readonly=True, help="When the reason goes by itself. Empty: not by itself."
    )
    name_count = fields.Integer("Names", readonly=True)
