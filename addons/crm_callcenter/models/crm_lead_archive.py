from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.archive_query import SHORTEST_WORD, read_query

#: Fields that may hold a codice fiscale or a partita IVA, where addons provide them.
#: Only those with an index are asked.
CODE_FIELDS = {
    "crm.lead": ("fiscal_code", "vat_number", "l10n_it_codice_fiscale", "vat"),
    "res.partner": ("vat", "l10n_it_codice_fiscale", "fiscal_code"),
}
NAME_FIELDS = ("name", "contact_name", "partner_name")
#: Up to so many names are looked up first and then read by their ids. Of more, the list
#: finds its first page soon, whatever it is sorted by.
FEW = 5000


class CrmLead(models.Model):
    """The archive (Anagrafica): leads, suspects, prospects and customers in one list.

    Every name that can be called is one row: its anchor, the oldest lead of its
    customer, or the lead itself when it has none.
    """

    _inherit = "crm.lead"

    archive_text = fields.Char(
        "Name, Number, E-mail or Code",
        compute="_compute_archive_text",
        search="_search_archive_text",
        help="A name or part of it, any phone, an e-mail address or its beginning, a"
        " codice fiscale or partita IVA.",
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
            self._search([("is_anchor", "=", True), ("id", "in", self.ids)])
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
        """Return the condition that a name is the oldest one of its customer.

        The first half keeps PostgreSQL from joining three million names with
        themselves: only those with a customer are asked one by one.
        """
        own = SQL.identifier(alias)
        return SQL(
            """(%(own)s.partner_id IS NULL OR NOT EXISTS (
                    SELECT 1 FROM crm_lead older
                     WHERE older.partner_id = %(own)s.partner_id
                       AND older.active AND older.id < %(own)s.id))""",
            own=own,
        )

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    @api.model
    def _search(self, domain, *args, **kwargs):
        return super()._search(self._with_state_ids(domain), *args, **kwargs)

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

    def _search_archive_text(self, operator, value):
        """Find names by whatever was typed, each kind by an index of its own.

        :raise UserError: too little was typed to be found by an index
        """
        if operator not in ("ilike", "like", "=", "in"):
            return NotImplemented
        texts = [value] if isinstance(value, str) else list(value)
        return Domain.OR(self._looked_up(self._archive_domain(text)) for text in texts)

    @api.model
    def _looked_up(self, domain):
        """Say a condition by the ids of the names that meet it, if these are few.

        The first page of a list can be found by an index of what was typed, or by
        walking the names in their order until a page is full. PostgreSQL guesses which
        is quicker, and where it guesses wrong it walks all three million.

        :param Domain domain: that indexes answer
        :rtype: Domain
        """
        if domain.is_true():
            return domain
        # sudo: the names found are those that the user may see
        names = self.sudo().with_context(active_test=False)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        ids = list(names._search(domain, limit=FEW + 1))
        self.env.cr.execute("SET LOCAL enable_seqscan = on")
        return Domain("id", "in", ids) if len(ids) <= FEW else domain

    @api.model
    def _archive_domain(self, text):
        found = read_query(text)
        if not found:
            return Domain.TRUE
        if "email" in found:
            return self._archive_email_domain(found["email"])
        if "name" in found:
            return self._archive_name_domain(found["name"])
        domains = []
        if "phone" in found:
            domains.append(Domain("phone_any", "=", found["phone"]))
        if "code" in found:
            domains.append(self._archive_code_domain(found["code"]))
        return Domain.OR(domains)

    @api.model
    def _archive_email_domain(self, email):
        """Return the domain of an address, whole or its beginning."""
        return Domain("email_normalized", "=ilike", email.replace("%", "") + "%")

    @api.model
    def _archive_name_domain(self, words):
        """Return the domain of names that have every word in one of their fields."""
        if max(map(len, words)) < SHORTEST_WORD:
            raise UserError(
                self.env._(
                    "Type at least %(letters)s letters of the name.",
                    letters=SHORTEST_WORD,
                )
            )
        return Domain.OR(
            Domain.AND(Domain(name, "ilike", word) for word in words)
            for name in NAME_FIELDS
        )

    @api.model
    def _archive_code_domain(self, code):
        """Return the domain of a codice fiscale or partita IVA of name or customer."""
        written = [code, f"IT{code}"] if code.isdigit() else [code]
        domains = [
            Domain(name, "in", written)
            for name in self._archive_code_fields("crm.lead")
        ]
        fields_of_customer = self._archive_code_fields("res.partner")
        if fields_of_customer:
            # sudo: the names found are those that the user may see
            customers = (
                self.env["res.partner"]
                .sudo()
                ._search(
                    Domain.OR(
                        Domain(name, "in", written) for name in fields_of_customer
                    ),
                    limit=100,
                )
            )
            domains.append(Domain("partner_id", "in", list(customers)))
        return Domain.OR(domains)

    @api.model
    def _archive_code_fields(self, model_name):
        known = self.env[model_name]._fields
        return [
            name
            for name in CODE_FIELDS[model_name]
            if name in known and known[name].store and known[name].index
        ]
