from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.italian_codes import read_pod


class CrmPodMixin(models.AbstractModel):
    """A point of delivery of electricity."""

    _name = "crm.pod.mixin"
    _description = "Point of Delivery"
    _inherit = ["crm.identity.codes.mixin"]

    pod = fields.Char(
        "POD",
        help="Code of the point of delivery, on every electricity bill:"
        " IT001E12345678.",
    )

    @api.constrains("pod")
    def _check_pod(self):
        for record in self:
            if record.pod and not read_pod(record.pod):
                raise ValidationError(
                    self.env._(
                        "%(pod)s is no POD. It is written IT, three digits, E and eight"
                        " digits, as on the electricity bill.",
                        pod=record.pod,
                    )
                )
