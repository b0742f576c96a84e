from odoo import Command, api, fields, models
from odoo.fields import Domain

from .crm_business_unit import portfolio_field


class ResUsers(models.Model):
    """Who sees only names of some branches of portfolios."""

    _inherit = "res.users"

    portfolio_ids = fields.Many2many(
        "crm.portfolio",
        "crm_portfolio_user_rel",
        "user_id",
        "portfolio_id",
        string="Only Names In",
        help="Of each business unit entered here, this user sees only names in these"
        " branches. Empty: names of every portfolio.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users.filtered("portfolio_ids")._bind_to_portfolios()
        return users

    def write(self, vals):
        result = super().write(vals)
        if "portfolio_ids" in vals:
            self._bind_to_portfolios()
        return result

    def _bind_to_portfolios(self):
        """Put users who are entered with portfolios into the group that rules ask."""
        # sudo: a manager of portfolios may not write users
        users = self.sudo()
        bound = self.env.ref("crm_callcenter.group_portfolio_bound")
        for change, chosen in (
            (Command.link(bound.id), users.filtered("portfolio_ids")),
            (
                Command.unlink(bound.id),
                users.filtered(
                    lambda user: not user.portfolio_ids and bound in user.group_ids
                ),
            ),
        ):
            if chosen:
                chosen.write({"group_ids": [change]})
        # The rules that ask for the portfolios are kept ready.
        self.env.registry.clear_cache()

    def _works_in_callcenter(self):
        """Tell whether this user has a role of the call centre.

        :rtype: bool
        """
        self.ensure_one()
        return any(
            self.has_group(f"crm_callcenter.group_{role}")
            for role in ("own_work", "back_office", "campaign_manager")
        )

    def _may_link_only_what_it_sees(self):
        """Tell whether links of this user are checked; see ``base``.

        :rtype: bool
        """
        self.ensure_one()
        return self._sees_own_work_only() or self.has_group(
            "crm_callcenter.group_portfolio_bound"
        )

    def portfolio_domain(self, path="", or_none=False):
        """Return the domain of what this user may see by its portfolios.

        For record rules, which evaluate it once and keep it.

        :param str path: from the model of the rule to the name, with a dot at its end
        :param bool or_none: also what has no portfolio of the unit
        :rtype: list
        """
        self.ensure_one()
        # sudo: rules ask for whoever works; a user's own branches are no secret
        heads = self.sudo().portfolio_ids
        domain = Domain.TRUE
        for unit in sorted(set(heads.mapped("unit"))):
            branches = heads.filtered(lambda head, unit=unit: head.unit == unit)
            name = path + portfolio_field(unit)
            inside = Domain(name, "in", heads._branch_ids(branches.ids))
            domain &= inside | Domain(name, "=", False) if or_none else inside
        return list(domain)
