from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class UtmCampaign(models.Model):
    """Templates: set-ups to start a campaign from.

    A copy of a campaign takes its whole set-up and neither lists, names nor figures.
    What belongs to the set-up is what Odoo copies: addons give ``copy=True`` to the
    lines of a set-up, since Odoo copies none by itself.
    """

    _inherit = "utm.campaign"

    is_template = fields.Boolean(
        "Template",
        index="btree_not_null",
        copy=False,
        help="A set-up to start campaigns from. It has no lists and is never started.",
    )
    template_note = fields.Char(
        "What It Is For",
        translate=True,
        help="Shown where one chooses the template to start from.",
    )
    template_id = fields.Many2one(
        "utm.campaign",
        "Started From",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The template or campaign whose set-up was copied.",
    )

    _template_not_started = models.Constraint(
        "CHECK (is_template IS NOT TRUE OR call_state = 'draft')",
        "A template is never started. Start a campaign from it instead.",
    )

    @api.constrains("is_template")
    def _check_is_template(self):
        for campaign in self.filtered("is_template"):
            # sudo: a list that the user may not see is a list
            if campaign.sudo().with_context(active_test=False).call_list_ids:
                raise ValidationError(
                    self.env._(
                        "%(campaign)s has lists and can't become a template. Save its"
                        " set-up as a new template instead.",
                        campaign=campaign.title,
                    )
                )

    def copy_data(self, default=None):
        """Copy the set-up under a title of its own; see Odoo's ``copy_data``."""
        default = dict(default or {})
        values = super().copy_data(default)
        for campaign, vals in zip(self, values, strict=True):
            if not campaign.is_call_campaign:
                continue
            if "title" not in default:
                vals["title"] = self.env._("%s (copy)", campaign.title)
            # The identifier is made from the new title.
            if "name" not in default:
                vals.pop("name", None)
            # Said in any case: where templates are shown, new ones are by default.
            vals.setdefault("is_template", False)
            vals.setdefault("template_id", campaign.id)
            if "user_id" not in default:
                vals["user_id"] = self.env.uid
            if campaign.is_template and not vals.get("company_id"):
                vals["company_id"] = self.env.company.id
        return values

    def action_start(self):
        """Button: operators are served from now on; see the base method.

        :raise UserError: one of them is a template
        """
        for campaign in self.filtered("is_template"):
            raise UserError(
                self.env._(
                    "%(campaign)s is a template and is never started. Start a campaign"
                    " from it instead.",
                    campaign=campaign.title,
                )
            )
        return super().action_start()

    def action_start_from(self):
        """Button: ask for the title of a new campaign with this one's set-up.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_motivi.crm_campaign_new_wizard_action"
        )
        action["context"] = {"default_source_id": self.id}
        return action

    def action_save_as_template(self):
        """Button: keep this set-up as a template to start others from.

        :return: opens the template
        :rtype: dict
        """
        self.ensure_one()
        template = self.copy(
            {
                "title": self.env._("%s (template)", self.title),
                "is_template": True,
                "template_id": False,
            }
        )
        return template._action_open_form()

    def _action_open_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [
                (
                    self.env.ref("crm_campaign_motivi.utm_campaign_view_form_call").id,
                    "form",
                )
            ],
        }
