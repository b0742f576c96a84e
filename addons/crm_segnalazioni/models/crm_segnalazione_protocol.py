from collections import defaultdict

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import SQL

#: Digits of the running number; a series that outgrows them simply gets longer.
NUMBER_DIGITS = 5


class CrmSegnalazioneProtocol(models.Model):
    """Register of protocol numbers: gapless for each company, type and year.

    A document that becomes another type takes a number of that type as well, and
    keeps its earlier ones: no series ever has a hole.
    """

    _name = "crm.segnalazione.protocol"
    _description = "Protocol Number"
    _order = "year desc, number desc, id desc"
    _log_access = False

    name = fields.Char("Number in Full", required=True, index=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    type_id = fields.Many2one(
        "crm.segnalazione.type", "Document Type", required=True, ondelete="restrict"
    )
    year = fields.Integer(required=True, aggregator=None)
    number = fields.Integer(required=True, aggregator=None)
    order_id = fields.Many2one(
        "sale.order", "Document", required=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="order_id.partner_id")
    date = fields.Datetime("Taken On", required=True)

    _number_once = models.UniqueIndex(
        "(company_id, type_id, year, number)",
        "This protocol number is taken already.",
    )

    @api.model
    def _take_numbers(self, orders, document_type=None):
        """Give documents their next numbers, in the order in which they come.

        The year is that of the day in the company's time zone. Series are taken in
        one order, so that two who take several wait for each other and don't lock
        each other out.

        :param sale.order orders: they exist in the database already
        :param crm.segnalazione.type document_type: whose numbers; by default each
            its own type's
        :return: the full number by id of the document
        :rtype: dict[int, str]
        """
        now = fields.Datetime.now()
        series = defaultdict(list)
        for order in orders:
            company = order.company_id
            planner = self.env["crm.planner"].with_company(company)
            kind = document_type or order.segnalazione_type_id
            year = planner._local_day(now).year
            series[company.id, kind.id, year].append(order.id)
        names = {}
        for company_id, type_id, year in sorted(series):
            kind = self.env["crm.segnalazione.type"].browse(type_id)
            names.update(
                self._take_series(
                    (company_id, type_id, year),
                    kind.code,
                    series[company_id, type_id, year],
                    now,
                )
            )
        # Rows came past the ORM.
        self.env["sale.order"].invalidate_model(["protocol_ids"], flush=False)
        return names

    @api.model
    def _take_series(self, series, code, order_ids, now):
        """Take the next numbers of one series.

        The first is fought for: see ``_take_first``. Nobody can have a number above
        it before this transaction ends, so the others follow in one statement.

        :param tuple series: ids of company and type, and the year
        :param str code: of the type
        :param list order_ids: who gets them
        :param datetime.datetime now: naive UTC
        :return: the full number by id of the document
        :rtype: dict[int, str]
        """
        number = self._take_first(series, code, order_ids[0], now)
        names = {
            order_id: self._full_number(code, series[2], number + index)
            for index, order_id in enumerate(order_ids)
        }
        if order_ids[1:]:
            company_id, type_id, year = series
            self.env.cr.execute(
                SQL(
                    """INSERT INTO crm_segnalazione_protocol
                           (name, company_id, type_id, year, number, order_id, date)
                       SELECT row.name, %s, %s, %s, row.number, row.order_id, %s
                         FROM unnest(%s, %s, %s) AS row (name, number, order_id)""",
                    company_id,
                    type_id,
                    year,
                    now,
                    [names[order_id] for order_id in order_ids[1:]],
                    list(range(number + 1, number + len(order_ids))),
                    order_ids[1:],
                )
            )
        return names

    @api.model
    def _take_first(self, series, code, order_id, now):
        """Take the next number of a series, as Odoo's journals do.

        The unique index is the lock: whoever inserts a number that another
        transaction is inserting waits for it. If that one is committed the next
        number is tried, if it is rolled back the number is ours; so none is left out.
        See ``sequence.mixin._locked_increment``. There is no cache of the last
        number on purpose: a savepoint that is rolled back would leave it too high.

        :return: the number
        :rtype: int
        """
        company_id, type_id, year = series
        number = self._last_number(*series)
        with self.env.cr.savepoint(flush=False) as savepoint:
            while True:
                number += 1
                try:
                    self.env.cr.execute(
                        SQL(
                            """INSERT INTO crm_segnalazione_protocol
                               (name, company_id, type_id, year, number, order_id, date)
                               VALUES (%s, %s, %s, %s, %s, %s, %s)""",
                            self._full_number(code, year, number),
                            company_id,
                            type_id,
                            year,
                            number,
                            order_id,
                            now,
                        ),
                        log_exceptions=False,
                    )
                except UniqueViolation:
                    savepoint.rollback()
                else:
                    return number

    @api.model
    def _last_number(self, company_id, type_id, year):
        """Return the last number of a series that this transaction sees, 0 if none.

        :rtype: int
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT number FROM crm_segnalazione_protocol
                    WHERE company_id = %s AND type_id = %s AND year = %s
                 ORDER BY number DESC LIMIT 1""",
                company_id,
                type_id,
                year,
            )
        )
        return rows[0][0] if rows else 0

    @api.model
    def _full_number(self, code, year, number):
        """Return a number as it is written: ``CON/2026/00012``.

        :rtype: str
        """
        return f"{code}/{year}/{number:0{NUMBER_DIGITS}d}"
