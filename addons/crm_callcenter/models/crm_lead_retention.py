from odoo import api, fields, models
from odoo.tools import SQL

#: Names erased in one transaction.
RETENTION_BATCH = 2000


class CrmLead(models.Model):
    """Names that nobody ever worked are not kept for ever."""

    _inherit = "crm.lead"

    @api.model
    def _cron_retention(self):
        """Erase names whose retention period is over, in batches."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            after = 0
            while ids := self._retention_due(company, after):
                self.browse(ids)._erase_unworked(company)
                after = ids[-1]
                if not self.env["ir.cron"]._commit_progress(len(ids)):
                    return

    @api.model
    def _retention_due(self, company, after=0, limit=RETENTION_BATCH):
        """Return the next names of a company that were never worked for too long.

        No outcome that somebody registered, no call, no customer, no open action.
        Names of no company are the main company's.

        :param res.company company: whose periods count
        :param int after: id of the last name seen
        :param int limit: how many at most; ``None`` for all
        :rtype: list[int]
        """
        source = self._retention_source(company)
        if source is None:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT lead.id %(source)s AND lead.id > %(after)s"
                " ORDER BY lead.id LIMIT %(limit)s",
                source=source,
                after=after,
                limit=limit,
            )
        )
        return [lead_id for (lead_id,) in rows]

    @api.model
    def _retention_counts(self, company):
        """Count the names that would be erased now, by portfolio.

        :rtype: list[tuple[crm.portfolio, int]]
        """
        source = self._retention_source(company)
        if source is None:
            return []
        rows = self.env.execute_query(
            SQL(
                "SELECT lead.portfolio_id, count(*) %s GROUP BY lead.portfolio_id",
                source,
            )
        )
        portfolios = self.env["crm.portfolio"]
        found = [(portfolios.browse(row_id), count) for row_id, count in rows]
        return sorted(found, key=lambda pair: -pair[1])

    @api.model
    def _retention_source(self, company):
        """Return from where and under which condition names are erased.

        :return: ``FROM crm_lead lead … WHERE …``; ``None`` without any period
        :rtype: SQL | None
        """
        periods = self._retention_periods(company)
        if not periods:
            return None
        now = fields.Datetime.now()
        first = company == self.env["res.company"].search([], order="id", limit=1)
        return SQL(
            """FROM crm_lead lead
               JOIN unnest(%(portfolios)s::int[], %(dates)s::timestamp[])
                    AS period(portfolio_id, before)
                 ON period.portfolio_id = COALESCE(lead.portfolio_id, 0)
              WHERE lead.type = 'lead'
                AND lead.erased_on IS NULL AND lead.partner_id IS NULL
                AND lead.create_date < period.before
                AND (lead.company_id = %(company)s
                     OR (%(first)s AND lead.company_id IS NULL))
                AND NOT EXISTS (
                    SELECT 1 FROM crm_interaction row
                 LEFT JOIN mail_activity_type type ON type.id = row.activity_type_id
                     WHERE row.lead_id = lead.id AND type.is_system IS NOT TRUE)
                AND NOT EXISTS (SELECT 1 FROM crm_call call
                                 WHERE call.lead_id = lead.id)
                AND NOT EXISTS (SELECT 1 FROM mail_activity activity
                                 WHERE activity.res_model = 'crm.lead'
                                   AND activity.res_id = lead.id AND activity.active)
            """,
            portfolios=list(periods),
            dates=[
                fields.Datetime.subtract(now, months=months)
                for months in periods.values()
            ],
            company=company.id,
            first=first,
        )

    @api.model
    def _retention_periods(self, company):
        """Return after how many months names are erased, by primary portfolio.

        A portfolio has the period of the nearest one above it that says one, else the
        company's.

        :return: months by id of the portfolio, 0 for names without one; only where
            names are erased at all
        :rtype: dict[int, int]
        """
        # sudo: how long names are kept is no secret
        portfolios = self.env["crm.portfolio"].sudo().with_context(active_test=False)
        own = {row.id: row.retention_months for row in portfolios.search([])}
        periods = {0: company.retention_months}
        for portfolio in portfolios.browse(own):
            line = map(int, reversed(portfolio.parent_path.strip("/").split("/")))
            periods[portfolio.id] = next(
                filter(None, map(own.get, line)), company.retention_months
            )
        return {key: months for key, months in periods.items() if months}

    def _erase_unworked(self, company):
        """Erase these names since their period is over, and log it.

        Their numbers stay on the do-not-call list: nobody asked to be forgotten.
        """
        details = self.sudo()._erase_batch()  # sudo: the cron's own work
        self.env["crm.privacy.log"]._record(
            "retention",
            name_count=len(self),
            reason=self._retention_sentence(company),
            details=details,
        )

    @api.model
    def _retention_sentence(self, company):
        months = sorted(set(self._retention_periods(company).values()))
        return self.env._(
            "%(company)s: never worked for %(months)s months.",
            company=company.name,
            months=", ".join(map(str, months)) or "0",
        )


class CrmPortfolio(models.Model):
    _inherit = "crm.portfolio"

    retention_months = fields.Integer(
        "Retention of Names Never Worked (months)",
        help="For names of this primary portfolio, and of those inside it that say"
        " nothing else. Zero: as above it, or as in the settings.",
    )

    _retention_positive = models.Constraint(
        "CHECK (retention_months >= 0)",
        "Names never worked are kept for zero (as above it) or more months.",
    )


class ResCompany(models.Model):
    _inherit = "res.company"

    retention_months = fields.Integer(
        "Retention of Names Never Worked (months)",
        help="Names that nobody called or registered an outcome on for so many months"
        " after they came are erased at night. Zero: never.",
    )

    _retention_positive = models.Constraint(
        "CHECK (retention_months >= 0)",
        "Names never worked are kept for zero (for ever) or more months.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retention_months = fields.Integer(
        related="company_id.retention_months", readonly=False
    )

    def action_retention_dry_run(self):
        """Button: count the names that the saved period would erase tonight.

        :rtype: dict
        """
        self.ensure_one()
        company = self.company_id
        # sudo: a count of names, for who keeps the settings
        counts = self.env["crm.lead"].sudo()._retention_counts(company)
        total = sum(count for _portfolio, count in counts)
        lines = {
            portfolio.complete_name or self.env._("No portfolio"): count
            for portfolio, count in counts
        }
        self.env["crm.privacy.log"]._record(
            "dry_run",
            name_count=total,
            reason=self.env["crm.lead"]._retention_sentence(company),
            details=lines,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "sticky": bool(total),
                "message": " ".join(
                    [
                        self.env._(
                            "%(count)s names would be erased tonight. Nothing has been"
                            " erased now.",
                            count=total,
                        ),
                        *(f"{name}: {count}." for name, count in lines.items()),
                    ]
                ),
            },
        }
