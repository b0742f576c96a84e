import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.complaint_file import complaint_csv, complaint_xlsx

#: Rows that are no names at all, and nobody paid for.
NO_NAMES = ("empty", "above_header", "repeated_header", "total")
#: Rejected rows whose name was in the archive already.
DOUBLES = ("in_list", "archived", "hidden")
#: Batches whose figures still move.
REFRESH_DAYS = 365

# Each part reads one table by index, once for each name of the batch.
_FIGURES = """
    WITH staged AS (
        SELECT import_id, row_number, state, problem, lead_id
          FROM crm_list_import_row WHERE import_id = ANY(%(imports)s)
    ), sold AS (
        SELECT import_id,
               count(*) FILTER (
                   WHERE coalesce(problem, '') != ALL(%(no_names)s)) AS names,
               count(*) FILTER (WHERE state = 'accepted') AS new,
               count(*) FILTER (WHERE state NOT IN ('accepted', 'rejected')
                                   OR problem = ANY(%(doubles)s)) AS doubles,
               count(*) FILTER (WHERE state = 'rejected'
                                  AND problem != ALL(%(no_names)s)
                                  AND problem != ALL(%(doubles)s)) AS unusable
          FROM staged GROUP BY import_id
    ), mine AS MATERIALIZED (
        SELECT DISTINCT import_id, lead_id FROM staged
         WHERE state = 'accepted' AND lead_id IS NOT NULL
    ), told AS (
        SELECT mine.import_id, mine.lead_id,
               bool_or(row.outcome_kind IN ('N', 'C', 'T')
                       OR outcome.number_result = 'answered') AS reached,
               bool_or(row.outcome_kind = 'T') AS appointment,
               bool_or(row.outcome_kind = 'C') AS contract
          FROM mine
          JOIN crm_interaction row ON row.lead_id = mine.lead_id
          JOIN crm_outcome outcome ON outcome.id = row.outcome_id
         WHERE row.reversed_id IS NULL
           AND NOT EXISTS (SELECT 1 FROM crm_interaction back
                            WHERE back.reversed_id = row.id)
      GROUP BY mine.import_id, mine.lead_id
    ), counted AS (
        SELECT import_id, count(*) FILTER (WHERE reached) AS reached,
               count(*) FILTER (WHERE appointment) AS appointments,
               count(*) FILTER (WHERE contract) AS contracts
          FROM told GROUP BY import_id
    ), wrong AS (
        SELECT mine.import_id, count(*) AS wrong
          FROM mine JOIN crm_lead lead ON lead.id = mine.lead_id
         WHERE %(all_wrong)s GROUP BY mine.import_id
    )
    UPDATE crm_list_import batch
       SET batch_names = coalesce(sold.names, 0),
           batch_new = coalesce(sold.new, 0),
           batch_doubles = coalesce(sold.doubles, 0),
           batch_unusable = coalesce(sold.unusable, 0),
           batch_wrong = coalesce(wrong.wrong, 0),
           batch_reached = coalesce(counted.reached, 0),
           batch_appointments = coalesce(counted.appointments, 0),
           batch_contracts = coalesce(counted.contracts, 0),
           batch_amount = coalesce(nullif(batch.batch_cost, 0),
                                   seller.price_per_name * sold.names, 0),
           batch_date = now() AT TIME ZONE 'UTC'
      FROM unnest(%(imports)s) AS wanted(id)
 LEFT JOIN sold ON sold.import_id = wanted.id
 LEFT JOIN counted ON counted.import_id = wanted.id
 LEFT JOIN wrong ON wrong.import_id = wanted.id
 LEFT JOIN crm_list_import own ON own.id = wanted.id
 LEFT JOIN crm_list_seller seller ON seller.id = own.seller_id
     WHERE batch.id = wanted.id
 RETURNING batch.id"""

# A name whose every number is known to be wrong.
_ALL_WRONG = """
    num_nonnulls(lead.phone_e164, lead.mobile_e164, lead.phone_second_e164) > 0
    AND NOT EXISTS (
        SELECT 1 FROM unnest(ARRAY[lead.phone_e164, lead.mobile_e164,
                                   lead.phone_second_e164]) AS own(number)
     LEFT JOIN crm_phone_number known ON known.number = own.number
         WHERE own.number IS NOT NULL AND known.state IS DISTINCT FROM 'wrong')"""


class CrmListImport(models.Model):
    """An import is a batch that somebody sold: what it cost and what it was worth."""

    _inherit = "crm.list.import"

    seller_id = fields.Many2one(
        "crm.list.seller", index="btree_not_null", ondelete="restrict"
    )
    batch_currency_id = fields.Many2one(
        "res.currency", compute="_compute_batch_currency_id"
    )
    batch_cost = fields.Monetary(
        "Price of the Batch",
        currency_field="batch_currency_id",
        help="Empty: the price per name of the seller's contract counts.",
    )
    batch_names = fields.Integer("Names Sold", readonly=True, copy=False)
    batch_new = fields.Integer("New", readonly=True, copy=False)
    batch_doubles = fields.Integer("Doubles", readonly=True, copy=False)
    batch_unusable = fields.Integer("Unusable", readonly=True, copy=False)
    batch_wrong = fields.Integer(
        "Wrong Numbers",
        readonly=True,
        copy=False,
        help="New names of which no number is right.",
    )
    batch_reached = fields.Integer("Reached", readonly=True, copy=False)
    batch_appointments = fields.Integer("Appointments", readonly=True, copy=False)
    batch_contracts = fields.Integer("Contracts", readonly=True, copy=False)
    batch_amount = fields.Monetary(
        "Cost", currency_field="batch_currency_id", readonly=True, copy=False
    )
    batch_date = fields.Datetime("Figures of", readonly=True, copy=False)
    cost_per_new_name = fields.Monetary(
        currency_field="batch_currency_id", compute="_compute_batch_costs"
    )
    cost_per_appointment = fields.Monetary(
        currency_field="batch_currency_id", compute="_compute_batch_costs"
    )
    complaint_csv_file = fields.Binary(
        compute="_compute_complaint_csv_file", attachment=False
    )
    complaint_xlsx_file = fields.Binary(
        compute="_compute_complaint_xlsx_file", attachment=False
    )

    _batch_cost_positive = models.Constraint(
        "CHECK (batch_cost >= 0)", "The price of a batch is zero or more."
    )

    @api.depends("seller_id")
    def _compute_batch_currency_id(self):
        for batch in self:
            company = batch.seller_id.company_id or self.env.company
            batch.batch_currency_id = company.currency_id

    @api.depends("batch_amount", "batch_new", "batch_appointments")
    def _compute_batch_costs(self):
        for batch in self:
            amount = batch.batch_amount
            new, appointments = batch.batch_new, batch.batch_appointments
            batch.cost_per_new_name = amount / new if new else 0.0
            batch.cost_per_appointment = amount / appointments if appointments else 0.0

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _refresh_batch_figures(self):
        """Count what became of the rows and names of these batches, set-based.

        Those whose rows are deleted keep the figures that they had.
        """
        counted = self.filtered(lambda batch: not batch.rows_cleaned)
        if not counted:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                _FIGURES,
                imports=counted.ids,
                no_names=list(NO_NAMES),
                doubles=list(DOUBLES),
                all_wrong=SQL(_ALL_WRONG),
            )
        )
        self.invalidate_model()
        self.seller_id.invalidate_recordset()

    @api.model
    def _refresh_sold_batches(self):
        """Count the batches of sellers anew; called every night."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=REFRESH_DAYS)
        batches = self.search(
            [
                ("seller_id", "!=", False),
                ("create_date", ">", since),
                ("state", "in", ("running", "done")),
                ("rows_cleaned", "=", False),
            ],
            limit=5000,
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(batches))
        for at, batch in enumerate(batches, start=1):
            batch._refresh_batch_figures()
            if not cron._commit_progress(1, remaining=len(batches) - at):
                return

    def action_refresh_figures(self):
        """Button: compute the figures of these batches now."""
        self.check_access("read")
        self._refresh_batch_figures()

    # ------------------------------------------------------------
    # COMPLAINT
    # ------------------------------------------------------------

    def action_download_complaint(self):
        """Button: the bad names of this batch as a workbook for the seller.

        :rtype: dict
        """
        self.ensure_one()
        return self._download_complaint_of(self, "xlsx")

    def action_download_complaint_csv(self):
        """Button: the same as a CSV file.

        :rtype: dict
        """
        self.ensure_one()
        return self._download_complaint_of(self, "csv")

    def _download_complaint_of(self, holder, kind):
        """Return the action that downloads the bad names of these batches.

        :param holder: the seller or the batch whose file it is
        :param str kind: ``csv`` or ``xlsx``
        :raise UserError: there are none
        """
        if self and all(batch.rows_cleaned for batch in self):
            raise UserError(
                self.env._(
                    "The rows of these imports have been cleaned, so nobody knows any"
                    " more which of them were bad."
                )
            )
        count = sum(1 for _row in self._complaint_rows())
        if not count:
            raise UserError(
                self.env._(
                    "There is nothing to complain about: no row was unusable, double or"
                    " with a wrong number, or the contract refunds none of these."
                )
            )
        self.env["crm.export.log"]._note(
            "crm.list.import.row",
            self._complaint_headers(),
            count,
            search=f'[["import_id", "in", {self.ids}]]',
        )
        field = f"complaint_{kind}_file"
        name = f"{self.env._('complaint')}_{holder.id}.{kind}"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{holder._name}/{holder.id}/{field}/{name}"
            "?download=true",
            "target": "download",
        }

    def _compute_complaint_csv_file(self):
        for batch in self:
            batch.complaint_csv_file = batch._complaint_content(complaint_csv)

    def _compute_complaint_xlsx_file(self):
        for batch in self:
            batch.complaint_xlsx_file = batch._complaint_content(complaint_xlsx)

    def _complaint_content(self, write):
        """Return the file of bad names of these batches, as a field holds it.

        :param callable write: makes the file of headers and rows
        :rtype: bytes
        """
        content = write(self._complaint_headers(), self._complaint_rows())
        return base64.b64encode(content)

    @api.model
    def _complaint_headers(self):
        return [
            self.env._("File"),
            self.env._("Row"),
            self.env._("Complaint"),
            self.env._("Reason"),
            self.env._("Row in the File"),
        ]

    def _complaint_rows(self):
        """Yield the bad names of these batches, as far as the contract refunds them.

        :rtype: collections.abc.Iterator[list[str]]
        """
        self.env.flush_all()
        kinds = {
            "unusable": self.env._("Unusable"),
            "double": self.env._("Double"),
            "wrong": self.env._("Wrong number"),
        }
        for batch in self:
            for number, kind, reason, cells in batch._find_bad_rows():
                yield [
                    batch.filename or batch.name,
                    str(number),
                    kinds[kind],
                    reason or batch._complaint_reason(kind),
                    " · ".join(str(cell) for cell in cells or () if cell),
                ]

    def _complaint_reason(self, kind):
        if kind == "double":
            return self.env._("The name was in our archive already.")
        return self.env._("No number of the name is right.")

    def _refunded(self):
        """Return which kinds of bad names are refunded; all, without a contract."""
        seller = self.seller_id
        switches = {
            "unusable": seller.refunds_rejected,
            "double": seller.refunds_doubles,
            "wrong": seller.refunds_wrong,
        }
        return [kind for kind, refunded in switches.items() if refunded or not seller]

    def _find_bad_rows(self):
        """Return number, kind, reason and cells of the bad rows of one batch."""
        self.ensure_one()
        return self.env.execute_query(
            SQL(
                """SELECT * FROM (
                       SELECT row.row_number,
                              CASE WHEN row.state NOT IN ('accepted', 'rejected')
                                     OR row.problem = ANY(%(doubles)s) THEN 'double'
                                   WHEN row.state = 'rejected' THEN 'unusable'
                                   WHEN %(all_wrong)s THEN 'wrong' END AS kind,
                              CASE WHEN row.state = 'rejected' THEN row.reason END,
                              coalesce(row.cells, stage.cells)
                         FROM crm_list_import_row row
                    LEFT JOIN crm_list_import_stage stage
                        USING (import_id, row_number)
                    LEFT JOIN crm_lead lead ON lead.id = row.lead_id
                        WHERE row.import_id = %(batch)s
                          AND coalesce(row.problem, '') != ALL(%(no_names)s)) AS bad
                    WHERE kind = ANY(%(kinds)s) ORDER BY row_number""",
                doubles=list(DOUBLES),
                no_names=list(NO_NAMES),
                all_wrong=SQL(_ALL_WRONG),
                batch=self.id,
                kinds=self._refunded(),
            )
        )
