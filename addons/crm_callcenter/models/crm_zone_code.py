from odoo import api, fields, models


class CrmZone(models.Model):
    """A zone by its code, as files and other programs name it."""

    _inherit = "crm.zone"
    _rec_names_search = ["complete_name", "code"]

    code = fields.Char(
        copy=False,
        help="How files of names, and other programs, call the zone: BS1.",
    )

    _code_once = models.UniqueIndex(
        "(upper(code)) WHERE code IS NOT NULL", "Another zone has this code already."
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_plain_code(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_plain_code(vals))

    @api.model
    def _with_plain_code(self, vals):
        """Return values whose code has no blanks around it; an empty one is none."""
        if "code" not in vals:
            return vals
        return {**vals, "code": (vals["code"] or "").strip() or False}
