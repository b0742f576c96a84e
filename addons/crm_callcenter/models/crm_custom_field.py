from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.custom_field import (
    CHOICE_TYPES,
    MODES,
    PREFIX,
    SLUG_LENGTH,
    TYPES,
    is_slug,
    slug_of,
)


class CrmCustomField(models.Model):
    """An entry of the catalogue: something that the company wants to know of names.

    Each entry is a column of its own on names and on customers.
    """

    _name = "crm.custom.field"
    _description = "Custom Field"
    _inherit = ["mail.thread"]
    _order = "group_sequence, group_id, sequence, id"
    _rec_name = "label"

    label = fields.Char(required=True, tracking=True, help="As everybody reads it.")
    name = fields.Char(
        "Technical Name",
        required=True,
        copy=False,
        readonly=True,
        help="Name of the column. Expressions use it, with or without x_cc_.",
    )
    field_type = fields.Selection(
        [(key, label) for key, label, _ttype in TYPES],
        "Type",
        required=True,
        default="text",
        help="It can't be changed later: make another field instead.",
    )
    help_text = fields.Char("Help", help="Shown when the mouse rests on the label.")
    group_id = fields.Many2one(
        "crm.custom.field.group", index=True, ondelete="restrict"
    )
    group_sequence = fields.Integer(
        "Order of the Group", related="group_id.sequence", store=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [
            ("active", "In Use"),
            ("deleted", "Deleted, Removed Tonight"),
            ("slot", "Free Slot"),
        ],
        default="active",
        required=True,
        readonly=True,
        copy=False,
    )
    # Where it belongs
    binding = fields.Selection(
        [
            ("all", "All names"),
            ("portfolio", "Names of some portfolios"),
            ("unit", "Names of a business unit"),
        ],
        "Shown On",
        default="all",
        required=True,
    )
    portfolio_ids = fields.Many2many(
        "crm.portfolio",
        string="Portfolios",
        help="With everything that lies inside them.",
    )
    unit = fields.Integer("Business Unit", default=1)
    is_shown = fields.Boolean(
        "Shown by Default",
        default=True,
        help="Otherwise it shows on the names that have a value, and on those to"
        " which somebody has added it.",
    )
    is_printable = fields.Boolean(
        "Printable", default=True, help="Otherwise it is seen on the screen only."
    )
    on_phone = fields.Boolean(
        "Sent to the Agents' Phones",
        help="Field agents see it on the card of the name, without opening a page.",
    )
    in_list = fields.Boolean(
        "Column of Lists",
        default=True,
        help="Lists offer the first 40 of these fields as columns.",
    )
    in_search = fields.Boolean(
        "In the Search Bar",
        default=True,
        help="The search bar offers the first 40 of these fields. Custom filters and"
        " groups know all fields.",
    )
    # Who
    access_operator = fields.Selection(MODES, "Operators", default="edit")
    access_coordinator = fields.Selection(MODES, "Coordinators", default="edit")
    access_agent = fields.Selection(MODES, "Field Agents", default="edit")
    access_back_office = fields.Selection(
        MODES,
        "Back Office",
        default="edit",
        help="Holds for employees without a role of the call centre, too.",
    )
    access_campaign_manager = fields.Selection(
        MODES, "Campaign Managers", default="edit"
    )
    # What it may hold
    choice_ids = fields.One2many("crm.custom.field.choice", "custom_field_id", "Values")
    allow_new_choices = fields.Boolean(
        "Everybody May Add Values",
        help="Whoever may change the field adds a value while talking.",
    )
    default_expression = fields.Char(
        "Default",
        help="An expression whose value a new name gets, such as today or 'Flat'.",
    )
    compute_expression = fields.Char(
        "Computed As",
        help="An expression of other fields, such as kwh * 0.25. Nobody can fill the"
        " field by hand then. It stays empty while a field that it needs is empty.",
    )
    rule_expression = fields.Char(
        "Accepted When",
        help="An expression that is true for values to be accepted, such as"
        " value > 0. 'value' is the field itself.",
    )
    rule_message = fields.Char(
        "Sentence When Refused",
        help="Tells whoever fills the field what is expected.",
    )
    example_lead_id = fields.Many2one(
        "crm.lead",
        "Try on",
        help="The name on which expressions are tried before they are saved. Left"
        " empty, they are tried on made-up values.",
    )
    free_slots = fields.Integer(
        "Fields Still Possible", compute="_compute_free_slots", compute_sudo=True
    )

    _name_once = models.Constraint(
        "UNIQUE (name)", "There is a custom field of this technical name already."
    )
    _unit_range = models.Constraint(
        "CHECK (unit BETWEEN 1 AND 10)",
        "The business unit of a custom field is a number from 1 to 10.",
    )

    @api.depends_context("uid")
    def _compute_free_slots(self):
        self.free_slots = self._count_free_slots()

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if "free_slots" in fields_list:
            values["free_slots"] = self.sudo()._count_free_slots()
        return values

    @api.model_create_multi
    def create(self, vals_list):
        self._begin_change()
        taken = set()
        vals_list = [
            {**vals, "name": self._technical_name(vals, taken), "state": "active"}
            for vals in vals_list
        ]
        records = super().create(vals_list)
        records._create_columns()
        records._forget()
        return records

    def write(self, vals):
        self._check_unchangeable(vals)
        self._begin_change()
        result = super().write(vals)
        # sudo: managers keep the catalogue, which says what the columns are called
        if {"label", "help_text"} & set(vals):
            self.sudo()._rename_columns()
        self._forget()
        return result

    def unlink(self):
        self._begin_change()
        result = super().unlink()
        self._forget()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        if any(record.state == "active" for record in self):
            raise UserError(
                self.env._(
                    "Use the button 'Delete…' of the field: it asks what becomes of"
                    " its data."
                )
            )

    def _check_unchangeable(self, vals):
        for record in self:
            for name in ("field_type", "name"):
                if name in vals and vals[name] != record[name]:
                    raise UserError(
                        self.env._(
                            "The type and the technical name of %(field)s can't be"
                            " changed: names hold values of it. Make another field"
                            " instead.",
                            field=record.label,
                        )
                    )

    @api.model
    def _technical_name(self, vals, taken):
        """Return the column's name for the values of a new entry.

        :param dict vals: as given to ``create``
        :param set taken: names given to the entries before it, extended here
        :rtype: str
        :raise ValidationError: the given name can't be that of a column
        """
        given = (vals.get("name") or "").removeprefix(PREFIX)
        slug = given or slug_of(vals.get("label") or "")
        if not is_slug(slug):
            raise ValidationError(
                self.env._(
                    "%(name)s can't be a technical name: take up to %(length)s small"
                    " letters without accents, digits and underscores, a letter"
                    " first.",
                    name=slug or vals.get("label") or "",
                    length=SLUG_LENGTH,
                )
            )
        name, number = PREFIX + slug, 1
        # sudo: a name is taken whoever may see its field
        every = self.sudo().with_context(active_test=False)
        while not given and (
            name in taken or every.search_count([("name", "=", name)])
        ):
            number += 1
            ending = f"_{number}"
            name = PREFIX + slug[: SLUG_LENGTH - len(ending)] + ending
        taken.add(name)
        return name

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.constrains("binding", "portfolio_ids")
    def _check_binding(self):
        for record in self:
            if record.binding == "portfolio" and not record.portfolio_ids:
                raise ValidationError(
                    self.env._(
                        "Choose the portfolios on whose names %(field)s shows.",
                        field=record.label,
                    )
                )

    @api.constrains("field_type", "allow_new_choices")
    def _check_new_choices(self):
        for record in self:
            if record.allow_new_choices and record.field_type not in CHOICE_TYPES:
                raise ValidationError(
                    self.env._(
                        "%(field)s is no choice: values can be added to choices only.",
                        field=record.label,
                    )
                )

    # ------------------------------------------------------------
    # LOOK-UP
    # ------------------------------------------------------------

    @api.model
    def _place_of(self, portfolios):
        """Return where names of these portfolios belong.

        :param crm.portfolio portfolios: of a name, of any unit
        :return: their units, and the ids of all branches that they lie in
        :rtype: tuple[set, set]
        """
        branches = {
            int(node)
            for portfolio in portfolios
            for node in (portfolio.parent_path or "").split("/")
            if node
        }
        return set(portfolios.mapped("unit")), branches

    @api.model
    def _applies_to(self, entry, place):
        """Tell whether an entry belongs to names of a place.

        :param dict entry: as ``_catalogue`` has it
        :param tuple place: as ``_place_of`` returns it
        :rtype: bool
        """
        units, branches = place
        if entry["binding"] == "all":
            return True
        if entry["binding"] == "unit":
            return entry["unit"] in units
        return bool(branches.intersection(entry["portfolio_ids"]))
