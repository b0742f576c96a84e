from odoo import fields, models


class CrmRelation(models.Model):
    _inherit = "crm.relation"

    field_effect_ids = fields.One2many(
        "crm.field.effect",
        "relation_id",
        "Custom Fields",
        help="What the outcome fills in on the name.",
    )

    def _describe_effects(self):
        field_effects = self.env["crm.field.effect"]._of_relation(self)
        return [
            *super()._describe_effects(),
            *(f"{effect._describe()}." for effect in field_effects),
        ]


class CrmLead(models.Model):
    """Outcomes fill in custom fields."""

    _inherit = "crm.lead"

    def _apply_outcome_effects(self, effects):
        result = super()._apply_outcome_effects(effects)
        field_effects = self.env["crm.field.effect"]._of_relation(
            effects.get("relation")
        )
        if field_effects:
            field_effects._apply_to(self)
        return result

    def _register_outcome_batch(self, outcome, activity_type=None, **values):
        rows = super()._register_outcome_batch(outcome, activity_type, **values)
        if self and rows:
            relation = self.env["crm.relation"]._get(activity_type, outcome)
            field_effects = self.env["crm.field.effect"]._of_relation(relation)
            if field_effects:
                field_effects._apply_to(self)
        return rows
