from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSegnalazioneExportDocument(models.Model):
    """The mark that a document was exported, and how it was then."""

    _name = "crm.segnalazione.export.document"
    _description = "Exported Document"
    _order = "id desc"
    _rec_name = "order_id"
    _log_access = False

    batch_id = fields.Many2one(
        "crm.segnalazione.export.batch",
        "Export",
        required=True,
        index=True,
        ondelete="cascade",
    )
    layout_id = fields.Many2one(
        "crm.segnalazione.export.layout", required=True, ondelete="restrict"
    )
    order_id = fields.Many2one(
        "sale.order", "Document", required=True, index=True, ondelete="cascade"
    )
    is_current = fields.Boolean(
        "Holds", help="No later export with this layout, and not taken back."
    )
    last_change = fields.Datetime(
        help="When the document or one of its lines was last changed before it left."
    )
    date = fields.Datetime(related="batch_id.date", string="Exported On")
    user_id = fields.Many2one(related="batch_id.user_id", string="Exported By")
    is_changed = fields.Boolean(
        "Changed Since", compute="_compute_is_changed", compute_sudo=True
    )

    _once = models.UniqueIndex(
        "(layout_id, order_id) WHERE is_current",
        "Somebody has exported one of these documents meanwhile. Start again.",
    )

    @api.depends("is_current", "last_change", "order_id.write_date")
    def _compute_is_changed(self):
        self.env.flush_all()
        changed = set()
        if self.ids:
            rows = self.env.execute_query(
                SQL(
                    "SELECT mark.id FROM crm_segnalazione_export_document mark"
                    " JOIN sale_order o ON o.id = mark.order_id"
                    " WHERE mark.id = ANY(%s) AND %s > mark.last_change",
                    self.ids,
                    self._last_change_sql(),
                )
            )
            changed = {mark_id for [mark_id] in rows}
        for mark in self:
            mark.is_changed = mark.id in changed

    @api.model
    def _current(self, layout):
        """Return the query of the marks that hold, of one layout or of all.

        :rtype: odoo.tools.Query
        """
        domain = Domain("is_current", "=", True)
        if layout:
            domain &= Domain("layout_id", "=", layout.id)
        # sudo: whether a document has left is known to whoever sees it
        return self.sudo()._search(domain, order="id")

    @api.model
    def _last_change_sql(self):
        """Return when the document ``o`` or one of its lines was last changed.

        :rtype: SQL
        """
        return SQL(
            "greatest(o.write_date, (SELECT max(line.write_date)"
            " FROM sale_order_line line WHERE line.order_id = o.id))"
        )


class CrmSegnalazioneExportLayout(models.Model):
    _inherit = "crm.segnalazione.export.layout"

    def _changed_since_sql(self):
        """Return the documents that were changed after they left.

        :return: a sub-select; of this layout, or of all if it is empty
        :rtype: SQL
        """
        self.env["sale.order"].flush_model(["write_date"])
        self.env["sale.order.line"].flush_model(["write_date", "order_id"])
        return SQL(
            "(SELECT o.id FROM sale_order o JOIN crm_segnalazione_export_document mark"
            " ON mark.order_id = o.id WHERE mark.is_current AND %s"
            " AND %s > mark.last_change)",
            SQL("mark.layout_id = %s", self.id) if self else SQL("true"),
            self.env["crm.segnalazione.export.document"]._last_change_sql(),
        )


class SaleOrder(models.Model):
    """Whether a document has left for another program."""

    _inherit = "sale.order"

    export_document_ids = fields.One2many(
        "crm.segnalazione.export.document",
        "order_id",
        "Exports",
        readonly=True,
        copy=False,
        groups="crm_callcenter.group_back_office,crm_callcenter.group_campaign_manager",
    )
    is_exported = fields.Boolean(
        "Exported",
        compute="_compute_is_exported",
        search="_search_is_exported",
        groups="crm_callcenter.group_back_office,crm_callcenter.group_campaign_manager",
    )
    is_changed_since_export = fields.Boolean(
        "Changed Since Export",
        compute="_compute_is_exported",
        search="_search_is_changed_since_export",
        groups="crm_callcenter.group_back_office,crm_callcenter.group_campaign_manager",
    )

    @api.depends(
        "export_document_ids.is_current", "write_date", "order_line.write_date"
    )
    def _compute_is_exported(self):
        for order in self:
            marks = order.export_document_ids.filtered("is_current")
            order.is_exported = bool(marks)
            order.is_changed_since_export = any(marks.mapped("is_changed"))

    def _search_is_exported(self, operator, value):
        if operator != "in":
            return NotImplemented
        layouts = self.env["crm.segnalazione.export.layout"]
        marks = self.env["crm.segnalazione.export.document"]._current(layouts)
        return Domain("id", "in", marks.subselect("order_id"))

    def _search_is_changed_since_export(self, operator, value):
        if operator != "in":
            return NotImplemented
        layouts = self.env["crm.segnalazione.export.layout"]
        return Domain("id", "in", layouts._changed_since_sql())
