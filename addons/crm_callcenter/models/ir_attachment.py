from odoo import api, models
from odoo.exceptions import UserError

from ..tools.engine import is_engine


class IrAttachment(models.Model):
    """The proof of a consent stays as it was taken."""

    _inherit = "ir.attachment"

    def write(self, vals):
        if {"datas", "raw", "db_datas", "store_fname", "res_id", "res_model"} & set(
            vals
        ):
            self._check_no_consent_proof()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proof(self):
        """Refuse: the proof of a consent stays with it."""
        self._check_no_consent_proof()

    def _check_no_consent_proof(self):
        if is_engine(self.env):
            # Erasure by law, which is logged.
            return
        for attachment in self:
            if attachment.res_model == "crm.consent" and attachment.res_field:
                raise UserError(
                    self.env._(
                        "This file is the proof of a consent. It can't be changed or"
                        " deleted."
                    )
                )
