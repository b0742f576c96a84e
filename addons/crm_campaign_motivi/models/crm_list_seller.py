from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.complaint_file import complaint_csv, complaint_xlsx


class CrmListSeller(models.Model):
    """Who sells lists of names: the contract, its batches, and what became of them."""

    _name = "crm.list.seller"
    _description = "List Seller"
    _inherit = ["mail.thread"]
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Supplier",
        index="btree_not_null",
        ondelete="restrict",
        help="The seller as a contact, for orders and bills.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        domain="[('id', 'child_of', partner_id)]",
        ondelete="set null",
        help="Who gets complaints.",
    )
    contact_email = fields.Char(related="contact_id.email")
    contact_phone = fields.Char(related="contact_id.phone")
    contract_reference = fields.Char()
    contract_date = fields.Date()
    price_per_name = fields.Monetary(
        help="Counts for batches whose cost nobody wrote down."
    )
    complaint_days = fields.Integer(
        "Days for Complaints",
        default=30,
        help="From the import of a batch; 0 when there is no term.",
    )
    refunds_wrong = fields.Boolean("Refunds Wrong Numbers", default=True)
    refunds_doubles = fields.Boolean(default=True)
    refunds_rejected = fields.Boolean("Refunds Unusable Rows", default=True)
    note = fields.Html("Terms")
    import_ids = fields.One2many("crm.list.import", "seller_id", "Batches")
    batch_count = fields.Integer(compute="_compute_figures")
    name_count = fields.Integer("Names Sold", compute="_compute_figures")
    new_count = fields.Integer("New Names", compute="_compute_figures")
    double_count = fields.Integer("Doubles", compute="_compute_figures")
    unusable_count = fields.Integer("Unusable", compute="_compute_figures")
    wrong_count = fields.Integer("Wrong Numbers", compute="_compute_figures")
    reached_count = fields.Integer("Reached", compute="_compute_figures")
    appointment_count = fields.Integer("Appointments", compute="_compute_figures")
    contract_count = fields.Integer("Contracts", compute="_compute_figures")
    cost = fields.Monetary(compute="_compute_figures")
    cost_per_new_name = fields.Monetary(compute="_compute_figures")
    cost_per_appointment = fields.Monetary(compute="_compute_figures")
    yield_rate = fields.Float(
        "New (%)", compute="_compute_figures", help="New names of all that were sold."
    )
    complaint_csv_file = fields.Binary(
        compute="_compute_complaint_csv_file", attachment=False
    )
    complaint_xlsx_file = fields.Binary(
        compute="_compute_complaint_xlsx_file", attachment=False
    )

    _name_once = models.UniqueIndex(
        "(company_id, name)", "There is a list seller of this name already."
    )
    _days_positive = models.Constraint(
        "CHECK (complaint_days >= 0)", "The days for complaints are zero or more."
    )
    _price_positive = models.Constraint(
        "CHECK (price_per_name >= 0)", "The price of a name is zero or more."
    )

    @api.depends("import_ids.batch_date", "import_ids.state")
    def _compute_figures(self):
        self.env["crm.list.import"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT seller_id, count(*), sum(batch_names), sum(batch_new),
                          sum(batch_doubles), sum(batch_unusable), sum(batch_wrong),
                          sum(batch_reached), sum(batch_appointments),
                          sum(batch_contracts), sum(batch_amount)
                     FROM crm_list_import
                    -- What was taken back is not paid for.
                    WHERE seller_id = ANY(%s) AND state != 'undone'
                 GROUP BY seller_id""",
                self.ids,
            )
        )
        figures = {row[0]: [value or 0 for value in row[1:]] for row in rows}
        for seller in self:
            (
                seller.batch_count,
                seller.name_count,
                seller.new_count,
                seller.double_count,
                seller.unusable_count,
                seller.wrong_count,
                seller.reached_count,
                seller.appointment_count,
                seller.contract_count,
                seller.cost,
            ) = figures.get(seller.id, [0] * 10)
            seller.cost_per_new_name = _ratio(seller.cost, seller.new_count)
            seller.cost_per_appointment = _ratio(seller.cost, seller.appointment_count)
            seller.yield_rate = 100 * _ratio(seller.new_count, seller.name_count)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_batches(self):
        if self.import_ids:
            raise UserError(
                self.env._(
                    "%(seller)s has sold lists. Archive it instead.",
                    seller=self.import_ids[0].seller_id.name,
                )
            )

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def action_refresh_figures(self):
        """Button: compute the figures of all batches now."""
        self.check_access("read")
        self.import_ids._refresh_batch_figures()

    def action_open_batches(self):
        """Button: the batches of this seller.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_motivi.crm_list_batch_action"
        )
        return {
            **action,
            "domain": [("seller_id", "=", self.id)],
            "context": {"default_seller_id": self.id},
        }

    def action_download_complaint(self):
        """Button: the workbook of bad names of the batches whose term still runs.

        :rtype: dict
        """
        return self._download_complaint("xlsx")

    def action_download_complaint_csv(self):
        """Button: the same as a CSV file.

        :rtype: dict
        """
        return self._download_complaint("csv")

    def _download_complaint(self, kind):
        self.ensure_one()
        batches = self._complaint_batches()
        if not batches:
            raise UserError(
                self.env._(
                    "No batch of %(seller)s can be complained about: none was imported"
                    " within the %(days)s days of the contract. Download the file from"
                    " the batch itself if you want it all the same.",
                    seller=self.name,
                    days=self.complaint_days,
                )
            )
        return batches._download_complaint_of(self, kind)

    def _complaint_batches(self):
        """Return the batches whose term for complaints has not ended.

        :rtype: crm.list.import
        """
        self.ensure_one()
        batches = self.import_ids.filtered(lambda batch: batch.state == "done")
        if not self.complaint_days:
            return batches
        since = fields.Datetime.subtract(
            fields.Datetime.now(), days=self.complaint_days
        )
        return batches.filtered(lambda batch: batch.create_date >= since)

    def _compute_complaint_csv_file(self):
        for seller in self:
            batches = seller._complaint_batches()
            seller.complaint_csv_file = batches._complaint_content(complaint_csv)

    def _compute_complaint_xlsx_file(self):
        for seller in self:
            batches = seller._complaint_batches()
            seller.complaint_xlsx_file = batches._complaint_content(complaint_xlsx)


def _ratio(value, count):
    return value / count if count else 0.0
