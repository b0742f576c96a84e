from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.phone_blacklist import REASONS


class CrmPhoneNumberWizard(models.TransientModel):
    """What somebody says of the numbers of a name: kind, state, never to be called."""

    _name = "crm.phone.number.wizard"
    _description = "Numbers of a Name"

    lead_id = fields.Many2one("crm.lead", required=True, readonly=True)
    line_ids = fields.One2many(
        "crm.phone.number.wizard.line",
        "wizard_id",
        compute="_compute_line_ids",
        # As the user: the numbers of a name are for those who may see it.
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    reason = fields.Selection(REASONS, default="asked")
    source = fields.Char(
        help="Who said so and how, for instance: letter of 3 March, call of today."
    )
    has_never = fields.Boolean(compute="_compute_has_never")

    @api.depends("lead_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.lead_id.check_access("write")
            wizard.line_ids = [fields.Command.clear()] + [
                fields.Command.create(
                    {
                        "number": row["number"],
                        "kind": row["kind_value"],
                        "state": row["state"],
                    }
                )
                for row in wizard.lead_id._phone_rows()
            ]

    @api.depends("line_ids.state")
    def _compute_has_never(self):
        for wizard in self:
            wizard.has_never = "never" in wizard.line_ids.mapped("state")

    def action_apply(self):
        """Button: keep what was said.

        :rtype: dict
        :raise AccessError: the user may not write on the name
        :raise UserError: a number is not one of the name
        """
        self.ensure_one()
        # Asked again: the wizard is kept for hours, the right may be gone.
        self.lead_id.check_access("write")
        own = set(self.lead_id._e164_numbers())
        if set(self.line_ids.mapped("number")) - own:
            raise UserError(
                self.env._(
                    "%(name)s no longer has these numbers. Close this window and open"
                    " it again.",
                    name=self.lead_id.name,
                )
            )
        self._apply_states()
        return {"type": "ir.actions.act_window_close"}

    def _apply_states(self):
        blacklist = self.env["phone.blacklist"].sudo()  # sudo: right checked on name
        listed = set(blacklist._why_forbidden(self.line_ids.mapped("number")))
        for line in self.line_ids:
            if line.number in listed and line.state != "never":
                self._check_may_allow(line.number)
                blacklist._remove([line.number], message=self._source_sentence())
        forbidden = self.line_ids.filtered(
            lambda line: line.state == "never" and line.number not in listed
        )
        blacklist._forbid_numbers(
            forbidden.mapped("number"), self.reason or "other", self._source_sentence()
        )
        # sudo: the right to write on the name was checked
        numbers = self.env["crm.phone.number"].sudo()
        known = numbers._facts(self.line_ids.mapped("number"))
        for line in self.line_ids:
            fact = known.get(line.number)
            if line.state != "never" and line.state != (fact.state if fact else ""):
                numbers._set_state([line.number], line.state)
            elif not fact:
                numbers._set_state([line.number], line.state)
        for number, fact in numbers._facts(self.line_ids.mapped("number")).items():
            line = self.line_ids.filtered(lambda row, n=number: row.number == n)[:1]
            fact.kind = line.kind

    def _check_may_allow(self, number):
        if not self.env.user.has_group("crm_callcenter.group_campaign_manager"):
            raise AccessError(
                self.env._(
                    "Only a campaign manager may take %(number)s off the do-not-call"
                    " list.",
                    number=number,
                )
            )

    def _source_sentence(self):
        # Not whose card: the number stays on the list when the name is erased.
        return self.source or self.env._(
            "Said on the card by %(user)s.", user=self.env.user.name
        )


class CrmPhoneNumberWizardLine(models.TransientModel):
    _name = "crm.phone.number.wizard.line"
    _description = "Number of a Name"

    wizard_id = fields.Many2one(
        "crm.phone.number.wizard", required=True, ondelete="cascade"
    )
    number = fields.Char(required=True, readonly=True)
    kind = fields.Selection(
        selection=lambda self: self.env["crm.phone.number"]._fields["kind"].selection,
        required=True,
    )
    state = fields.Selection(
        selection=lambda self: self.env["crm.phone.number"]._fields["state"].selection,
        required=True,
    )
