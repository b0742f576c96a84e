from odoo import fields, models


class UtmCampaign(models.Model):
    """Who gets the recalls and the best names of this campaign."""

    _inherit = "utm.campaign"

    skill_wait_minutes = fields.Integer(
        "Minutes to the Next Skill",
        default=10,
        help="A due recall for the most skilled waits so many minutes for each level"
        " that is at work and free, then operators of the next level get it too.",
    )
    private_fall_minutes = fields.Integer(
        "Minutes until a Private Recall Is Everybody's",
        default=30,
        help="A private recall goes to all operators when it is due for so many minutes"
        " and its operator wasn't at work on this campaign meanwhile. Zero: never, but"
        " when the operator doesn't work on the list any more.",
    )
    retry_first = fields.Boolean(
        "Retries Before Fresh Names",
        default=True,
        help="Names that nobody answered for come before fresh ones when their time has"
        " come; otherwise when no fresh name is left. Promised recalls are first"
        " either way.",
    )
    best_to_skilled = fields.Boolean(
        "Best Names to the Most Skilled",
        help="The first names of the order are kept for operators of a higher level who"
        " are at work: each of them lets the others begin one name later.",
    )

    _recall_minutes = models.Constraint(
        "CHECK (coalesce(skill_wait_minutes, 0) >= 0"
        " AND coalesce(private_fall_minutes, 0) >= 0)",
        "Minutes of waiting are zero or more.",
    )

    def action_open_tuning(self):
        """Button: the settings of this campaign that are seldom changed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fine Tuning"),
            "res_model": "utm.campaign",
            "res_id": self.id,
            "view_mode": "form",
            "views": [
                [
                    self.env.ref(
                        "crm_campaign_motivi.utm_campaign_view_form_tuning"
                    ).id,
                    "form",
                ]
            ],
            "target": "new",
        }
