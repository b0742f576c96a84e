from odoo import api, models


class CrmCustomFieldChoice(models.Model):
    """Questions that are answered by a field's values follow the field."""

    _inherit = "crm.custom.field.choice"

    @api.model_create_multi
    def create(self, vals_list):
        choices = super().create(vals_list)
        choices._tell_questions()
        return choices

    def write(self, vals):
        result = super().write(vals)
        self._tell_questions()
        return result

    def unlink(self):
        custom_fields = self.custom_field_id
        result = super().unlink()
        custom_fields._tell_questions()
        return result

    def _tell_questions(self):
        self.custom_field_id._tell_questions()


class CrmCustomField(models.Model):
    _inherit = "crm.custom.field"

    def _tell_questions(self):
        """Have the desk read the answers of questions that these fields keep again."""
        # sudo: whoever adds a value while talking
        questions = self.env["crm.campaign.question"].sudo()
        bound = questions.search([("custom_field_id", "in", self.ids)])
        bound.campaign_id._forget_workflow()
