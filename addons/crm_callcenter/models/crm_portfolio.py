from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .crm_business_unit import UNITS, portfolio_field


class CrmPortfolio(models.Model):
    """A portfolio: the segment of the business that a name belongs to.

    Ten business units, each a tree of any depth.
    """

    _name = "crm.portfolio"
    _description = "Portfolio"
    _inherit = ["crm.tree.mixin"]
    _parent_store = True
    _order = "unit, complete_name"
    _rec_name = "complete_name"

    unit = fields.Integer(
        "Business Unit",
        required=True,
        default=1,
        help="From 1 to 10. Unit 1 holds the primary portfolios.",
    )
    unit_name = fields.Char("Unit", compute="_compute_unit_name")
    parent_id = fields.Many2one(
        "crm.portfolio", string="Parent Portfolio", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        "crm.portfolio", "parent_id", string="Portfolios Inside"
    )
    user_ids = fields.Many2many(
        "res.users",
        "crm_portfolio_user_rel",
        "portfolio_id",
        "user_id",
        string="Only For",
        domain="[('share', '=', False)]",
        help="These users see, of this business unit, only names in the branches that"
        " they are entered in.",
    )
    mandatory_field_ids = fields.Many2many(
        "ir.model.fields",
        "crm_portfolio_mandatory_field_rel",
        "portfolio_id",
        "field_id",
        string="Also Mandatory",
        domain=lambda self: self.env["res.company"]._mandatory_field_domain(),
        help="Names in this portfolio, and in those inside it, need these fields"
        " besides the ones of the settings.",
    )

    _unit_range = models.Constraint(
        "CHECK (unit BETWEEN 1 AND 10)",
        "The business unit of a portfolio is a number from 1 to 10.",
    )

    @api.depends("unit")
    def _compute_unit_name(self):
        units = self.env["crm.business.unit"].search([], limit=len(UNITS))
        names = {unit.number: unit.name for unit in units}
        for portfolio in self:
            portfolio.unit_name = names.get(portfolio.unit)

    @api.constrains("parent_id", "unit")
    def _check_same_unit(self):
        for portfolio in self | self.child_ids:
            if portfolio.parent_id and portfolio.parent_id.unit != portfolio.unit:
                raise ValidationError(
                    self.env._(
                        "%(child)s is in business unit %(unit)s and its parent"
                        " %(parent)s in unit %(parent_unit)s. Give both the same unit.",
                        child=portfolio.name,
                        unit=portfolio.unit,
                        parent=portfolio.parent_id.name,
                        parent_unit=portfolio.parent_id.unit,
                    )
                )

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("parent_id") and not vals.get("unit"):
                vals["unit"] = self.browse(vals["parent_id"]).unit
        # Rights that hang on a branch are resolved to the portfolios in it.
        self.env.registry.clear_cache("default", "templates")
        portfolios = super().create(vals_list)
        portfolios.user_ids._bind_to_portfolios()
        return portfolios

    def write(self, vals):
        if "unit" in vals:
            moving = self.filtered(lambda portfolio: portfolio.unit != vals["unit"])
            moving._check_holds_nothing()
        # sudo: who was bound, whoever sees users
        users = self.sudo().user_ids if "user_ids" in vals else self.env["res.users"]
        result = super().write(vals)
        if "user_ids" in vals:
            (users | self.sudo().user_ids)._bind_to_portfolios()
        if {"parent_id", "user_ids", "mandatory_field_ids"} & set(vals):
            self.env.registry.clear_cache("default", "templates")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_holds_nothing()
        if self - self.child_ids.parent_id != self:
            raise UserError(
                self.env._(
                    "%(portfolio)s has portfolios inside. Move or delete them first.",
                    portfolio=self.child_ids.parent_id[0].complete_name,
                )
            )
        bound = self.user_ids
        if bound:
            self.write({"user_ids": [(5, 0, 0)]})
        self.env.registry.clear_cache()

    def _check_holds_nothing(self):
        """Refuse what needs portfolios without names.

        :raise UserError: names or customers are in one; the sentence names it
        """
        for portfolio in self:
            for model_name in ("crm.lead", "res.partner"):
                # sudo: names count whoever may see them
                holders = self.env[model_name].sudo().with_context(active_test=False)
                if holders.search_count(
                    [(portfolio_field(portfolio.unit), "=", portfolio.id)], limit=1
                ):
                    raise UserError(
                        self.env._(
                            "Names are in %(portfolio)s. Move them to another portfolio"
                            " first, or archive this one.",
                            portfolio=portfolio.complete_name,
                        )
                    )

    # ------------------------------------------------------------
    # BRANCHES
    # ------------------------------------------------------------

    @api.model
    def _branch_ids(self, ids):
        """Return the ids of portfolios and of all that lie inside them.

        :param list[int] ids: heads of the branches
        :rtype: list[int]
        """
        # sudo: which portfolios a branch has is no secret
        portfolios = self.sudo().with_context(active_test=False)
        return portfolios.search([("id", "child_of", list(ids))]).ids if ids else []

    def _is_inside(self, branches):
        """Tell whether this portfolio is one of some branches or lies inside one.

        :param crm.portfolio branches: their heads
        :return: no portfolio at all lies nowhere
        :rtype: bool
        """
        path = {int(number) for number in (self.parent_path or "").split("/") if number}
        return bool(path & set(branches.ids))

    @api.model
    def _check_in_unit(self, portfolio_id, unit):
        """Refuse a portfolio that is not of a unit.

        :param int portfolio_id: the portfolio
        :param int unit: number of the unit
        :raise ValidationError: it is of another; the sentence names both
        """
        # sudo: the unit of a portfolio is no secret
        portfolio = self.sudo().browse(portfolio_id)
        if portfolio.unit != unit:
            raise ValidationError(
                self.env._(
                    "%(portfolio)s is a portfolio of business unit %(actual)s, not of"
                    " unit %(unit)s. Choose one of unit %(unit)s.",
                    portfolio=portfolio.complete_name,
                    actual=portfolio.unit,
                    unit=unit,
                )
            )

    def _move_under(self, parent):
        """Move whole branches; what lies inside a moved branch goes with it.

        :param crm.portfolio parent: the new parent; empty: to the top
        :raise UserError: the branches and the parent are not of one unit
        :raise ValidationError: the parent lies inside one of them
        """
        heads = self.filtered(
            lambda portfolio: (
                not portfolio.parent_id._is_inside(self)
                if portfolio.parent_id
                else True
            )
        )
        units = set((heads | parent).mapped("unit"))
        if len(units) > 1:
            raise UserError(
                self.env._(
                    "These portfolios are of different business units (%(units)s). A"
                    " branch moves inside its own unit.",
                    units=", ".join(map(str, sorted(units))),
                )
            )
        heads.write({"parent_id": parent.id})

    def action_move(self):
        """Button: ask under which portfolio the chosen branches go."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move Branches"),
            "res_model": "crm.portfolio.move.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_portfolio_ids": self.ids},
        }

    @api.model
    def _get_default(self):
        """Return the primary portfolio of names for which nobody chose one.

        Whoever is bound to branches gets one of them, and sees what it creates.

        :rtype: crm.portfolio
        """
        # sudo: the company's settings; a portfolio is no secret
        chosen = self.env.company.sudo().default_portfolio_id.sudo(False)
        default = (
            chosen
            or self.env.ref(
                "crm_callcenter.crm_portfolio_default", raise_if_not_found=False
            )
            or self.browse()
        )
        return default if default._is_open_to_user() else self._open_heads(1)[:1]

    def _is_open_to_user(self):
        """Tell whether the current user may have names in this portfolio.

        :return: no portfolio at all is open to everybody
        :rtype: bool
        """
        heads = self._open_heads(self.unit)
        return not heads or not self or self._is_inside(heads)

    @api.model
    def _open_heads(self, unit):
        """Return the branches of a unit to which the current user is bound.

        :param int unit: number of the unit
        :return: none, if all branches are open
        :rtype: crm.portfolio
        """
        user = self.env.user
        if not user.has_group("crm_callcenter.group_portfolio_bound"):
            return self.browse()
        # sudo: a user's own branches are no secret
        heads = user.sudo().portfolio_ids.sudo(False)
        return heads.filtered(lambda head: head.unit == unit)
