import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCloseActionWizard(models.TransientModel):
    """Asks how a planned action ended, and says what follows from it."""

    _name = "crm.close.action.wizard"
    _description = "Close an Action with its Outcome"

    activity_ids = fields.Many2many(
        "mail.activity",
        "crm_close_action_wizard_activity_rel",
        "wizard_id",
        "activity_id",
        string="Actions",
        readonly=True,
    )
    event_id = fields.Many2one("calendar.event", "Appointment", readonly=True)
    activity_type_id = fields.Many2one(
        "mail.activity.type", "Type", compute="_compute_activity_type_id"
    )
    subject = fields.Char("With", compute="_compute_subject")
    allowed_outcome_ids = fields.Many2many(
        "crm.outcome", compute="_compute_allowed_outcome_ids"
    )
    outcome_id = fields.Many2one(
        "crm.outcome", required=True, domain="[('id', 'in', allowed_outcome_ids)]"
    )
    note = fields.Text("Conversation Note")
    effects = fields.Text("What Follows", compute="_compute_effects")
    token = fields.Char(default=lambda self: uuid.uuid4().hex)

    @api.depends("activity_ids", "event_id")
    def _compute_activity_type_id(self):
        for wizard in self:
            wizard.activity_type_id = (
                wizard.activity_ids.activity_type_id[:1]
                or wizard.event_id.action_type_id
            )

    @api.depends("activity_ids", "event_id")
    def _compute_subject(self):
        for wizard in self:
            if len(wizard.activity_ids) > 1:
                wizard.subject = self.env._(
                    "%(count)s names", count=len(wizard.activity_ids)
                )
            else:
                wizard.subject = (
                    wizard.activity_ids.res_name or wizard.event_id.opportunity_id.name
                )

    @api.depends("activity_type_id")
    def _compute_allowed_outcome_ids(self):
        for wizard in self:
            relations = self.env["crm.relation"].search(
                [("activity_type_id", "=", wizard.activity_type_id.id)]
            )
            wizard.allowed_outcome_ids = relations.outcome_id or self.env[
                "crm.outcome"
            ].search([("is_system", "=", False), ("kind", "in", [False, "N"])])

    @api.depends("activity_type_id", "outcome_id")
    def _compute_effects(self):
        for wizard in self:
            relation = self.env["crm.relation"]._get(
                wizard.activity_type_id, wizard.outcome_id
            )
            wizard.effects = "\n".join(relation._describe_effects())

    def action_confirm(self):
        """Register the outcome on each of the actions.

        :return: closes the window
        :rtype: dict
        :raise UserError: an action was closed by somebody else meanwhile
        """
        self.ensure_one()
        if self.activity_ids:
            for activity in self.activity_ids:
                activity._close_with_outcome(
                    self.outcome_id,
                    note=self.note,
                    token=f"{self.token}-{activity.id}",
                )
        else:
            self._close_event()
        return {"type": "ir.actions.act_window_close"}

    def _close_event(self):
        """Close an appointment that no planned action stands for."""
        event = self.event_id
        event.check_access("write")
        if event.outcome_id:
            raise UserError(
                self.env._(
                    "This appointment is closed already: %(outcome)s.",
                    outcome=event.outcome_id.name,
                )
            )
        # sudo: who may change the event may say how it ended
        lead = event.sudo().opportunity_id
        lead._register_outcome(
            self.outcome_id,
            event.sudo().action_type_id,
            note=self.note,
            token=self.token,
        )
        event._close(self.outcome_id)
