from odoo import api, models

from ..tools.italian_codes import (
    read_ateco,
    read_fiscal_code,
    read_pod,
    read_vat_number,
)

#: Fields whose written forms are many: how each is read.
_READERS = {
    "fiscal_code": read_fiscal_code,
    "vat_number": read_vat_number,
    "ateco_code": read_ateco,
    "pod": read_pod,
}


class CrmIdentityCodesMixin(models.AbstractModel):
    """Codes are kept in their one way, however they were written."""

    _name = "crm.identity.codes.mixin"
    _description = "Codes Written in One Way"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_codes_read(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_codes_read(vals))

    @api.model
    def _with_codes_read(self, vals):
        """Return values whose codes are written in their one way.

        What can't be read stays as it is, for the constraint to refuse.
        """
        read = {
            name: reader(vals[name])
            for name, reader in _READERS.items()
            if vals.get(name) and name in self._fields
        }
        found = {name: value for name, value in read.items() if value}
        return {**vals, **found} if found else vals
