import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.archive_query import SHORTEST_WORD, is_findable, read_query
from ..tools.phone import number_range, to_e164
from .crm_lead import PHONE_FIELDS

#: Fields that may hold a codice fiscale or a partita IVA, where addons provide them.
#: Only those with an index are asked.
CODE_FIELDS = {
    "crm.lead": ("fiscal_code", "vat_number", "l10n_it_codice_fiscale", "vat"),
    "res.partner": ("vat", "l10n_it_codice_fiscale", "fiscal_code"),
}
NAME_FIELDS = ("name", "contact_name", "partner_name")
#: So many are found one by one. What more have in common is asked in one go: of three
#: million names, one in 600 fills a page soon, whatever the list is sorted by.
MOST_FOUND = 5000
#: Columns by which the names of a zone are sorted with the help of an index.
ZONE_ORDERS = ("name", "city")
_SORTABLE = [[name] for name in ZONE_ORDERS]
#: So many zones of a branch are each read in order; of more, all names are sorted.
MOST_ZONES = 300


class CrmLead(models.Model):
    """The archive (Anagrafica): leads, suspects, prospects and customers in one list.

    Every name that can be called is one row: its anchor, the oldest lead of its
    customer, or the lead itself when it has none. A company and its contacts are one
    customer.
    """

    _inherit = "crm.lead"

    archive_text = fields.Char(
        "Name, Number, E-mail or Code",
        compute="_compute_archive_text",
        search="_search_archive_text",
        help="A name or part of it, any phone or how it begins, an e-mail address or"
        " how it begins, a codice fiscale or partita IVA.",
    )
    is_anchor = fields.Boolean(
        "In the Archive",
        compute="_compute_is_anchor",
        search="_search_is_anchor",
        help="Of the names of one customer, the oldest stands in the archive.",
    )

    # What the archive offers for sorting in a zone; these serve the plain filter, too.
    _zone_name = models.Index("(zone_id, name, id) WHERE zone_id IS NOT NULL")
    _zone_city = models.Index("(zone_id, city, id) WHERE zone_id IS NOT NULL")

    def _compute_archive_text(self):
        for lead in self:
            lead.archive_text = lead.name

    # ------------------------------------------------------------
    # ONE ROW PER NAME
    # ------------------------------------------------------------

    @api.depends("partner_id", "active")
    def _compute_is_anchor(self):
        anchors = self.browse(
            self.with_context(active_test=False)._search(
                [("is_anchor", "=", True), ("id", "in", self.ids)]
            )
        )
        for lead in self:
            lead.is_anchor = lead in anchors

    def _search_is_anchor(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        if wanted == {True, False}:
            return Domain.TRUE
        domain = Domain.custom(to_sql=self._anchor_sql)
        return domain if True in wanted else ~domain

    @api.model
    def _anchor_sql(self, _model, alias, _query):
        """Return the condition that a name is the first one of its customer.

        Names that are archived come after all others, so that there is one whatever
        is archived. The first half keeps PostgreSQL from joining three million names
        with themselves: only those with a customer are asked one by one.
        """
        return SQL(
            """(%(own)s.partner_id IS NULL OR NOT EXISTS (
                    SELECT 1
                      FROM res_partner own_partner
                      JOIN res_partner same
                        ON same.commercial_partner_id
                           = own_partner.commercial_partner_id
                      JOIN crm_lead other ON other.partner_id = same.id
                     WHERE own_partner.id = %(own)s.partner_id
                       AND (NOT coalesce(other.active, false), other.id)
                           < (NOT coalesce(%(own)s.active, false), %(own)s.id)))""",
            own=SQL.identifier(alias),
        )

    # ------------------------------------------------------------
    # IN THE ORDER OF AN INDEX
    # ------------------------------------------------------------

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **options):
        domain = Domain(self._with_zone_ids(self._with_state_ids(domain)))
        if limit and order:
            zones = self._zones_to_sort(domain, order)
            if len(zones) > 1:
                first = self._first_of_each_zone(
                    domain, zones, offset + limit, order, options
                )
                options = {**options, "active_test": False, "bypass_access": True}
                domain = Domain("id", "in", first)
        return super()._search(
            domain, offset=offset, limit=limit, order=order, **options
        )

    @api.model
    def _with_state_ids(self, domain):
        """Say a commercial class by its states, which an index of names answers.

        :rtype: Domain
        """

        def resolve(condition):
            if (
                condition.field_expr != "commercial_state_class"
                or condition.operator not in ("=", "in")
                or not condition.value
            ):
                return condition
            value = condition.value
            classes = [value] if isinstance(value, str) else list(value)
            if not all(classes):
                return condition
            # sudo: which states there are is no secret
            states = self.env["crm.commercial.state"].sudo()
            states = states.with_context(active_test=False)
            found = states.search([("state_class", "in", classes)])
            return Domain("commercial_state_id", "in", found.ids)

        return Domain(domain).map_conditions(resolve)

    @api.model
    def _zones_asked_for(self, domain):
        """Return the zones of which all names of a domain are.

        :rtype: list[int]
        """
        if not any(c.field_expr == "zone_id" for c in domain.iter_conditions()):
            return []
        domain = domain.optimize(self)
        if getattr(domain, "OPERATOR", "&") != "&":
            return []
        zones = [
            condition.value
            for condition in getattr(domain, "children", (domain,))
            if getattr(condition, "field_expr", "") == "zone_id"
            and condition.operator == "in"
        ]
        if len(zones) != 1 or not all(isinstance(zone, int) for zone in zones[0]):
            return []
        return sorted(zones[0]) if all(zones[0]) else []

    @api.model
    def _zones_to_sort(self, domain, order):
        """Return the zones whose names are asked for in an order that each has ready.

        :param Domain domain: of the names
        :param str order: as given to ``search``
        :return: their ids; none when the order, or the domain, is another
        :rtype: list[int]
        """
        if not order or order.split(",")[0].split()[:1] not in _SORTABLE:
            return []
        zones = self._zones_asked_for(domain)
        return zones if len(zones) <= MOST_ZONES else []

    @api.model
    def web_search_read(self, domain, specification, *args, order=None, **kwargs):
        """Read a page of a list; see Odoo's ``web_search_read``.

        Lists of all names are in the order of an index or in no order at all: sorting
        millions takes seconds. The web client keeps an order when its filter goes.
        """
        if order and self.env.context.get("callcenter_all_names"):
            everything = not self.env.user.has_group("crm_callcenter.group_own_work")
            found = Domain(self._with_zone_ids(domain))
            if everything and not self._zones_to_sort(found, order):
                order = "id"
        return super().web_search_read(
            domain, specification, *args, order=order, **kwargs
        )

    @api.model
    def _first_of_each_zone(self, domain, zone_ids, count, order, options):
        """Return the first names of each zone, each read in the order of an index.

        PostgreSQL has one zone in order, not several: of a wide branch it would sort
        every name to show eighty of them.

        :param int count: how many names of each
        :param dict options: other arguments of ``_search``
        :return: a sub-select of their ids
        :rtype: SQL
        """
        found = [
            self._search(
                domain & Domain("zone_id", "=", zone_id),
                limit=count,
                order=order,
                **options,
            ).subselect()
            for zone_id in zone_ids
        ]
        return SQL("(%s)", SQL(" UNION ALL ").join(found))

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self.env.user.has_group("crm_callcenter.group_own_work"))

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Sort the list of names like the archive for whoever sees all of them."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if (
            view_type == "list"
            and arch.get("js_class") == "callcenter_names_list"
            and not self.env.user.has_group("crm_callcenter.group_own_work")
        ):
            arch.set("js_class", "callcenter_archive_list")
        return arch, view

    # ------------------------------------------------------------
    # WHATEVER IS TYPED
    # ------------------------------------------------------------

    def _search_archive_text(self, operator, value):
        """Find names by whatever was typed, each kind by an index of its own.

        :raise UserError: too little was typed to be found by an index
        """
        if operator not in ("ilike", "like", "=", "in"):
            return NotImplemented
        texts = [value] if isinstance(value, str) else list(value)
        return Domain.OR(self._archive_domain(text) for text in texts)

    @api.model
    def _archive_domain(self, text):
        found = read_query(text)
        if not found:
            return Domain.TRUE
        own = Domain.OR(
            getattr(self, f"_archive_{kind}_domain")(value)
            for kind, value in found.items()
        )
        lead_ids = _few_ids(self.sudo(), own)  # sudo: see below
        contacts = self._archive_contacts(found)
        # sudo: all of these only lead to names, and the user's rights decide on those
        leads = self.sudo().browse(lead_ids or ())
        customers = contacts.lead_id.partner_id | self._archive_customers(found)
        if "name" not in found:
            # One row stands for all names of a customer.
            customers |= leads.partner_id
        domains = [
            own if lead_ids is None else Domain("id", "in", lead_ids),
            Domain("id", "in", contacts.lead_id.ids),
        ]
        if customers:
            family = customers.with_context(active_test=False).search(
                [("commercial_partner_id", "in", customers.commercial_partner_id.ids)]
            )
            domains.append(Domain("partner_id", "in", family.ids))
        return Domain.OR(domains)

    @api.model
    def _archive_phone_domain(self, written):
        """Return the domain of a number, written in any way, or of how it begins."""
        domains = [Domain("phone_any", "=", written)]
        bounds = number_range(written)
        if bounds:
            domains += [_between(f"{name}_e164", *bounds) for name in PHONE_FIELDS]
        return Domain.OR(domains)

    @api.model
    def _archive_email_domain(self, email):
        """Return the domain of an address, how it begins, or of what follows its @."""
        begins = "%" if email.startswith("@") else ""
        return Domain("email_normalized", "=ilike", f"{begins}{_plain(email)}%")

    @api.model
    def _archive_name_domain(self, words):
        """Return the domain of names that have every word in one of their fields."""
        if not any(is_findable(word) for word in words):
            raise UserError(
                self.env._(
                    "Type at least %(letters)s letters of the name.",
                    letters=SHORTEST_WORD,
                )
            )
        return Domain.OR(_every_word(name, words) for name in NAME_FIELDS)

    @api.model
    def _archive_code_domain(self, code):
        """Return the domain of a codice fiscale or partita IVA."""
        return _one_of_fields(self._archive_code_fields("crm.lead"), code)

    @api.model
    def _archive_code_fields(self, model_name):
        known = self.env[model_name]._fields
        return [
            name
            for name in CODE_FIELDS[model_name]
            if name in known and known[name].store and known[name].index
        ]

    # ------------------------------------------------------------
    # WHAT BELONGS TO A NAME
    # ------------------------------------------------------------

    @api.model
    def _archive_customers(self, found):
        """Return the customers that have a name or a code themselves.

        :param dict found: as :func:`read_query` returns it
        :rtype: res.partner
        """
        # sudo: see _archive_domain
        customers = self.env["res.partner"].sudo()
        domains = []
        if "name" in found:
            domains.append(_every_word("name", found["name"]))
        if "code" in found:
            fields_of_customer = self._archive_code_fields("res.partner")
            domains.append(_one_of_fields(fields_of_customer, found["code"]))
        if not domains:
            return customers
        return customers.browse(_few_ids(customers, Domain.OR(domains)) or ())

    @api.model
    def _archive_contacts(self, found):
        """Return the contacts and members of households with a number or an address.

        :param dict found: as :func:`read_query` returns it
        :rtype: crm.lead.contact
        """
        # sudo: see _archive_domain
        contacts = self.env["crm.lead.contact"].sudo()
        domains = []
        number = to_e164(found.get("phone"))
        if number:
            domains.append(Domain("phone_e164", "=", number))
        bounds = number_range(found.get("phone"))
        if bounds:
            domains.append(_between("phone_e164", *bounds))
        email = found.get("email", "@")
        if not email.startswith("@"):
            domains.append(_begins("email", email))
        if not domains:
            return contacts
        return contacts.browse(_few_ids(contacts, Domain.OR(domains)) or ())


class CrmLeadContact(models.Model):
    _inherit = "crm.lead.contact"

    _email_start = models.Index(
        "(lower(email) text_pattern_ops) WHERE email IS NOT NULL"
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Customers are found by any part of their name.
    name = fields.Char(index="trigram")


def _few_ids(records, domain):
    """Return the ids of the records of a domain, if they are few.

    Asked without order and limit, which PostgreSQL takes for an invitation to read the
    table in that order until enough is found: of a rare name, all of it.

    :param records: a recordset of the model
    :param Domain domain: that an index answers
    :return: ``None`` when there are more than ``MOST_FOUND``, of which any way to read
        the table finds a page soon
    :rtype: list[int] | None
    """
    query = records.with_context(active_test=False)._search(domain)
    rows = records.env.execute_query(
        SQL(
            "WITH found AS MATERIALIZED (%s) SELECT id FROM found LIMIT %s",
            query.select(),
            MOST_FOUND + 1,
        )
    )
    return [row[0] for row in rows] if len(rows) <= MOST_FOUND else None


def _every_word(name, words):
    """Return the domain of records with all of these words in a field."""
    return Domain.AND(Domain(name, "ilike", _plain(word)) for word in words)


def _one_of_fields(names, code):
    """Return the domain of a code in one of these fields, with or without IT."""
    written = [code, f"IT{code}"] if code.isdigit() else [code]
    return Domain.OR(Domain(name, "in", written) for name in names)


def _plain(text):
    """Return a text in which no character stands for others in a LIKE."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def _between(column, first, last):
    """Return the domain of texts between two; Odoo's own would let NULL pass, too."""
    return Domain.custom(
        to_sql=lambda _model, alias, _query: SQL(
            "%s BETWEEN %s AND %s", SQL.identifier(alias, column), first, last
        )
    )


def _begins(column, text):
    """Return the domain of texts that begin so, in capitals or not."""
    return Domain.custom(
        to_sql=lambda _model, alias, _query: SQL(
            "lower(%s) LIKE %s", SQL.identifier(alias, column), _plain(text) + "%"
        )
    )
