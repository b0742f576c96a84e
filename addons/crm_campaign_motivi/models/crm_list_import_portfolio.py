from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_callcenter.models.crm_business_unit import portfolio_field
from odoo.addons.crm_callcenter.models.crm_lead_mandatory import SUBSTITUTES
from odoo.addons.crm_dedup.tools.plain_text import normalise


class CrmListImport(models.Model):
    """The portfolio of the names of a file, and the fields that they must have."""

    _inherit = "crm.list.import"

    portfolio_id = fields.Many2one(
        "crm.portfolio",
        "Portfolio of New Names",
        domain="[('unit', '=', 1)]",
        compute="_compute_portfolio_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        help="Primary portfolio of the names that this file brings. Names that are"
        " known keep theirs.",
    )

    @api.depends("list_id.portfolio_id")
    def _compute_portfolio_id(self):
        default = self.env["crm.portfolio"]._get_default()
        for record in self:
            bound = record.list_id.portfolio_id
            if bound.unit == 1:
                if not record.portfolio_id._is_inside(bound):
                    record.portfolio_id = bound
            else:
                record.portfolio_id = record.portfolio_id or default

    def _choose_list(self):
        result = super()._choose_list()
        bound = self.list_id.portfolio_id
        if bound.unit == 1 and not self.portfolio_id._is_inside(bound):
            raise UserError(
                self.env._(
                    "The list %(list)s takes only names of %(bound)s. Choose a"
                    " portfolio in there for the new names.",
                    list=self.list_id.name,
                    bound=bound.complete_name,
                )
            )
        if not self.portfolio_id._is_open_to_user():
            raise UserError(
                self.env._(
                    "You see no names of %(portfolio)s. Choose a portfolio of yours"
                    " for the new names.",
                    portfolio=self.portfolio_id.complete_name,
                )
            )
        return result

    def _prepare_lead_constants(self):
        values = super()._prepare_lead_constants()
        values["portfolio_id"] = (
            self.portfolio_id or self.env["crm.portfolio"]._get_default()
        ).id
        bound = self.list_id.portfolio_id
        if bound.unit > 1:
            values[portfolio_field(bound.unit)] = bound.id
        return values

    @api.model
    def _portfolios_by_name(self):
        """Return the portfolios that the user may use, by name and by full name.

        A name that several portfolios have stands for none of them.

        :return: field of a name and id, by normalised name
        :rtype: dict[str, tuple[str, int]]
        """
        portfolios = self.env["crm.portfolio"].search([("active", "=", True)])
        count = Counter(normalise(portfolio.name) for portfolio in portfolios)
        found = {}
        for portfolio in portfolios.filtered(lambda one: one._is_open_to_user()):
            value = (portfolio_field(portfolio.unit), portfolio.id)
            if count[normalise(portfolio.name)] == 1:
                found[normalise(portfolio.name)] = value
            found[normalise(portfolio.complete_name)] = value
        return found

    # ------------------------------------------------------------
    # ROWS
    # ------------------------------------------------------------

    def _place(self, name_row, known, free_ids):
        missing = () if name_row.problem else self._missing_of_new_name(name_row, known)
        if missing:
            name_row.problem = "mandatory"
            name_row.details = {
                "fields": self.env["crm.lead"]._mandatory_labels(missing)
            }
        elif not name_row.problem and self._is_new_and_outside(name_row, known):
            name_row.problem = "outside_portfolio"
            name_row.details = {
                "name": name_row.values["name"],
                "portfolio": self.list_id.portfolio_id.complete_name,
            }
        return super()._place(name_row, known, free_ids)

    def _is_new_and_outside(self, name_row, known):
        """Tell whether a row makes a name that the list may not hold.

        :rtype: bool
        """
        if not name_row.portfolios:
            return False
        bound = self.list_id.portfolio_id
        own = name_row.portfolios.get(portfolio_field(bound.unit))
        if not own:
            return False
        portfolio = self.env["crm.portfolio"].browse(own)
        return not (portfolio._is_inside(bound) or self._match_of_row(name_row, known))

    def _prepare_lead_columns(self, name_row, provinces):
        """Put new names also into the portfolios that stand in their rows."""
        values = super()._prepare_lead_columns(name_row, provinces)
        if name_row.portfolios is not None:
            for name in self.env["crm.lead"]._portfolio_field_names():
                common = self._template().get(name)
                values[name] = name_row.portfolios.get(name) or common
        return values

    def _missing_of_new_name(self, name_row, known):
        """Return the mandatory fields that a row lacks, if it brings a new name.

        :param NameRow name_row: the row as it was read
        :param dict known: the names that have a number
        :rtype: list[str]
        """
        own = self._import_cache("mandatory", self._mandatory_in_rows)
        if own is None:
            return []
        value_of = name_row.values.get
        if name_row.portfolios is None and all(
            any(map(value_of, names)) for names in own
        ):
            return []
        leads = self.env["crm.lead"]
        constants = self._template()
        values = {
            **constants,
            **name_row.values,
            **name_row.custom,
            "state_id": name_row.province or constants.get("state_id"),
            "description": name_row.notes,
            **(name_row.portfolios or {}),
        }
        portfolios = [
            int(values[name])
            for name in leads._portfolio_field_names()
            if values.get(name)
        ]
        missing = leads._missing_mandatory(values, portfolios)
        if missing and self._match_of_row(name_row, known):
            return []
        return missing

    def _mandatory_in_rows(self):
        """Return what a row without portfolios of its own has to bring itself.

        :return: for each mandatory field the names of those of which one is enough;
            ``None``: nothing is asked for anywhere
        :rtype: list[tuple[str]] | None
        """
        leads = self.env["crm.lead"]
        if self.only_update or not any(leads._mandatory_by_portfolio().values()):
            return None
        constants = self._template()
        portfolios = [
            int(constants[name])
            for name in leads._portfolio_field_names()
            if constants.get(name)
        ]
        return [
            SUBSTITUTES.get(name, (name,))
            for name in leads._missing_mandatory(constants, portfolios)
        ]

    def _describe_leads(self, lead_ids):
        names = super()._describe_leads(lead_ids)
        if not self.list_id:
            return names
        # Of a merged name its survivor counts.
        kept = {match.lead_id: match for match in names.values()}
        for lead_id in self.list_id._outside_portfolio(list(kept)):
            kept[lead_id].outside = True
        return names
