from odoo import api, models, tools
from odoo.exceptions import ValidationError

from ..tools.custom_field import PREFIX

#: Fields that stand for one another: a name has a phone when it has any number.
SUBSTITUTES = {"phone": ("phone", "mobile", "phone_second")}


class CrmLead(models.Model):
    """Fields without which a name is refused by forms and imports.

    Odoo itself also makes names, of e-mails and web forms: those stay as they come,
    and can be worked on until somebody finds out what they lack.
    """

    _inherit = "crm.lead"

    @api.model
    @tools.ormcache("self.env.company.id")
    def _mandatory_by_portfolio(self):
        """Return the fields that are mandatory everywhere, and in which portfolios.

        :return: names of fields by portfolio id, those of everywhere under ``False``;
            a portfolio asks for what the ones above it ask for
        :rtype: dict[int | bool, tuple[str]]
        """
        # sudo: settings; the names of fields are shown in every form anyway
        company = self.env.company.sudo()
        everywhere = company.mandatory_field_ids.mapped("name")
        portfolios = self.env["crm.portfolio"].sudo().with_context(active_test=False)
        asking = portfolios.search([("mandatory_field_ids", "!=", False)])
        found = {False: tuple(sorted(everywhere))}
        for head in asking:
            names = set(head.mandatory_field_ids.mapped("name")) - set(everywhere)
            for portfolio_id in portfolios._branch_ids(head.ids):
                found[portfolio_id] = tuple(
                    sorted(names.union(found.get(portfolio_id, ())))
                )
        return found

    @api.model
    def _mandatory_fields(self, portfolio_ids=()):
        """Return the fields that a name in some portfolios must have.

        :param portfolio_ids: ids of the portfolios of the name, of any unit
        :rtype: list[str]
        """
        by_portfolio = self._mandatory_by_portfolio()
        names = set(by_portfolio[False])
        for portfolio_id in portfolio_ids:
            names.update(by_portfolio.get(portfolio_id, ()))
        return sorted(
            name
            for name in names
            if self._is_askable(name) and self._belongs_to(name, portfolio_ids)
        )

    @api.model
    def _is_askable(self, name):
        """Tell whether the current user can fill in a mandatory field at all.

        A custom field may have been deleted, be computed, or not be for its role.

        :param str name: of the field
        :rtype: bool
        """
        if not name.startswith(PREFIX):
            return name in self._fields
        custom = self.env["crm.custom.field"]
        entry = custom._catalogue().get(name)
        if not entry or name not in self._fields or entry["compute_expression"]:
            return False
        return self.env.su or custom._my_modes().get(name) in ("edit", "required")

    @api.model
    def _belongs_to(self, name, portfolio_ids):
        """Tell whether names in some portfolios have a field.

        :param str name: of the field
        :param portfolio_ids: ids of the portfolios of the name
        :rtype: bool
        """
        if not name.startswith(PREFIX):
            return True
        custom = self.env["crm.custom.field"]
        # sudo: where a name belongs decides, not who looks
        portfolios = self.env["crm.portfolio"].sudo().browse(portfolio_ids)
        place = custom._place_of(portfolios)
        return custom._applies_to(custom._catalogue()[name], place)

    @api.model
    def _missing_mandatory(self, values, portfolio_ids=()):
        """Return the mandatory fields for which values have nothing.

        :param values: mapping of field names to values; what is falsy is missing,
            except a number
        :param portfolio_ids: ids of the portfolios of the name
        :rtype: list[str]
        """
        return [
            name
            for name in self._mandatory_fields(portfolio_ids)
            if not any(
                values.get(substitute) or self._is_a_number(values.get(substitute))
                for substitute in SUBSTITUTES.get(name, (name,))
            )
        ]

    @staticmethod
    def _is_a_number(value):
        return isinstance(value, (int, float)) and not isinstance(value, bool)

    @api.model
    def _mandatory_labels(self, names):
        """Return how fields are called, for a sentence.

        :param list[str] names: of fields
        :rtype: str
        """
        labels = self.fields_get(names, ["string"])
        return ", ".join(labels[name]["string"] for name in names if name in labels)

    def _check_mandatory(self, touched=None):
        """Refuse names that lack a mandatory field.

        :param touched: the fields that were written; only these are asked for, or all
            when a portfolio was. ``None``: all, the name is new
        :raise ValidationError: the sentence names the name and the fields
        """
        if touched is not None:
            touched = {*touched}
            for name, substitutes in SUBSTITUTES.items():
                if touched.intersection(substitutes):
                    touched.add(name)
        portfolio_fields = self._portfolio_field_names()
        for lead in self:
            if lead.type != "lead":
                continue
            portfolios = [lead[name].id for name in portfolio_fields if lead[name]]
            wanted = {*self._mandatory_fields(portfolios)}
            for name in [*wanted]:
                wanted.update(SUBSTITUTES.get(name, ()))
            missing = self._missing_mandatory(
                {name: lead._mandatory_value(name) for name in wanted}, portfolios
            )
            if touched is not None and not touched.intersection(portfolio_fields):
                missing = [name for name in missing if name in touched]
            if missing:
                raise ValidationError(
                    self.env._(
                        "%(name)s needs: %(fields)s. Fill them in and save again.",
                        name=lead.name or self.env._("The name"),
                        fields=self._mandatory_labels(missing),
                    )
                )

    def _mandatory_value(self, name):
        """Return the value of a field, ``False`` when it is empty or only blanks."""
        value = self[name]
        if isinstance(value, str):
            return value.strip()
        return value if not isinstance(value, models.BaseModel) else bool(value)

    # ------------------------------------------------------------
    # WHERE PEOPLE ENTER NAMES
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        if self._asks_mandatory_of_import():
            leads._check_mandatory()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if self.env.context.get("import_file") and self._asks_mandatory_of_import():
            self._check_mandatory(vals)
        return result

    @api.model
    def _asks_mandatory_of_import(self):
        """Tell whether a file is being imported through Odoo's own import."""
        return bool(self.env.context.get("import_file")) and self._asks_mandatory()

    @api.model
    def _asks_mandatory(self):
        """Tell whether the user is one of the call centre's, who are asked.

        :rtype: bool
        """
        return not self.env.su and self.env.user._works_in_callcenter()

    @api.model
    def name_create(self, name):
        """Create a name by what is typed into a link; see Odoo's ``name_create``.

        :raise ValidationError: names need more than that
        """
        found = super().name_create(name)
        if found and self._asks_mandatory():
            self.browse(found[0])._check_mandatory()
        return found

    def web_save(self, vals, specification, next_id=None):
        """Save a form; see Odoo's ``web_save``.

        :raise ValidationError: a new name lacks a mandatory field, or one is emptied
        """
        new = not self
        result = super().web_save(vals, specification, next_id=next_id)
        if self._asks_mandatory():
            leads = self.browse([row["id"] for row in result]) if new else self
            leads._check_mandatory(None if new else vals)
        return result

    def web_save_multi(self, vals_list, specification):
        """Save several lines of a list; see Odoo's ``web_save_multi``.

        :raise ValidationError: a mandatory field is emptied
        """
        result = super().web_save_multi(vals_list, specification)
        if self._asks_mandatory():
            for lead, vals in zip(self, vals_list, strict=True):
                lead._check_mandatory(vals)
        return result

    # ------------------------------------------------------------
    # VIEWS
    # ------------------------------------------------------------

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (
            *key,
            self._asks_mandatory(),
            *sorted(self._mandatory_by_portfolio().items()),
        )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Mark mandatory fields in forms; asked of new names, and by the server."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and self._asks_mandatory():
            shown = {node.get("name") for node in arch.xpath("//field")}
            if {"type", "portfolio_id"} <= shown:
                for name, condition in self._mandatory_conditions(shown).items():
                    for node in arch.xpath(
                        f"//field[@name='{name}'][not(ancestor::field)]"
                    ):
                        self._require_when(node, condition)
        return arch, view

    @api.model
    def _mandatory_conditions(self, shown):
        """Return when a field is mandatory in a form, as the client understands it.

        :param set[str] shown: the fields of the form
        :rtype: dict[str, str]
        """
        by_portfolio = dict(self._mandatory_by_portfolio())
        found = {name: "True" for name in by_portfolio.pop(False)}
        found = {name: when for name, when in found.items() if self._is_askable(name)}
        asking = {}
        for portfolio_id, names in by_portfolio.items():
            for name in filter(self._is_askable, names):
                asking.setdefault(name, []).append(portfolio_id)
        for name, ids in asking.items():
            found[name] = " or ".join(
                f"{field} in {sorted(ids)}"
                for field in self._portfolio_field_names()
                if field in shown
            )
        conditions = {}
        for name, condition in found.items():
            others = [
                other
                for other in SUBSTITUTES.get(name, ())
                if other != name and other in shown
            ]
            conditions[name] = " and ".join(
                ["type == 'lead' and not id", f"({condition})"]
                + [f"not {other}" for other in others]
            )
        return conditions

    @api.model
    def _require_when(self, node, condition):
        own = node.get("required")
        if own not in ("1", "True"):
            node.set("required", f"({own}) or ({condition})" if own else condition)
