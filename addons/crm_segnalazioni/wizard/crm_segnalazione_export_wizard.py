from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.crm_callcenter.tools.saved_search import BROKEN_SEARCH, read_search


class CrmSegnalazioneExportWizard(models.TransientModel):
    """The window in which an export is chosen."""

    _name = "crm.segnalazione.export.wizard"
    _description = "Export Documents"

    layout_id = fields.Many2one(
        "crm.segnalazione.export.layout",
        required=True,
        default=lambda self: self.env["crm.segnalazione.export.layout"].search(
            [], limit=1
        ),
    )
    which = fields.Selection(
        selection=lambda self: (
            self.env["crm.segnalazione.export.batch"]
            ._fields["which"]
            ._description_selection(self.env)
        ),
        string="Documents",
        required=True,
        default="new",
    )
    order_ids = fields.Many2many(
        "sale.order",
        string="Chosen Documents",
        readonly=True,
        default=lambda self: self._default_order_ids(),
    )
    domain = fields.Char("Only", required=True, default="[]")
    state_ids = fields.Many2many(related="layout_id.state_ids")
    document_count = fields.Integer(
        "Will Be Exported", compute="_compute_document_count"
    )

    def _default_order_ids(self):
        if self.env.context.get("active_model") != "sale.order":
            return False
        return self.env.context.get("active_ids")

    @api.depends("layout_id", "which", "order_ids", "domain")
    def _compute_document_count(self):
        for wizard in self:
            wizard.document_count = 0
            if wizard.layout_id:
                batch = self.env["crm.segnalazione.export.batch"].new(
                    {**wizard._values(), "user_id": self.env.uid}
                )
                wizard.document_count = batch._orders().search_count(
                    batch._orders_domain()
                )

    def _values(self):
        """Return the values of the export.

        :rtype: dict
        """
        orders = self.env["sale.order"]
        try:
            domain = read_search(self.domain, orders, self.env.user)
        except BROKEN_SEARCH as error:
            raise UserError(
                self.env._("This search can't be run: %(error)s.", error=error)
            ) from error
        if self.order_ids:
            domain &= Domain("id", "in", self.order_ids.ids)
        return {
            "layout_id": self.layout_id.id,
            "company_id": (self.layout_id.company_id or self.env.company).id,
            "which": self.which,
            "domain": repr(list(domain)),
        }

    def action_export(self):
        """Make the export, and show it.

        :rtype: dict
        """
        self.ensure_one()
        batch = self.env["crm.segnalazione.export.batch"]._start(self._values())
        return batch.action_open()
