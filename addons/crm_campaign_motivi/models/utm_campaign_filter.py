from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.saved_search import BROKEN_SEARCH, read_search

from ..tools.claim_sql import ALWAYS

#: Of a filter's names so many are looked up in the lists, when those that come first in
#: the lists don't match it.
MOST_LOOKED_UP = 200_000


class UtmCampaign(models.Model):
    """A filter on the names of a campaign, changed while operators work."""

    _inherit = "utm.campaign"

    filter_domain = fields.Char(
        "Filter",
        default="[]",
        help="Only names that match are served; the others stay in their lists. Holds"
        " for the very next name. A recall that was promised to the customer is made"
        " all the same.",
    )
    is_filter_pending = fields.Boolean(readonly=True, copy=False)

    @api.constrains("filter_domain")
    def _check_filter_domain(self):
        for campaign in self:
            try:
                campaign._filter_sql()
            except (UserError, *BROKEN_SEARCH) as error:
                raise ValidationError(
                    self.env._(
                        "The filter of %(campaign)s can't be used: %(error)s. Correct"
                        " it.",
                        campaign=campaign.title,
                        error=error,
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        campaigns = super().create(vals_list)
        campaigns.filtered(lambda c: c._has_filter())._refilter(is_new=True)
        return campaigns

    def write(self, vals):
        changed = self.filtered(
            lambda c: (
                "filter_domain" in vals
                and (c.filter_domain or "[]") != (vals["filter_domain"] or "[]")
            )
        )
        result = super().write(vals)
        changed._refilter(is_new=True)
        return result

    def _has_filter(self):
        self.ensure_one()
        return (self.filter_domain or "[]").strip() not in ("[]", "")

    def _refilter(self, is_new=False):
        """Have the names sifted by filter and callability, in the background.

        :param bool is_new: the filter has changed: until they are, claims look also
            at names that the old one left out
        """
        campaigns = self.filtered("is_call_campaign")
        # sudo: jobs and marks of the queue are the system's
        if is_new:
            campaigns.sudo().is_filter_pending = True
        self.env["crm.queue.job"].sudo()._ask(campaigns, "filter")

    def _filter_as_domain(self):
        """Return the filter as a domain over names, evaluated for now.

        :rtype: Domain
        :raise ValueError: it isn't written as a search is
        """
        self.ensure_one()
        return read_search(
            self.filter_domain, self.env["crm.lead"], self.user_id or self.env.user
        )

    def _filter_sql(self):
        """Return the condition that the name of ``line`` matches the filter.

        A look-up by key with the filter on the one name that it finds.

        :rtype: SQL
        :raise ValueError: the filter isn't written as a search is
        """
        self.ensure_one()
        if not self._has_filter():
            return ALWAYS
        query = self._filter_query()
        if query.is_empty():
            return SQL("false")
        query.add_where(SQL("%s = line.lead_id", SQL.identifier(query.table, "id")))
        query.limit = 1
        return SQL("(%s) IS TRUE", query.select(SQL("true")))

    def _filter_query(self):
        """Return the search of the names that match the filter.

        :rtype: Query
        """
        # sudo: the filter is the manager's, whoever asks for a name; archived names
        # are left out elsewhere
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        return leads._search(self._filter_as_domain())

    def _filtered_names_sql(self):
        """Return the query of the ids of the names that match the filter.

        :rtype: SQL
        """
        query = self._filter_query()
        query.limit = MOST_LOOKED_UP
        return query.select()

    def _filter_in_use(self):
        """Return ``_filter_sql`` for those who ask for a name.

        :raise UserError: the filter can't be used any more
        :rtype: SQL
        """
        try:
            return self._filter_sql()
        except BROKEN_SEARCH as error:
            raise UserError(
                self.env._(
                    "The filter of %(campaign)s can't be used any more: %(error)s. Ask"
                    " a campaign manager to correct it.",
                    campaign=self.title,
                    error=error,
                )
            ) from error

    def _lines_to_sift_sql(self, is_filtered):
        """Return the query of the lines that must be marked as left out, or not.

        :param bool is_filtered: as they are to be
        :return: yields ids, the first names of the queue first
        :rtype: SQL
        """
        self.ensure_one()
        dispatch = self.env["crm.dispatch"]
        matches = SQL(
            "(%s AND %s IS TRUE)",
            self._filter_in_use(),
            dispatch._callable_sql(self._rule_company()),
        )
        return SQL(
            """SELECT line.id FROM crm_call_list_line line
                WHERE line.campaign_id = %s
                  AND (line.category = 'to_call' OR line.recall_scope = 'automatic')
                  AND (line.is_filtered IS TRUE) != %s AND %s != %s
             ORDER BY line.rank, line.id""",
            self.id,
            is_filtered,
            matches,
            is_filtered,
        )
