from odoo import Command, api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools.script_fields import SCRIPT_FIELDS, fields_of, unknown_fields
from .crm_campaign_step import WHOLE_KEY


class UtmCampaign(models.Model):
    """The workflow of a campaign: the steps of its calls, and its versioned script."""

    _inherit = "utm.campaign"

    step_ids = fields.One2many(
        "crm.campaign.step",
        "campaign_id",
        "Workflow",
        copy=True,
        groups="crm_callcenter.group_coordinator,crm_callcenter.group_campaign_manager",
        help="What the operator goes through, in this order. With the outcome alone the"
        " desk shows the script, and the agenda or the products when they are needed.",
    )
    script_version_ids = fields.One2many(
        "crm.script.version",
        "campaign_id",
        "Versions of the Script",
        domain=[("is_main", "=", True)],
        readonly=True,
        copy=False,
        groups="crm_callcenter.group_coordinator,crm_callcenter.group_campaign_manager",
    )

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        campaigns = super(UtmCampaign, self.with_context(**{WHOLE_KEY: True})).create(
            vals_list
        )
        campaigns = campaigns.with_env(self.env)
        campaigns._complete_workflow()
        return campaigns

    def write(self, vals):
        if not {"step_ids", "script", "is_call_campaign"} & set(vals):
            return super().write(vals)
        whole = self.with_context(**{WHOLE_KEY: True})
        result = super(UtmCampaign, whole).write(vals)
        self._complete_workflow()
        return result

    def copy(self, default=None):
        """Copy the steps with what their conditions ask; see Odoo's ``copy``."""
        copying = self.with_context(**{WHOLE_KEY: "copy"})
        copies = super(UtmCampaign, copying).copy(default).with_env(self.env)
        # sudo: the set-up is copied whole, and steps are closed to some who may copy
        for campaign, copied in zip(self.sudo(), copies.sudo(), strict=True):
            if campaign.step_ids:
                copied._copy_conditions(campaign)
        return copies

    def _copy_conditions(self, campaign):
        """Let conditions ask the copied questions, as those of the original do.

        :param utm.campaign campaign: the original
        """
        self.ensure_one()
        steps = dict(
            zip(campaign.step_ids.sorted(), self.step_ids.sorted(), strict=False)
        )
        questions = dict(
            zip(
                campaign.step_ids.sorted().question_ids,
                self.step_ids.sorted().question_ids,
                strict=False,
            )
        )
        whole = {WHOLE_KEY: True}
        for step, copied in steps.items():
            if step.condition_question_id:
                asked = questions.get(step.condition_question_id)
                copied.with_context(**whole).condition_question_id = asked
        self._forget_workflow()
        self._check_workflow()

    def _complete_workflow(self):
        """Give ESITO to call campaigns that have none, and keep their script."""
        # sudo: a campaign's steps and versions come with it, whoever makes it
        campaigns = self.sudo().filtered("is_call_campaign")
        for campaign in campaigns:
            if "outcome" not in campaign.step_ids.mapped("kind"):
                campaign._add_outcome_step()
            self.env["crm.script.version"]._keep(campaign.with_env(self.env))
        campaigns._forget_workflow()
        if self.env.context.get(WHOLE_KEY) != "copy":
            campaigns._check_workflow()

    def _add_outcome_step(self):
        self.ensure_one()
        self.with_context(**{WHOLE_KEY: True}).step_ids = [
            Command.create(
                {
                    "name": self.env._("Outcome"),
                    "kind": "outcome",
                    # Below the steps that are added, which can be dragged under it.
                    "sequence": 1000,
                }
            )
        ]

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.constrains("script", "is_call_campaign")
    def _check_script(self):
        for campaign in self.filtered("is_call_campaign"):
            self._check_merged_fields(campaign.script)

    @api.model
    def _check_merged_fields(self, text):
        """Refuse a text that merges in what there is not.

        :param str text: HTML
        :raise ValidationError: it names the word, and those that there are
        """
        unknown = unknown_fields(text)
        if unknown:
            raise ValidationError(
                self.env._(
                    "{{%(word)s}} can't be filled in. In the text, not in a link, write"
                    " one of: %(words)s.",
                    word=unknown[0],
                    words=" ".join(f"{{{{{name}}}}}" for name in SCRIPT_FIELDS),
                )
            )

    def _check_workflow(self):
        """Refuse steps that can never be shown, or not in their order.

        :raise ValidationError: it names the step
        """
        # sudo: whoever changes one step has the whole workflow checked
        for campaign in self.sudo():
            asked = self.env["crm.campaign.question"]
            for step in campaign.step_ids.sorted():
                campaign._check_condition(step, asked)
                if step.kind == "questionnaire":
                    asked |= step.question_ids

    def _check_condition(self, step, asked):
        """Refuse a condition that can't be met when it is this step's turn.

        :param crm.campaign.step step: of this campaign
        :param crm.campaign.question asked: the questions of earlier steps
        :raise ValidationError: it names the step
        """
        if step.condition == "always":
            return
        if step.kind == "outcome":
            raise ValidationError(
                self.env._("The outcome is always shown: it can't have a condition.")
            )
        if step.condition == "outcome":
            if not step.condition_outcome_ids and not step.condition_outcome_kind:
                raise ValidationError(
                    self.env._(
                        "Choose the outcomes, or their kind, with which the step"
                        " %(step)s is shown.",
                        step=step.name,
                    )
                )
            return
        question = step.condition_question_id
        if not question:
            raise ValidationError(
                self.env._(
                    "Choose the question after whose answer the step %(step)s is"
                    " shown.",
                    step=step.name,
                )
            )
        if question not in asked:
            raise ValidationError(
                self.env._(
                    "The step %(step)s is shown after an answer to %(question)s, which"
                    " is not asked before it. Move the step below that question's.",
                    step=step.name,
                    question=question.name,
                )
            )
        self._check_wanted_answers(step, question)

    def _check_wanted_answers(self, step, question):
        wanted = step._wanted_answers()
        possible = question._answer_list()
        if question.kind == "yes_no":
            possible = ["yes", "no"]
        if not wanted or not set(wanted) <= set(possible):
            raise ValidationError(
                self.env._(
                    "The step %(step)s is shown after an answer that %(question)s can't"
                    " have. Write one or more of these, one on each line:\n%(answers)s",
                    step=step.name,
                    question=question.name,
                    answers="\n".join(possible)
                    or self.env._("(it is not answered by a choice, nor by yes or no)"),
                )
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_versions(self):
        """Button: the texts that operators of this campaign have had on screen.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_motivi.crm_script_version_action"
        )
        action["domain"] = [("campaign_id", "=", self.id)]
        return action

    def action_open_answers(self):
        """Button: what was answered to the questions of this campaign.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_motivi.crm_interaction_answer_action"
        )
        action["domain"] = [("campaign_id", "=", self.id)]
        return action

    # ------------------------------------------------------------
    # PLAIN DATA
    # ------------------------------------------------------------

    @tools.ormcache("self.id")
    def _workflow(self):
        """Return the workflow as plain data: kept in memory, not to be changed.

        The desk asks for it with every name.

        :return: ``steps`` (see ``crm.campaign.step._plain_values``; empty when there is
            the outcome alone), ``script_version_id`` and ``merged``: the words that are
            filled into its texts
        :rtype: dict
        """
        self.ensure_one()
        # sudo: it is kept for whoever works in the campaign, and given out by the desk
        campaign = self.sudo()
        versions = self.env["crm.script.version"].sudo()._latest_of(campaign)
        none = self.env["crm.script.version"]
        steps = [
            step._plain_values(versions.get(step, none))
            for step in campaign.step_ids.sorted()
        ]
        main = versions.get(self.env["crm.campaign.step"], none)
        texts = [main.body, *(step["script"] for step in steps)]
        return {
            "steps": steps if len(steps) > 1 else [],
            "script_version_id": (main.body and main.id) or None,
            "merged": sorted({word for text in texts for word in fields_of(text)}),
        }

    def _forget_workflow(self):
        """Have the workflow read again, by this server and all others."""
        if not self:
            return
        registry = self.env.registry
        registry.clear_cache()
        # What somebody read meanwhile, before this is committed, is out of date, too.
        self.env.cr.postcommit.add(registry.clear_cache)
