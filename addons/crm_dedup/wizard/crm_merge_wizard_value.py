from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.crm_merge_review import FIELDS, JOINED


class CrmMergeWizardValue(models.TransientModel):
    """A value that a field of the merged record may have instead of its own.

    Only fields of which the records know several values: where one alone knows
    something, that stays in any case.
    """

    _name = "crm.merge.wizard.value"
    _description = "Value of a Merged Record"
    _order = "sequence, id"

    wizard_id = fields.Many2one("crm.merge.wizard", required=True, ondelete="cascade")
    sequence = fields.Integer()
    field_name = fields.Char(required=True, readonly=True)
    label = fields.Char("Field", readonly=True)
    value = fields.Char(readonly=True)
    res_ref = fields.Integer(required=True, readonly=True)
    known_by = fields.Char("Of", readonly=True, help="The records that have it.")
    is_chosen = fields.Boolean(
        "Stays",
        help="Mark the value that stays. Without a mark it is that of the record that"
        " stays.",
    )

    @api.model
    def _differing(self, records):
        """Return the values among which somebody may choose.

        :param records: what is merged
        :return: values of lines
        :rtype: list[dict]
        """
        review, found = self.env["crm.merge.review"], []
        custom = [name for name in records._fields if name.startswith("x_cc_")]
        for place, name in enumerate((*FIELDS[records._name], *custom)):
            if name in JOINED:
                continue
            holders = {}
            for record in records:
                shown = review._shown(record, name)
                if shown:
                    holders.setdefault(shown.casefold(), (shown, []))[1].append(record)
            if len(holders) < 2:
                continue
            for shown, holding in holders.values():
                found.append(
                    {
                        "sequence": place,
                        "field_name": name,
                        "label": review._label(records, name),
                        "value": shown,
                        "res_ref": holding[0].id,
                        "known_by": ", ".join(one.display_name for one in holding),
                    }
                )
        return found

    def _choices(self):
        """Return whose value stays, by field.

        :return: as ``crm.merge`` takes it
        :rtype: dict[str, int]
        :raise UserError: two values of one field are marked
        """
        choices = {}
        for line in self.filtered("is_chosen"):
            if line.field_name in choices:
                raise UserError(
                    self.env._(
                        "Two values are marked for %(field)s. Mark the one that stays.",
                        field=line.label,
                    )
                )
            choices[line.field_name] = line.res_ref
        return choices
