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
        for company in self.env["res.company"].search([("retention_months", ">", 0)]):
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

        :param res.company company: whose period counts
        :param int after: id of the last name seen
        :param int limit: how many at most; ``None`` for all
        :rtype: list[int]
        """
        if not company.retention_months:
            return []
        first = company == self.env["res.company"].search([], order="id", limit=1)
        rows = self.env.execute_query(
            SQL(
                """SELECT lead.id FROM crm_lead lead
                    WHERE lead.id > %(after)s AND lead.type = 'lead'
                      AND lead.erased_on IS NULL AND lead.partner_id IS NULL
                      AND lead.create_date < %(limit_date)s
                      AND (lead.company_id = %(company)s
                           OR (%(first)s AND lead.company_id IS NULL))
                      AND NOT EXISTS (
                          SELECT 1 FROM crm_interaction row
                       LEFT JOIN mail_activity_type type
                              ON type.id = row.activity_type_id
                           WHERE row.lead_id = lead.id AND type.is_system IS NOT TRUE)
                      AND NOT EXISTS (SELECT 1 FROM crm_call call
                                       WHERE call.lead_id = lead.id)
                      AND NOT EXISTS (SELECT 1 FROM mail_activity activity
                                       WHERE activity.res_model = 'crm.lead'
                                         AND activity.res_id = lead.id
                                         AND activity.active)
                 ORDER BY lead.id LIMIT %(limit)s""",
                after=after,
                company=company.id,
                first=first,
                limit=limit,
                limit_date=fields.Datetime.subtract(
                    fields.Datetime.now(), months=company.retention_months
                ),
            )
        )
        return [lead_id for (lead_id,) in rows]

    def _erase_unworked(self, company):
        """Erase these names since their period is over, and log it.

        Their numbers stay on the do-not-call list: nobody asked to be forgotten.
        """
        details = self.sudo()._erase_batch()  # sudo: the cron's own work
        self.env["crm.privacy.log"]._record(
            "retention",
            name_count=len(self),
            reason=self.env._(
                "Never worked for %(months)s months.", months=company.retention_months
            ),
            details=details,
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
        count = len(self.env["crm.lead"].sudo()._retention_due(company, limit=None))
        self.env["crm.privacy.log"]._record(
            "dry_run",
            name_count=count,
            reason=self.env._(
                "Never worked for %(months)s months.", months=company.retention_months
            ),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%(count)s names would be erased tonight. Nothing has been erased"
                    " now.",
                    count=count,
                ),
            },
        }
