from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Types of custom fields that may keep the answers of each kind of question.
FIELD_TYPES = {
    "choice": ("choice",),
    "text": ("text", "long_text"),
    "number": ("integer", "decimal", "amount"),
    "yes_no": ("yes_no",),
    "date": ("date",),
}


class CrmCampaignQuestion(models.Model):
    """A question of a questionnaire."""

    _name = "crm.campaign.question"
    _description = "Question of a Campaign"
    _order = "step_id, sequence, id"

    step_id = fields.Many2one(
        "crm.campaign.step", required=True, index=True, ondelete="cascade"
    )
    campaign_id = fields.Many2one(related="step_id.campaign_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    name = fields.Char("Question", required=True, help="As the operator asks it.")
    kind = fields.Selection(
        [
            ("choice", "Choice"),
            ("yes_no", "Yes / No"),
            ("text", "Text"),
            ("number", "Number"),
            ("date", "Date"),
        ],
        "Answer By",
        required=True,
        default="choice",
    )
    answers = fields.Text(help="Of a choice, one on each line.")
    required = fields.Boolean(
        "Mandatory",
        default=True,
        help="Has to be answered for the outcomes for which its step is mandatory.",
    )
    custom_field_id = fields.Many2one(
        "crm.custom.field",
        ondelete="set null",
        domain="[('field_type', 'in', custom_field_types)]",
        help="Keeps the answer on the name, too. Operators who may not change the field"
        " leave it as it is; the answer is stored with the outcome anyway. A choice"
        " without answers of its own has the values of the field.",
    )
    custom_field_types = fields.Json(compute="_compute_custom_field_types")

    @api.depends("kind")
    def _compute_custom_field_types(self):
        for question in self:
            question.custom_field_types = list(FIELD_TYPES.get(question.kind, ()))

    @api.constrains("kind", "answers", "custom_field_id")
    def _check_answers(self):
        for question in self:
            question._check_custom_field()
            if question.kind == "choice" and not question._answer_list():
                raise ValidationError(
                    self.env._(
                        "%(question)s has no answers to choose from. Write them, one on"
                        " each line.",
                        question=question.name,
                    )
                )

    def _check_custom_field(self):
        """Refuse a custom field that can't keep the answers of this question.

        :raise ValidationError: it is of another type, or hasn't these values
        """
        field = self.custom_field_id
        if not field:
            return
        if field.field_type not in FIELD_TYPES[self.kind]:
            raise ValidationError(
                self.env._(
                    "%(field)s can't keep the answers of %(question)s: it is of another"
                    " type.",
                    field=field.label,
                    question=self.name,
                )
            )
        values = field.choice_ids.mapped("name")
        unknown = [text for text in self._own_answers() if text not in values]
        if self.kind == "choice" and unknown:
            raise ValidationError(
                self.env._(
                    "%(answers)s is no value of %(field)s. Add it there, or leave the"
                    " answers of %(question)s empty to have all values of the field.",
                    answers=", ".join(unknown),
                    field=field.label,
                    question=self.name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        questions = super().create(vals_list)
        questions.step_id._after_change(set())
        return questions

    def write(self, vals):
        result = super().write(vals)
        self.step_id._after_change(set())
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_asked_for(self):
        self._check_not_asked_for(self.env["crm.campaign.step"])

    def _check_not_asked_for(self, going):
        """Refuse to lose questions after whose answers steps are shown.

        :param crm.campaign.step going: steps that are deleted, too
        :raise ValidationError: it names the step that stays
        """
        steps = self.env["crm.campaign.step"].search(
            [
                ("condition_question_id", "in", self.ids),
                ("id", "not in", going.ids),
            ],
            limit=1,
        )
        if steps:
            raise ValidationError(
                self.env._(
                    "The step %(step)s is shown after an answer to %(question)s. Change"
                    " that step first.",
                    step=steps.name,
                    question=steps.condition_question_id.name,
                )
            )

    def unlink(self):
        campaigns = self.campaign_id
        result = super().unlink()
        campaigns._forget_workflow()
        return result

    def _own_answers(self):
        self.ensure_one()
        lines = (self.answers or "").splitlines()
        return list(dict.fromkeys(line.strip() for line in lines if line.strip()))

    def _answer_list(self):
        """Return what may be chosen: the own answers, else the field's values.

        :rtype: list[str]
        """
        self.ensure_one()
        if self.kind != "choice":
            return []
        return self._own_answers() or self.custom_field_id.choice_ids.mapped("name")

    def _plain_values(self):
        """Return this question as plain data, see ``crm.campaign.step``.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "answers": self._answer_list(),
            "required": self.required,
            "custom_field": self.custom_field_id.name or None,
        }
