from odoo import fields, models

from ..models.crm_segnalazione_verdict_rule import VERDICTS


class CrmSegnalazioneVerdictWizard(models.TransientModel):
    """Asks an agent how an appointment was, or a coordinator what counts instead."""

    _name = "crm.segnalazione.verdict.wizard"
    _description = "Verdict"

    order_id = fields.Many2one(
        "sale.order", "Document", required=True, readonly=True, ondelete="cascade"
    )
    verdict_id = fields.Many2one(
        "crm.segnalazione.verdict",
        "Overruled Verdict",
        readonly=True,
        ondelete="cascade",
    )
    given = fields.Selection(related="verdict_id.given")
    verdict = fields.Selection(VERDICTS, required=True)
    text = fields.Text()

    def action_confirm(self):
        """Give the verdict, or overrule it.

        :return: closes the window
        :rtype: dict
        :raise UserError: it can't be, with a sentence
        """
        self.ensure_one()
        if self.verdict_id:
            self.verdict_id._overrule(self.verdict, self.text)
        else:
            verdicts = self.env["crm.segnalazione.verdict"]
            verdicts._give(self.order_id, self.verdict, self.text)
        return {"type": "ir.actions.act_window_close"}
