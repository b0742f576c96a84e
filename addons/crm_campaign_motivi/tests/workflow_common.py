from odoo.fields import Command

from .common import CampaignCommon


class WorkflowCommon(CampaignCommon):
    """A campaign with a page, a questionnaire with a branch, and a data check."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager_env = cls.env(user=cls.manager)
        steps = cls.env["crm.campaign.step"]
        cls.opening, cls.house = steps.create(
            [
                {
                    "campaign_id": cls.campaign.id,
                    "sequence": 1,
                    "name": "Opening",
                    "kind": "script",
                    "required_for": "never",
                    "script": "<p>I am {{operator}} of {{company}}, {{ name }}</p>",
                },
                {
                    "campaign_id": cls.campaign.id,
                    "sequence": 2,
                    "name": "House",
                    "kind": "questionnaire",
                    "question_ids": [
                        Command.create({"name": "Owner?", "kind": "yes_no"}),
                        Command.create(
                            {"name": "Roof?", "answers": "Flat\nPitched\nShared"}
                        ),
                        Command.create(
                            {"name": "Bill?", "kind": "number", "required": False}
                        ),
                    ],
                },
            ]
        )
        cls.owner, cls.roof, cls.bill = cls.house.question_ids
        cls.shared, cls.address, cls.why_not = steps.create(
            [
                {
                    "campaign_id": cls.campaign.id,
                    "sequence": 3,
                    "name": "Shared roof",
                    "kind": "questionnaire",
                    "condition": "answer",
                    "condition_question_id": cls.roof.id,
                    "condition_answers": "Shared",
                    "question_ids": [
                        Command.create({"name": "Families?", "kind": "number"})
                    ],
                },
                {
                    "campaign_id": cls.campaign.id,
                    "sequence": 4,
                    "name": "Address",
                    "kind": "data",
                    "field_ids": [
                        Command.create({"name": "street"}),
                        Command.create({"name": "province"}),
                    ],
                },
                {
                    "campaign_id": cls.campaign.id,
                    "sequence": 5,
                    "name": "Why not",
                    "kind": "questionnaire",
                    "required_for": "talked",
                    "condition": "outcome",
                    "condition_outcome_kind": "N",
                    "question_ids": [
                        Command.create({"name": "Reason?", "kind": "text"})
                    ],
                },
            ]
        )
        cls.families = cls.shared.question_ids
        cls.reason = cls.why_not.question_ids
        cls.no_answer = cls.env.ref("crm_callcenter.crm_outcome_no_answer")

    def given(self, answers=None, checked=(), pages=()):
        """Return what the browser sends of the steps."""
        return {
            "answers": {
                str(question.id): value for question, value in (answers or {}).items()
            },
            "checked": [step.id for step in checked],
            "pages": [version.id for version in pages],
        }

    def house_answers(self, roof="Flat", **more):
        return {self.owner: "yes", self.roof: roof}
