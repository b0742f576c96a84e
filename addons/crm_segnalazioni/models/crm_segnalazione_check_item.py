from odoo import fields, models


class CrmSegnalazioneCheckItem(models.Model):
    """What the back office looks at before a document reaches agent or customer."""

    _name = "crm.segnalazione.check.item"
    _description = "Item of the Quality Check"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="The question: Was the price said?"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    type_ids = fields.Many2many(
        "crm.segnalazione.type",
        "crm_segnalazione_check_item_type_rel",
        "item_id",
        "type_id",
        "Document Types",
        help="Empty: documents of all types that are checked.",
    )
    is_mandatory = fields.Boolean(
        "Must Be Right",
        default=True,
        help="A document passes only when this is right, or doesn't apply.",
    )
    description = fields.Text("What to Look At")

    def _items_of(self, document_type):
        """Return what is looked at in documents of a type.

        :param crm.segnalazione.type document_type: its type
        :rtype: crm.segnalazione.check.item
        """
        return self.search(
            ["|", ("type_ids", "=", False), ("type_ids", "in", document_type.ids)]
        )


class CrmSegnalazioneType(models.Model):
    _inherit = "crm.segnalazione.type"

    needs_quality_check = fields.Boolean(
        "Checked First",
        help="The back office checks each document of this type before the agent or the"
        " customer gets anything of it.",
    )


class CrmSegnalazioneTransition(models.Model):
    _inherit = "crm.segnalazione.transition"

    is_during_check = fields.Boolean(
        "During the Check",
        help="May be taken before the quality check is passed. Steps that cancel a"
        " document always may.",
    )
