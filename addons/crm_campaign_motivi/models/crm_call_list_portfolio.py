from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.models.crm_business_unit import portfolio_field


class CrmCallList(models.Model):
    """A list may hang on a branch of portfolios: it then holds names of it only."""

    _inherit = "crm.call.list"

    portfolio_id = fields.Many2one(
        "crm.portfolio",
        index="btree_not_null",
        ondelete="restrict",
        help="The list takes only names of this portfolio, of any business unit, or of"
        " one inside it.",
    )

    @api.constrains("portfolio_id")
    def _check_names_inside(self):
        for call_list in self.filtered("portfolio_id"):
            self.env["crm.call.list.line"].flush_model(["list_id", "lead_id"])
            column, branch = call_list._portfolio_column(), call_list._branch()
            self.env["crm.lead"].flush_model([portfolio_field(call_list._unit())])
            found = self.env.execute_query(
                SQL(
                    """SELECT lead.name FROM crm_call_list_line line
                         JOIN crm_lead lead ON lead.id = line.lead_id
                        WHERE line.list_id = %s
                          AND coalesce(lead.%s, 0) != ALL(%s) LIMIT 1""",
                    call_list.id,
                    column,
                    branch,
                )
            )
            if found:
                raise ValidationError(
                    self.env._(
                        "%(list)s holds %(name)s, which is not in %(portfolio)s. Take"
                        " such names out of the list first, or bind a new list.",
                        list=call_list.name,
                        name=found[0][0],
                        portfolio=call_list.portfolio_id.complete_name,
                    )
                )

    @api.constrains("portfolio_id", "operator_ids", "owner_id")
    def _check_operators_may_see(self):
        """Names are served from lists without asking rights for each of them."""
        for call_list in self.filtered(lambda found: not found.owner_id):
            # sudo: the branches that operators are bound to
            for operator in call_list.sudo().operator_ids.filtered("portfolio_ids"):
                if not call_list._is_within(operator.portfolio_ids):
                    raise ValidationError(
                        self.env._(
                            "%(operator)s sees only names in %(portfolios)s. Bind"
                            " %(list)s to a portfolio in there, or choose another"
                            " operator.",
                            operator=operator.name,
                            portfolios=", ".join(
                                operator.portfolio_ids.mapped("complete_name")
                            ),
                            list=call_list.name,
                        )
                    )

    def _is_within(self, heads):
        """Tell whether every name of this list lies in some branches.

        :param crm.portfolio heads: of the branches; each unit among them narrows
        :rtype: bool
        """
        self.ensure_one()
        portfolio = self.portfolio_id
        return set(heads.mapped("unit")) == {portfolio.unit} and (
            portfolio._is_inside(heads)
        )

    def _unit(self):
        return self.portfolio_id.unit

    def _portfolio_column(self):
        return SQL.identifier(portfolio_field(self._unit()))

    def _branch(self):
        return self.env["crm.portfolio"]._branch_ids(self.portfolio_id.ids)

    def _outside_portfolio(self, lead_ids):
        """Return those of some names that this list may not hold.

        :param list lead_ids: ids of ``crm.lead``
        :rtype: set[int]
        """
        self.ensure_one()
        if not self.portfolio_id or not lead_ids:
            return set()
        self.env["crm.lead"].flush_model([portfolio_field(self._unit())])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM crm_lead"
                " WHERE id = ANY(%s) AND coalesce(%s, 0) != ALL(%s)",
                list(lead_ids),
                self._portfolio_column(),
                self._branch(),
            )
        )
        return {lead_id for (lead_id,) in rows}

    def _add_leads(self, lead_ids):
        """Leave out the names of other portfolios than that of the list."""
        outside = self._outside_portfolio(lead_ids)
        if outside:
            lead_ids = [lead_id for lead_id in lead_ids if lead_id not in outside]
        return super()._add_leads(lead_ids)
