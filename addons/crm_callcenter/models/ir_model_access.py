from odoo import api, models, tools

#: Models that Odoo opens to every employee and that tell names of customers.
#: Rights only ever add, and these models lie in addons that need not be there.
CLOSED_TO_OWN_WORK = frozenset(("snailmail.letter",))


class IrModelAccess(models.Model):
    _inherit = "ir.model.access"

    @api.model
    @tools.ormcache("self.env.uid", "mode")
    def _get_allowed_models(self, mode="read"):
        allowed = super()._get_allowed_models(mode)
        if self.env.user._sees_own_work_only():
            allowed -= CLOSED_TO_OWN_WORK
        return allowed
