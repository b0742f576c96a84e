from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.script_fields import SCRIPT_FIELDS

#: Kinds of which a campaign has one at most.
SINGLE_KINDS = ("agenda", "cart", "outcome")
#: What a campaign's workflow is copied and checked with, as a whole.
WHOLE_KEY = "workflow_as_a_whole"


class CrmCampaignStep(models.Model):
    """A step of the calls of a campaign: a tab at the operator's desk.

    ESITO, of kind outcome, is the one step that always exists. A campaign that has no
    other shows its script, and the agenda or the products as the outcome asks.
    """

    _name = "crm.campaign.step"
    _description = "Step of the Calls of a Campaign"
    _order = "campaign_id, sequence, id"

    campaign_id = fields.Many2one(
        "utm.campaign", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, help="What the tab at the desk is called.")
    kind = fields.Selection(
        [
            ("script", "Script Page"),
            ("questionnaire", "Questionnaire"),
            ("data", "Data Check"),
            ("agenda", "Agenda"),
            ("outcome", "Outcome"),
        ],
        required=True,
        default="script",
        help="A script page is read out. A questionnaire stores answers with the"
        " outcome, and in custom fields. A data check has the customer confirm the"
        " address and other main fields. The agenda fixes an appointment.",
    )
    required_for = fields.Selection(
        [
            ("never", "Never"),
            ("deal", "Closings and appointments"),
            ("talked", "Every outcome after a conversation"),
            ("always", "Every outcome"),
        ],
        "Mandatory For",
        required=True,
        default="deal",
        help="For which outcomes the step has to be done. A call that nobody answers"
        " passes unless every outcome is chosen. Whether an outcome comes after a"
        " conversation says its setting What It Tells of the Number. Products are asked"
        " for by closings only, and an appointment always needs a time of the agenda.",
    )
    # What it contains
    script = fields.Html(
        "Text of the Page",
        help="What the operator says. Once the campaign runs, a change makes a new"
        " version; the earlier ones stay readable.",
    )
    script_fields = fields.Char(compute="_compute_script_fields")
    version_ids = fields.One2many(
        "crm.script.version", "step_id", "Versions", readonly=True, copy=False
    )
    question_ids = fields.One2many(
        "crm.campaign.question", "step_id", "Questions", copy=True
    )
    field_ids = fields.One2many(
        "crm.campaign.step.field", "step_id", "Fields to Check", copy=True
    )
    # When it is shown
    condition = fields.Selection(
        [
            ("always", "Always"),
            ("answer", "After an answer"),
            ("outcome", "With an outcome"),
        ],
        "Shown",
        required=True,
        default="always",
        help="A step that isn't shown need not be done, and what was entered in it is"
        " not stored.",
    )
    # Copied with the whole campaign, see ``utm.campaign.copy``.
    condition_question_id = fields.Many2one(
        "crm.campaign.question",
        "Question",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('campaign_id', '=', campaign_id),"
        " ('kind', 'in', ('choice', 'yes_no'))]",
        help="Of an earlier step; one that is answered by a choice, or by yes or no."
        " Save the campaign first if the question is new.",
    )
    condition_question_kind = fields.Selection(related="condition_question_id.kind")
    condition_answers = fields.Text(
        "Answers", help="One on each line: the step is shown after any of them."
    )
    condition_yes_no = fields.Selection(
        [("yes", "Yes"), ("no", "No")], "Answer", default="yes"
    )
    condition_outcome_ids = fields.Many2many(
        "crm.outcome",
        "crm_campaign_step_outcome_rel",
        "step_id",
        "outcome_id",
        string="Outcomes",
        domain="[('kind', '!=', False)]",
    )
    condition_outcome_kind = fields.Selection(
        selection=lambda self: self.env["crm.outcome"]._fields["kind"].selection,
        string="Or Any of Kind",
    )
    condition_sentence = fields.Char("When", compute="_compute_condition_sentence")

    _single_kind = models.UniqueIndex(
        "(campaign_id, kind) WHERE kind IN ('agenda', 'cart', 'outcome')",
        "A campaign has one agenda, one cart and one outcome at most.",
    )

    def _compute_script_fields(self):
        self.script_fields = " ".join(f"{{{{{name}}}}}" for name in SCRIPT_FIELDS)

    @api.depends(
        "condition",
        "condition_question_id",
        "condition_answers",
        "condition_yes_no",
        "condition_outcome_ids",
        "condition_outcome_kind",
    )
    def _compute_condition_sentence(self):
        for step in self:
            step.condition_sentence = step._condition_in_words()

    def _condition_in_words(self):
        self.ensure_one()
        if self.condition == "answer":
            answers = self._wanted_answers()
            if self.condition_question_id.kind == "yes_no":
                labels = dict(
                    self._fields["condition_yes_no"]._description_selection(self.env)
                )
                answers = [labels[answer] for answer in answers]
            return f"{self.condition_question_id.name or ''} {', '.join(answers)}"
        if self.condition == "outcome":
            kinds = dict(
                self._fields["condition_outcome_kind"]._description_selection(self.env)
            )
            kind = self.condition_outcome_kind
            names = self.condition_outcome_ids.mapped("name")
            return ", ".join([*names, *([kinds[kind]] if kind else [])])
        return ""

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.constrains("script")
    def _check_script(self):
        for step in self:
            self.env["utm.campaign"]._check_merged_fields(step.script)

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._after_change({"script"})
        return steps

    def write(self, vals):
        if "kind" in vals and any(
            step.kind != vals["kind"] and "outcome" in (step.kind, vals["kind"])
            for step in self
        ):
            raise UserError(
                self.env._(
                    "The outcome is the step that every campaign has. It keeps its"
                    " kind, and no other step takes it."
                )
            )
        result = super().write(vals)
        self._after_change(set(vals))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_outcome(self):
        if any(step.kind == "outcome" for step in self):
            raise UserError(
                self.env._(
                    "The outcome is the step that every campaign has: it can't be"
                    " deleted."
                )
            )

    def unlink(self):
        self.question_ids._check_not_asked_for(self)
        # A step and what asks for its answers may go together.
        self.with_context(**{WHOLE_KEY: True}).condition_question_id = False
        self._drop_unseen_versions()
        campaigns = self.campaign_id
        result = super().unlink()
        campaigns._forget_workflow()
        return result

    def _drop_unseen_versions(self):
        """Delete the versions that nobody has had on screen; the others stay."""
        # sudo: versions are kept by the system
        versions = self.sudo().version_ids
        versions.filtered(lambda version: version._is_draft()).unlink()

    def _after_change(self, names):
        """Keep versions and checks in step with what was written.

        :param set names: of the fields
        """
        if "script" in names:
            for step in self.filtered(lambda step: step.kind == "script"):
                self.env["crm.script.version"]._keep(step.campaign_id, step)
        self.campaign_id._forget_workflow()
        # A campaign that is written as a whole is checked when all of it is there.
        if not self.env.context.get(WHOLE_KEY):
            self.campaign_id._check_workflow()

    # ------------------------------------------------------------
    # PLAIN DATA
    # ------------------------------------------------------------

    def _wanted_answers(self):
        """Return the canonical answers after which this step is shown.

        :rtype: list[str]
        """
        self.ensure_one()
        if self.condition_question_id.kind == "yes_no":
            return [self.condition_yes_no] if self.condition_yes_no else []
        lines = (self.condition_answers or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def _condition_values(self):
        """Return the condition as ``tools.workflow`` reads it.

        :rtype: dict | None
        """
        self.ensure_one()
        if self.condition == "answer":
            return {
                "kind": "answer",
                "question_id": self.condition_question_id.id,
                "answers": self._wanted_answers(),
            }
        if self.condition == "outcome":
            return {
                "kind": "outcome",
                "outcome_ids": self.condition_outcome_ids.ids,
                "outcome_kind": self.condition_outcome_kind or None,
            }
        return None

    def _plain_values(self, version):
        """Return this step as plain data, for the desk and for checks.

        :param crm.script.version version: the latest of its page, if it is one
        :rtype: dict
        """
        self.ensure_one()
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "required_for": self.required_for,
            "condition": self._condition_values(),
            "version_id": version.id or None,
            "script": str(version.body or ""),
            "questions": [question._plain_values() for question in self.question_ids]
            if self.kind == "questionnaire"
            else [],
            "fields": self.field_ids.mapped("name") if self.kind == "data" else [],
        }
