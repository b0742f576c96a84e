from odoo import models


class CrmLead(models.Model):
    """A new document of a name by hand begins at the desk, with the cart."""

    _inherit = "crm.lead"

    def action_desk_segnalazione(self):
        """Button: open the desk on this name for a closing on the line.

        :rtype: dict
        :raise UserError: the name can't be taken
        """
        return self._open_desk("segnalazione")
