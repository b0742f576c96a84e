from lxml import etree

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.custom_field import PREFIX
from ..tools.engine import is_engine
from ..tools.phone import to_e164

PHONE_FIELDS = ("phone", "mobile", "phone_second")
#: Links of Odoo's that most names don't have.
_RARELY_SET = ("partner_id", "user_id", "company_id", "lost_reason_id")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # Who
    lead_kind = fields.Selection(
        [("person", "Person"), ("company", "Company")],
        string="Person or Company",
        default="person",
        required=True,
    )
    portfolio_id = fields.Many2one(
        "crm.portfolio",
        "Primary Portfolio",
        domain="[('unit', '=', 1)]",
        index="btree_not_null",
        ondelete="restrict",
        default=lambda self: self.env["crm.portfolio"]._get_default(),
    )
    commercial_state_id = fields.Many2one(
        "crm.commercial.state",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        default=lambda self: self.env["crm.commercial.state"]._get_initial(),
        help="Moved by registered outcomes only.",
    )
    commercial_state_color = fields.Char(related="commercial_state_id.color")
    commercial_state_class = fields.Selection(
        related="commercial_state_id.state_class", string="Commercial Class"
    )
    # Where
    zone_id = fields.Many2one(
        "crm.zone",
        ondelete="restrict",
        compute="_compute_zone_id",
        store=True,
        help="Found from postcode, municipality and province by the zones' rules.",
    )
    # Numbers
    mobile = fields.Char()
    phone_second = fields.Char("Second Phone")
    phone_e164 = fields.Char(
        "Phone (E.164)",
        compute="_compute_phone_e164",
        store=True,
        index="btree_not_null",
    )
    mobile_e164 = fields.Char(
        "Mobile (E.164)",
        compute="_compute_mobile_e164",
        store=True,
        index="btree_not_null",
    )
    phone_second_e164 = fields.Char(
        "Second Phone (E.164)",
        compute="_compute_phone_second_e164",
        store=True,
        index="btree_not_null",
    )
    phone_any = fields.Char(
        "Any Phone", compute="_compute_phone_any", search="_search_phone_any"
    )
    # Most names have none of these. Whoever moves a name pays for every index that it
    # stands in, so it stands only in those of what it has.
    partner_id = fields.Many2one(index="btree_not_null")
    user_id = fields.Many2one(index="btree_not_null")
    company_id = fields.Many2one(index="btree_not_null")
    lost_reason_id = fields.Many2one(index="btree_not_null")
    _user_id_team_id_type_index = models.Index(
        "(user_id, team_id, type) WHERE user_id IS NOT NULL"
    )
    # History
    interaction_ids = fields.One2many(
        "crm.interaction", "lead_id", "History", readonly=True
    )
    lead_process_ids = fields.One2many(
        "crm.lead.process", "lead_id", "Processes", readonly=True
    )

    def init(self):
        """Leave room in each page, so that an update need not touch every index."""
        result = super().init()
        self.env.cr.execute(
            "SELECT 1 FROM pg_class WHERE relname = 'crm_lead'"
            " AND 'fillfactor=70' = ANY(reloptions)"
        )
        if not self.env.cr.rowcount:
            self.env.cr.execute("ALTER TABLE crm_lead SET (fillfactor = 70)")
        self._drop_full_indexes()
        return result

    def _drop_full_indexes(self):
        """Drop the indexes that Odoo makes of what most names don't have.

        It builds them anew as the fields say, without the names that have nothing, but
        leaves one that is there as it is.
        """
        self.env.cr.execute(
            """SELECT indexname FROM pg_indexes
                WHERE schemaname = current_schema AND indexname = ANY(%s)
                  AND indexdef NOT LIKE '%% WHERE %%'""",
            [[f"crm_lead__{name}_index" for name in _RARELY_SET]],
        )
        for (name,) in self.env.cr.fetchall():
            self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    def _phone_country_code(self):
        self.ensure_one()
        return self.country_id.code or self.company_id.country_id.code or "IT"

    @api.depends("phone", "country_id")
    def _compute_phone_e164(self):
        for lead in self:
            lead.phone_e164 = to_e164(lead.phone, lead._phone_country_code())

    @api.depends("mobile", "country_id")
    def _compute_mobile_e164(self):
        for lead in self:
            lead.mobile_e164 = to_e164(lead.mobile, lead._phone_country_code())

    @api.depends("phone_second", "country_id")
    def _compute_phone_second_e164(self):
        for lead in self:
            lead.phone_second_e164 = to_e164(
                lead.phone_second, lead._phone_country_code()
            )

    @api.depends("zip", "state_id", "city")
    def _compute_zone_id(self):
        zones = (
            self.env["crm.zone"]
            .sudo()
            ._zones_for([(lead.zip, lead.state_id.id, lead.city) for lead in self])
        )
        for lead in self:
            lead.zone_id = zones[
                lead.zip or False, lead.state_id.id or False, lead.city or False
            ]

    @api.depends(*PHONE_FIELDS)
    def _compute_phone_any(self):
        for lead in self:
            lead.phone_any = ", ".join(
                filter(None, (lead[name] for name in PHONE_FIELDS))
            )

    def _search_phone_any(self, operator, value):
        """Find names by any of their numbers, written in any way, by indexes."""
        if operator not in ("in", "ilike", "like", "="):
            return NotImplemented
        written = [value] if isinstance(value, str) else list(value)
        numbers = [number for number in map(to_e164, written) if number]
        if not numbers:
            return Domain.FALSE
        return Domain.OR(Domain(f"{name}_e164", "in", numbers) for name in PHONE_FIELDS)

    def _e164_numbers(self):
        """Return the numbers of this name in E.164, in the order of its fields.

        :rtype: list[str]
        """
        self.ensure_one()
        return [number for name in PHONE_FIELDS if (number := self[f"{name}_e164"])]

    def _callable_phones(self):
        """Return for each name the first number that may be called, as it was written.

        Mobiles go first. A number that can't be read is on no list, and is shown.

        :return: by id of the name; ``False`` where none may be called
        :rtype: dict[int, str | bool]
        """
        names = ("mobile", "phone", "phone_second")
        numbers = [number for lead in self for number in lead._e164_numbers()]
        # sudo: that a number may not be called is said to everybody who sees it
        forbidden = self.env["phone.blacklist"].sudo()._why_forbidden(numbers)
        return {
            lead.id: next(
                (
                    lead[name]
                    for name in names
                    if lead[name] and lead[f"{name}_e164"] not in forbidden
                ),
                False,
            )
            for lead in self
        }

    def _phone_get_number_fields(self):
        return list(PHONE_FIELDS)

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    def write(self, vals):
        imported_state = None
        if vals.get("commercial_state_id") and self._imports_states():
            vals = dict(vals)
            imported_state = vals.pop("commercial_state_id")
        self._check_write_by_role(vals)
        result = super().write(vals)
        if imported_state:
            state = self.env["crm.commercial.state"].browse(imported_state)
            self._correct_state(state, "import")
        return result

    def _imports_states(self):
        """Tell whether a file that a manager imports may move states, with a trace.

        :rtype: bool
        """
        return (
            bool(self.env.context.get("import_file"))
            and not is_engine(self.env)
            and self.env.user.has_group("crm_callcenter.group_campaign_manager")
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        return super()._search(self._with_zone_ids(domain), *args, **kwargs)

    @api.model
    def _with_zone_ids(self, domain):
        """Say the zones of a branch by their ids.

        PostgreSQL can't guess how many of three million names a sub-select of zones
        means, and reads far too many; of a handful of ids it knows.

        :rtype: Domain
        """

        def resolve(condition):
            value = condition.value
            ids = [value] if isinstance(value, int) else value
            if (
                condition.field_expr != "zone_id"
                or condition.operator != "child_of"
                or isinstance(ids, str)
            ):
                return condition
            # sudo: which zones a branch has is no secret
            zones = self.env["crm.zone"].sudo().with_context(active_test=False)
            return Domain("zone_id", "in", zones.search([("id", "child_of", ids)]).ids)

        return Domain(domain).map_conditions(resolve)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_history(self):
        # sudo: history counts whoever may see it
        known = (
            self.env["crm.interaction"]
            .sudo()
            .search([("lead_id", "in", self.ids)], limit=1)
        )
        if known:
            raise UserError(
                self.env._(
                    "%(name)s has a history and can't be deleted. Archive it instead.",
                    name=known.lead_id.name,
                )
            )

    def _check_write_by_role(self, vals):
        """Refuse what a role may not write on a name, with a sentence.

        :param dict vals: as given to ``write``
        :raise AccessError: an operator writes a field that is not among the main
            fields of the settings
        :raise UserError: the commercial state is written past the engine
        """
        if "commercial_state_id" in vals and not is_engine(self.env):
            changed = self.filtered(
                lambda lead: lead.commercial_state_id.id != vals["commercial_state_id"]
            )
            if changed:
                raise UserError(
                    self.env._(
                        "The commercial state is moved by outcomes only."
                        " Register an outcome on %(name)s instead.",
                        name=changed[0].name,
                    )
                )
        if self._closed_charge_fields() & set(vals) and not is_engine(self.env):
            raise UserError(
                self.env._(
                    "Who is in charge of a name changes with 'Take Charge' and"
                    " 'Release' only."
                )
            )
        if self.env.su or not self.env.user._is_restricted_operator():
            return
        closed = set(vals) - self._operator_editable_fields()
        if closed:
            labels = ", ".join(
                sorted(
                    self._fields[name]._description_string(self.env) for name in closed
                )
            )
            raise AccessError(
                self.env._(
                    "Operators may not change: %(fields)s. An administrator chooses"
                    " the fields that they may change in the settings of the call"
                    " centre.",
                    fields=labels,
                )
            )

    @api.model
    def _operator_editable_fields(self):
        """Return the names of the fields that operators may change on a name.

        :rtype: set[str]
        """
        # sudo: the names of the fields, and nothing else, are read from the settings
        return set(self.env.company.sudo().lead_main_field_ids.mapped("name"))

    # ------------------------------------------------------------
    # VIEWS
    # ------------------------------------------------------------

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (
            *key,
            self.env.company.id,
            tuple(sorted(self._main_fields_open())),
            self.env.user._is_restricted_operator(),
        )

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Let operators edit the main fields in their list, and no others."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "list" and arch.get("js_class") == "callcenter_names_list":
            self._open_main_fields(arch)
        elif view_type == "form" and self.env.user._is_restricted_operator():
            editable = self._operator_editable_fields()
            for node in arch.xpath("//field[not(ancestor::field)]"):
                if node.get("name") not in editable:
                    node.set("readonly", "1")
        return arch, view

    @api.model
    def _main_fields_open(self):
        """Return the fields of the settings that operators may change.

        Custom fields have their own way into lists, and a limit there.

        :rtype: set[str]
        """
        return {
            name
            for name in self._operator_editable_fields()
            if not name.startswith(PREFIX)
        }

    @api.model
    def _open_main_fields(self, arch):
        editable = self._operator_editable_fields()
        shown = {node.get("name"): node for node in arch.xpath("./field")}
        for name in sorted(self._main_fields_open() - set(shown)):
            node = etree.Element("field", name=name, optional="hide")
            arch.append(node)
            shown[name] = node
        for name, node in shown.items():
            if name not in editable:
                node.set("readonly", "1")

    # ------------------------------------------------------------
    # MERGE
    # ------------------------------------------------------------

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # sudo: the ledger is closed to everybody; its links follow the name that stays
        ledger = self.env["crm.interaction"].sudo()
        if not ledger._relink_leads(opportunities.ids, self.id):
            return result
        # What stands last in the ledger is the state of the name that stays.
        self.sudo()._register_system_outcome(
            self.env.ref("crm_callcenter.crm_outcome_state_changed"),
            self.env.ref("crm_callcenter.activity_type_merge"),
            note=self.env._(
                "Merged with: %(names)s.",
                names=", ".join(opportunities.mapped("name")),
            ),
        )
        return result
