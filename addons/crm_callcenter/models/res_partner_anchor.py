from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from odoo.addons.iap.tools import iap_tools

from ..tools.engine import ENGINE, ENGINE_KEY
from ..tools.italian_codes import read_fiscal_code, read_vat_number
from ..tools.phone import to_e164

#: Customers that get their names in one statement.
BATCH_SIZE = 1000
#: What a name takes over from its customer as it is.
SAME_COLUMNS = (
    "phone",
    "mobile",
    "phone_second",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
    "website",
    "function",
    "contact_user_id",
    "technician_id",
)
#: What the database copies from the customer's columns, custom fields besides.
COPIED_COLUMNS = ("legal_form", "ateco_code", "employee_count", "birth_date")


class ResPartner(models.Model):
    """Customers and the names by which they are called."""

    _inherit = "res.partner"

    own_company_ids = fields.One2many(
        "res.company", "partner_id", "Companies of the Database"
    )

    is_in_archive = fields.Boolean(
        "In the Archive",
        compute="_compute_is_in_archive",
        search="_search_is_in_archive",
        help="This customer, or a contact of it, has a name to be called by.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if self.env.context.get("import_file") and self.env.user._works_in_callcenter():
            # Imported customers are in the archive like everybody else.
            partners.filtered(lambda partner: not partner.parent_id)._ensure_anchor()
        return partners

    def _ensure_anchor(self):
        """Give customers that have no name one, set-based.

        :return: the names of these customers, one each: the oldest
        :rtype: crm.lead
        :raise UserError: one of them is a colleague or a company of the database
        """
        self.check_access("read")
        self._check_may_be_called()
        self.env.flush_all()
        without = self._without_anchor_ids()
        for position in range(0, len(without), BATCH_SIZE):
            self.browse(without[position : position + BATCH_SIZE])._create_anchors()
        return self._anchors()

    def _check_may_be_called(self):
        # sudo: whether somebody is a colleague, whoever sees users
        inside = self.sudo().filtered(
            lambda partner: (
                any(not user.share for user in partner.user_ids)
                or partner.own_company_ids
            )
        )
        if inside:
            raise UserError(
                self.env._(
                    "%(name)s is one of us and is not called. Choose customers only.",
                    name=inside[0].display_name,
                )
            )

    def _without_anchor_ids(self):
        """Return which of these customers need a name, one of each company."""
        rows = self.env.execute_query(
            SQL(
                """SELECT min(partner.id)
                     FROM res_partner partner
                    WHERE partner.id = ANY(%s) AND NOT %s
                 GROUP BY partner.commercial_partner_id
                 ORDER BY min(partner.id)""",
                self.ids,
                self._has_name_sql(SQL("partner")),
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.model
    def _has_name_sql(self, alias):
        """Return the condition that a customer, as a whole, has a name to be called by.

        :param SQL alias: of ``res_partner``
        :rtype: SQL
        """
        return SQL(
            """EXISTS (SELECT 1 FROM res_partner same
                         JOIN crm_lead lead
                           ON lead.partner_id = same.id AND lead.active
                        WHERE same.commercial_partner_id
                              = %s.commercial_partner_id)""",
            alias,
        )

    def _compute_is_in_archive(self):
        found = self.browse(
            self.sudo()
            .with_context(active_test=False)
            ._search([("id", "in", self.ids), ("is_in_archive", "=", True)])
        )
        for partner in self:
            partner.is_in_archive = partner in found

    def _search_is_in_archive(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        if wanted == {True, False}:
            return Domain.TRUE
        domain = Domain.custom(
            to_sql=lambda _model, alias, _query: self._has_name_sql(
                SQL.identifier(alias)
            )
        )
        return domain if True in wanted else ~domain

    def _anchors(self):
        """Return the names of these customers that stand in the archive.

        :rtype: crm.lead
        """
        if not self.ids:
            return self.env["crm.lead"]
        rows = self.env.execute_query(
            SQL(
                """SELECT min(lead.id)
                     FROM res_partner partner
                     JOIN res_partner same
                       ON same.commercial_partner_id = partner.commercial_partner_id
                     JOIN crm_lead lead ON lead.partner_id = same.id AND lead.active
                    WHERE partner.id = ANY(%s)
                 GROUP BY partner.commercial_partner_id""",
                self.ids,
            )
        )
        return self.env["crm.lead"].browse(sorted(lead_id for (lead_id,) in rows))

    def _keep_others_off(self):
        """Let nobody else give these customers names in this moment.

        Who tries it at the same time fails when this transaction is committed, and is
        tried again by Odoo: then the names are there.
        """
        # Somebody else may be at it right now: that is tried again, no error.
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner SET write_date = write_date
                    WHERE id IN (SELECT id FROM res_partner WHERE id IN (
                                        SELECT commercial_partner_id FROM res_partner
                                         WHERE id = ANY(%s))
                                  ORDER BY id FOR NO KEY UPDATE)""",
                self.ids,
            ),
            log_exceptions=False,
        )

    def _create_anchors(self):
        """Create the names of these customers with one statement.

        The first one goes through the ORM; the others copy from it whatever a new
        name has, also by addons that aren't written yet.
        """
        self._keep_others_off()
        # sudo: a name is made of the customer, whoever may create names by hand
        state, portfolio = (
            self._customer_state(),
            self.env["crm.portfolio"]._get_default(),
        )
        rows = [partner._anchor_values(state, portfolio) for partner in self.sudo()]
        leads = self.env["crm.lead"].sudo()
        template = leads.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        ).create(
            {
                # No defaults of custom fields: what the customer hasn't got is empty.
                **dict.fromkeys(leads._custom_names(), False),
                **rows[0],
                "user_id": False,
                "type": "lead",
            }
        )
        self.env.flush_all()
        self._copy_columns(template)
        if len(rows) > 1:
            self._copy_anchors(template, rows[1:])
        self._copy_choices()
        leads.invalidate_model()
        # What Odoo thinks of each name's number and address.
        names = leads.search([("partner_id", "in", self.ids)])
        for name in ("phone_state", "email_state"):
            self.env.add_to_compute(leads._fields[name], names)
        self._keep_state_and_portfolio(template)
        self.sudo()._copy_rows()  # sudo: contacts and sites of customers, see above

    def _anchor_values(self, state, portfolio):
        """Return the values of the name of this customer, as ``create`` takes them.

        :param crm.commercial.state state: for a customer that has none
        :param crm.portfolio portfolio: for a customer that has none
        :rtype: dict
        """
        self.ensure_one()
        values = {name: self[name] for name in SAME_COLUMNS}
        values = {
            name: value.id if isinstance(value, models.BaseModel) else value
            for name, value in values.items()
        }
        return {
            **values,
            **self._portfolio_values(),
            "portfolio_id": self.portfolio_id.id or portfolio.id,
            "name": self.name or self.email or self.phone or str(self.id),
            "contact_name": False if self.is_company else self.name,
            "partner_name": self.name if self.is_company else False,
            "lead_kind": "company" if self.is_company else "person",
            "email_from": self.email,
            "fiscal_code": self._known_fiscal_code() or False,
            "vat_number": read_vat_number(self.vat) or False,
            "lang_id": self.env["res.lang"]._get_data(code=self.lang).id or False,
            "partner_id": self.id,
            "company_id": self.company_id.id,
            "commercial_state_id": self.commercial_state_id.id or state.id,
        }

    def _known_fiscal_code(self):
        """Return the codice fiscale, also the one of Odoo's own localisation.

        :rtype: str | None
        """
        self.ensure_one()
        code = self.fiscal_code
        if not code and "l10n_it_codice_fiscale" in self._fields:
            code = self.l10n_it_codice_fiscale
        return read_fiscal_code(code)

    @api.model
    def _copied_columns(self):
        """Return the columns that a name copies from its customer in the database.

        :rtype: list[str]
        """
        custom = [
            name
            for name in self.env["crm.lead"]._custom_names()
            if name in self._fields and self._fields[name].column_type
        ]
        return [*COPIED_COLUMNS, *custom]

    @api.model
    def _copy_columns(self, lead):
        """Give a new name the columns that it copies from its customer."""
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lead lead SET %s FROM res_partner partner"
                " WHERE partner.id = lead.partner_id AND lead.id = %s",
                SQL(", ").join(
                    SQL("%s = partner.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in self._copied_columns()
                ),
                lead.id,
            )
        )

    def _copy_choices(self):
        """Give new names the several choices of their customers."""
        for name in self.env["crm.lead"]._custom_names():
            field = self.env["crm.lead"]._fields[name]
            if field.type != "many2many" or name not in self._fields:
                continue
            source = self._fields[name]
            self.env.cr.execute(
                SQL(
                    """INSERT INTO %(target)s (%(name)s, %(choice)s)
                       SELECT lead.id, given.%(own_choice)s
                         FROM %(source)s given
                         JOIN crm_lead lead
                           ON lead.partner_id = given.%(own_name)s AND lead.active
                        WHERE given.%(own_name)s = ANY(%(ids)s)
                           ON CONFLICT DO NOTHING""",
                    target=SQL.identifier(field.relation),
                    name=SQL.identifier(field.column1),
                    choice=SQL.identifier(field.column2),
                    source=SQL.identifier(source.relation),
                    own_name=SQL.identifier(source.column1),
                    own_choice=SQL.identifier(source.column2),
                    ids=self.ids,
                )
            )

    @api.model
    def _customer_state(self):
        # sudo: which states there are is no secret
        states = self.env["crm.commercial.state"].sudo()
        return states.search([("state_class", "=", "customer")], limit=1)

    def _copy_anchors(self, template, rows):
        """Insert names that differ from a first one by what their customers say.

        :param crm.lead template: the first one
        :param list[dict] rows: values of the others
        """
        for values in rows:
            country = self.env["res.country"].browse(values["country_id"])
            company = self.env["res.company"].browse(values["company_id"])
            code = country.code or company.country_id.code or "IT"
            for name in ("phone", "mobile", "phone_second"):
                values[f"{name}_e164"] = to_e164(values[name], code)
            email = email_normalize(values["email_from"] or "") or False
            values["email_normalized"] = email
            values["email_domain_criterion"] = (
                iap_tools.mail_prepare_for_domain_search(email) if email else False
            )
            values["phone_sanitized"] = values["phone_e164"] or values["mobile_e164"]
        zones = self.env["crm.zone"]._zones_for(
            [(row["zip"], row["state_id"], row["city"]) for row in rows]
        )
        portfolio_fields = template._portfolio_field_names()
        for values in rows:
            values["zone_id"] = zones[
                values["zip"] or False,
                values["state_id"] or False,
                values["city"] or False,
            ]
            for name in portfolio_fields:
                values.setdefault(name, False)
        own = list(rows[-1])
        copied = self._copied_columns()
        stored = [
            name
            for name, field in template._fields.items()
            if field.store
            and field.column_type
            and name != "id"
            and name not in own
            and name not in copied
        ]
        identifiers = [SQL.identifier(name) for name in own]
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_lead (%s, %s, %s) SELECT %s, %s, %s"
                " FROM crm_lead template, unnest(%s) AS own(%s)"
                " JOIN res_partner partner ON partner.id = own.partner_id"
                " WHERE template.id = %s",
                SQL(", ").join(identifiers),
                SQL(", ").join(map(SQL.identifier, stored)),
                SQL(", ").join(map(SQL.identifier, copied)),
                SQL(", ").join(SQL("own.%s", identifier) for identifier in identifiers),
                SQL(", ").join(
                    SQL("template.%s", SQL.identifier(name)) for name in stored
                ),
                SQL(", ").join(
                    SQL("partner.%s", SQL.identifier(name)) for name in copied
                ),
                SQL(", ").join(
                    SQL(
                        "%s::"
                        + template._fields[name].column_type[1].split("(")[0]
                        + "[]",
                        [values[name] or None for values in rows],
                    )
                    for name in own
                ),
                SQL(", ").join(identifiers),
                template.id,
            )
        )

    def _keep_state_and_portfolio(self, template):
        """Give customers that have none the state and the portfolio of their name."""
        for name in ("commercial_state_id", "portfolio_id"):
            # sudo: a customer that one may choose, whoever may write customers
            without = self.sudo().filtered(lambda partner, name=name: not partner[name])
            if without and template[name]:
                # The state is written as the engine writes it: with that of the name.
                without.with_context(**{ENGINE_KEY: ENGINE})[name] = template[name]

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def action_open_anchor(self):
        """Button: this customer in the archive; it gets its name if it has none."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self._ensure_anchor().id,
            "view_mode": "form",
            "views": [
                (self.env.ref("crm_callcenter.crm_lead_view_form_name").id, "form")
            ],
        }

    def action_put_in_archive(self):
        """Action of the list: the chosen customers get their names in the archive."""
        before = len(self._anchors())
        anchors = self._ensure_anchor()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(new)s customers are new in the archive, %(known)s were in it.",
                    new=len(anchors) - before,
                    known=before,
                ),
            },
        }
