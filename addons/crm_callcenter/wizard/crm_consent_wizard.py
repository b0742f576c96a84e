from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.crm_consent import SOURCES


class CrmConsentWizard(models.TransientModel):
    """Record what somebody allows or forbids, for some numbers and purposes at once."""

    _name = "crm.consent.wizard"
    _description = "Record a Consent"

    res_model = fields.Selection(
        [
            ("crm.lead", "Name"),
            ("crm.lead.contact", "Contact"),
            ("res.partner", "Customer"),
        ],
        required=True,
        readonly=True,
    )
    res_ref = fields.Integer(required=True, readonly=True)
    line_ids = fields.One2many(
        "crm.consent.wizard.line",
        "wizard_id",
        compute="_compute_line_ids",
        # As the user: the numbers of a name are for those who may see it.
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    purpose_ids = fields.Many2many("crm.consent.purpose", string="Purposes")
    action = fields.Selection(
        [("given", "Given"), ("withdrawn", "Withdrawn")], default="given", required=True
    )
    source = fields.Selection(SOURCES, default="call", required=True)
    source_note = fields.Char("Details")
    date = fields.Datetime(default=fields.Datetime.now, required=True)
    date_expiry = fields.Date("Valid Until", help="Empty: until it is withdrawn.")
    proof = fields.Binary()
    proof_name = fields.Char()
    text = fields.Text("Text to Read Out", compute="_compute_text")

    @api.depends("res_model", "res_ref")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [fields.Command.clear()] + [
                fields.Command.create({"value": value, "is_chosen": True})
                for value in wizard._holder()._consent_values()
            ]

    @api.depends("purpose_ids")
    def _compute_text(self):
        for wizard in self:
            texts = (purpose.text for purpose in wizard.purpose_ids)
            wizard.text = "\n\n".join(filter(None, texts))

    def _holder(self):
        """Return the name or customer, which the user may write on.

        :raise AccessError: the user may not
        """
        self.ensure_one()
        if not self.res_model or not self.res_ref:
            raise UserError(self.env._("Open this window from a name or a customer."))
        holder = self.env[self.res_model].browse(self.res_ref).exists()
        if not holder:
            raise UserError(self.env._("This name has been deleted meanwhile."))
        holder.check_access("write")
        return holder

    def action_record(self):
        """Button: write one row of the ledger per value and purpose.

        :rtype: dict
        :raise UserError: nothing is chosen, or a value is not of this record
        """
        self.ensure_one()
        holder = self._holder()
        chosen = self.line_ids.filtered("is_chosen").mapped("value")
        if not chosen or not self.purpose_ids:
            raise UserError(
                self.env._(
                    "Choose at least one number or address, and at least one purpose."
                )
            )
        if set(chosen) - set(holder._consent_values()):
            raise UserError(
                self.env._(
                    "%(name)s no longer has these numbers. Close this window and open"
                    " it again.",
                    name=holder.display_name,
                )
            )
        values = [
            self._prepare_consent_values(value, purpose, holder)
            for purpose in self.purpose_ids
            for value in chosen
            if purpose.channel in ("any", "email" if "@" in value else "phone")
        ]
        if not values:
            raise UserError(
                self.env._(
                    "None of these purposes is for the numbers or addresses that you"
                    " chose."
                )
            )
        # sudo: the ledger is closed; the right to write on the record was checked
        self.env["crm.consent"].sudo().create(values)
        return {"type": "ir.actions.act_window_close"}

    def _prepare_consent_values(self, value, purpose, holder):
        return {
            "value": value,
            "purpose_id": purpose.id,
            "action": self.action,
            "source": self.source,
            "source_note": self.source_note,
            "text_version": purpose.text_version,
            "date": self.date,
            "date_expiry": self.action == "given" and self.date_expiry,
            "proof": self.proof,
            "proof_name": self.proof_name,
            "user_id": self.env.uid,
            "lead_ref": self._lead_of(holder).id,
        }

    @api.model
    def _lead_of(self, holder):
        if holder._name == "crm.lead":
            return holder
        if holder._name == "crm.lead.contact":
            return holder.lead_id
        return self.env["crm.lead"]


class CrmConsentWizardLine(models.TransientModel):
    _name = "crm.consent.wizard.line"
    _description = "Number or Address of a Consent"

    wizard_id = fields.Many2one("crm.consent.wizard", required=True, ondelete="cascade")
    value = fields.Char("Number or E-Mail", required=True, readonly=True)
    is_chosen = fields.Boolean("Applies")
