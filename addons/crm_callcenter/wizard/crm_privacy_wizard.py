from odoo import api, fields, models
from odoo.exceptions import UserError

#: What a rectification may mend; those of the customer have the same name there.
RECTIFIABLE = (
    "contact_name",
    "partner_name",
    "phone",
    "mobile",
    "phone_second",
    "email_from",
    "street",
    "zip",
    "city",
    "fiscal_code",
    "vat_number",
    "birth_date",
)
_OF_CUSTOMER = ("mobile", "phone_second", "street", "zip", "city", "fiscal_code")


class CrmPrivacyWizard(models.TransientModel):
    """Rectify or erase the data of a person who asks for it (GDPR art. 16 and 17)."""

    _name = "crm.privacy.wizard"
    _description = "Rectify or Erase"

    lead_id = fields.Many2one("crm.lead", required=True, readonly=True)
    kind = fields.Selection(
        [("rectification", "Rectify"), ("erasure", "Erase")],
        required=True,
        readonly=True,
    )
    reason = fields.Text(help="Who asked, when and how.")
    never_again = fields.Boolean(
        "Never Call Again",
        default=True,
        help="All numbers are remembered as digests: bought again in a list, they are"
        " recognised and never called. Without it only those on the do-not-call list.",
    )
    scope = fields.Text("What Goes", compute="_compute_scope")
    is_sure = fields.Boolean("I have checked who asks; this can't be undone")
    contact_name = fields.Char(compute="_compute_values", store=True, readonly=False)
    partner_name = fields.Char(
        "Company", compute="_compute_values", store=True, readonly=False
    )
    phone = fields.Char(compute="_compute_values", store=True, readonly=False)
    mobile = fields.Char(compute="_compute_values", store=True, readonly=False)
    phone_second = fields.Char(
        "Second Phone", compute="_compute_values", store=True, readonly=False
    )
    email_from = fields.Char(
        "E-Mail", compute="_compute_values", store=True, readonly=False
    )
    street = fields.Char(compute="_compute_values", store=True, readonly=False)
    zip = fields.Char("Postcode", compute="_compute_values", store=True, readonly=False)
    city = fields.Char(compute="_compute_values", store=True, readonly=False)
    fiscal_code = fields.Char(
        "Codice Fiscale", compute="_compute_values", store=True, readonly=False
    )
    vat_number = fields.Char(
        "Partita IVA", compute="_compute_values", store=True, readonly=False
    )
    birth_date = fields.Date(compute="_compute_values", store=True, readonly=False)

    @api.depends("lead_id")
    def _compute_values(self):
        for wizard in self:
            for name in RECTIFIABLE:
                wizard[name] = wizard.lead_id[name]

    @api.depends("lead_id", "kind")
    def _compute_scope(self):
        for wizard in self:
            wizard.scope = (
                wizard._describe_scope() if wizard.kind == "erasure" else False
            )

    def _describe_scope(self):
        """Return which names and customers are erased, a line each.

        :rtype: str
        """
        self.lead_id.check_access("write")
        # sudo: who may erase a name is shown all that goes with it
        leads, partners = self.lead_id.sudo()._erased_with()
        lines = [
            self.env._("Name %(number)s: %(name)s", number=lead.id, name=lead.name)
            for lead in leads.sorted("id")
        ] + [
            self.env._("Customer or contact: %(name)s", name=partner.display_name)
            for partner in partners.sorted("id")
        ]
        return "\n".join(lines)

    def action_apply(self):
        """Button: do it and write it into the log.

        :rtype: dict
        :raise UserError: no reason is given, or nothing would change
        """
        self.ensure_one()
        if not (self.reason or "").strip():
            raise UserError(
                self.env._("Write down who asked for it, when and how. It is logged.")
            )
        if self.kind == "rectification":
            self._rectify()
            return {"type": "ir.actions.act_window_close"}
        if not self.is_sure:
            raise UserError(
                self.env._("Confirm that you have checked who asks, then erase.")
            )
        lead = self.lead_id
        lead._erase(self.reason, never_again=self.never_again)
        # sudo: windows that others have open keep what they showed
        self.sudo().search([("lead_id", "=", lead.id)]).unlink()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": lead.id,
            "view_mode": "form",
            "views": [
                (self.env.ref("crm_callcenter.crm_lead_view_form_name").id, "form")
            ],
        }

    def _rectify(self):
        lead = self.lead_id
        lead.check_access("write")
        changes = {
            name: self[name]
            for name in RECTIFIABLE
            if (self[name] or False) != (lead[name] or False)
        }
        if not changes:
            raise UserError(self.env._("Nothing is different. Correct a value first."))
        details = {
            lead._fields[name]._description_string(
                self.env
            ): f"{lead[name] or '-'} → {value or '-'}"
            for name, value in changes.items()
        }
        lead.write(changes)
        customer = lead.partner_id
        if customer:
            customer.write(
                {name: changes[name] for name in _OF_CUSTOMER if name in changes}
            )
        self.env["crm.privacy.log"]._record(
            "rectification", lead.id, reason=self.reason, details=details
        )
