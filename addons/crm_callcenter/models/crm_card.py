from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql

from ..tools.italian_codes import read_vat_number
from ..tools.phone import format_international, to_e164

#: Names of one customer that its card looks at, the latest.
MOST_NAMES = 500
#: Contacts and addresses of one customer that its card looks at.
MOST_PARTNERS = 500
#: Duplicates that the hint shows.
MOST_DUPLICATES = 5
#: Names that one look-up of a duplicate reads before rights are asked.
DUPLICATES_READ = 50
_NUMBERS = ("phone_e164", "mobile_e164", "phone_second_e164")
_CODES = ("fiscal_code", "vat_number")


class CrmCardMixin(models.AbstractModel):
    """The card: what a name and its customer show alike.

    Its header says what is next, what is open, what was consented to, and who may be
    the same; its timeline (``crm_card_timeline.py``) what has happened.
    """

    _name = "crm.card.mixin"
    _description = "Card of a Name"

    can_undo_conversion = fields.Boolean(compute="_compute_can_undo_conversion")

    def _card_leads(self):
        """Return the names whose history this card shows: those the user may see.

        :rtype: crm.lead
        """
        raise NotImplementedError

    def _card_partners(self):
        """Return the customer of this card with its contacts: those the user may see.

        :rtype: res.partner
        """
        raise NotImplementedError

    def _card_family(self, partner):
        """Return a customer, its contacts and addresses, or a contact's company.

        A colleague or a company of the database stands alone: what happened with all
        of their contacts is no history of theirs.

        :param res.partner partner: as the system sees it
        :rtype: res.partner
        """
        head = partner.commercial_partner_id
        if not partner or head.own_company_ids or not partner.partner_share:
            return partner
        return partner.search(
            [("id", "child_of", head.id), ("partner_share", "=", True)],
            order="id",
            limit=MOST_PARTNERS,
        )

    def _card_leads_of(self, partners):
        """Return the names of these customers that the user may see.

        :rtype: crm.lead
        """
        leads = self.env["crm.lead"]
        if not partners or not leads.has_access("read"):
            return leads
        return leads.search(
            [("partner_id", "in", partners.ids)], order="id desc", limit=MOST_NAMES
        )

    # ------------------------------------------------------------
    # HEADER
    # ------------------------------------------------------------

    @api.readonly
    def card_header(self):
        """Return what the header shows.

        :return: ``next_action``, ``processes``, ``consents``, ``do_not_call``,
            ``duplicates`` and ``others`` (names of the same customer); moments are
            UTC, as Odoo writes them
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return self._card_header(self._card_leads())

    def _card_header(self, leads):
        """Return what the header shows; addons above add to it.

        :param crm.lead leads: of the card
        :rtype: dict
        """
        return {
            "next_action": self._card_next_action(leads),
            "processes": self._card_processes(leads),
            "consents": self._card_consents(),
            "do_not_call": self._card_do_not_call(),
            "duplicates": self._card_duplicates(leads),
            "others": [
                {"id": lead.id, "name": lead.display_name}
                for lead in (leads - self if self._name == leads._name else leads)[:5]
            ],
        }

    def _card_next_action(self, leads):
        planned = Domain("res_model", "=", "crm.lead") & Domain(
            "res_id", "in", leads.ids
        )
        planned |= Domain("res_model", "=", "res.partner") & Domain(
            "res_id", "in", self._card_partners().ids
        )
        # sudo: these are the user's to see; what is planned with them as well
        action = (
            self.env["mail.activity"]
            .sudo()
            .search(planned, order="date_deadline, date_planned, id", limit=1)
        )
        if not action:
            return None
        moment = action.date_planned
        return {
            "name": action.summary or action.activity_type_id.name,
            "type": action.activity_type_id.name,
            "date": fields.Datetime.to_string(moment) if moment else None,
            "day": fields.Date.to_string(action.date_deadline),
            "who": action.user_id.name or "",
            "late": moment < fields.Datetime.now()
            if moment
            else action.date_deadline < fields.Date.context_today(self),
        }

    def _card_processes(self, leads):
        processes = self.env["crm.lead.process"]
        if not processes.has_access("read"):
            return []
        return [
            {
                "name": process.process_id.name,
                "state": process.commercial_state_id.name or "",
                "since": fields.Datetime.to_string(process.date_open),
            }
            for process in processes.search(
                [("lead_id", "in", leads.ids), ("result", "=", "open")], limit=10
            )
        ]

    def _card_consents(self):
        """Return what was consented to, and what the company needs and has not.

        :return: per purpose and state ``purpose``, ``state`` (given, withdrawn,
            expired or missing), ``label``, and ``values``: for which numbers and
            addresses
        :rtype: list[dict]
        """
        values = self._consent_values()
        found = {}
        told = set()
        for consent in self.env["crm.consent"]._present_states(values):
            state, label = consent._state_label()
            told.add((consent.value, consent.purpose_id.id))
            found.setdefault((consent.purpose_id.name, state, label), []).append(
                consent.value
            )
        # sudo: what the settings ask for, whoever looks
        needed = self.env.company.sudo().call_consent_purpose_id
        missing = [
            value
            for value in values
            if needed and value.startswith("+") and (value, needed.id) not in told
        ]
        if missing:
            found[needed.name, "missing", self.env._("Not recorded")] = missing
        return [
            {
                "purpose": purpose,
                "state": state,
                "label": label,
                "values": [
                    format_international(value) if value.startswith("+") else value
                    for value in dict.fromkeys(values)
                ],
            }
            for (purpose, state, label), values in found.items()
        ]

    def _card_do_not_call(self):
        """Return why numbers must not be called, a sentence for each.

        :rtype: list[str]
        """
        numbers = [value for value in self._consent_values() if value.startswith("+")]
        why = self.env["phone.blacklist"]._why_forbidden(numbers)
        return [
            f"{format_international(number)}: {sentence}"
            for number, sentence in why.items()
        ]

    # ------------------------------------------------------------
    # DUPLICATES
    # ------------------------------------------------------------

    def _card_identity(self, leads):
        """Return by what other names are recognised as the same.

        :param crm.lead leads: of the card
        :return: ``number`` (E.164), ``email`` (normalised) and ``code`` (codice
            fiscale or partita IVA, as names hold them)
        :rtype: dict[str, set[str]]
        """
        return {
            "number": {lead[name] for lead in leads for name in _NUMBERS} - {False},
            "email": set(leads.mapped("email_normalized")) - {False},
            "code": {lead[name] for lead in leads for name in _CODES} - {False},
        }

    def _card_duplicates(self, leads):
        """Return other names that may be the same, of those that the user may see.

        The same number, e-mail address, codice fiscale or partita IVA, each found by
        an index.

        :param crm.lead leads: of the card
        :rtype: list[dict]
        """
        known = self.env["crm.lead"]
        identity = self._card_identity(leads)
        if not known.has_access("read") or not any(identity.values()):
            return []
        rows = self.env.execute_query(self._duplicates_query(identity))
        # The user's own rights decide which of them it is told about.
        found = known.search(
            [("id", "in", [row_id for (row_id,) in rows]), ("id", "not in", leads.ids)],
            order="id",
            limit=MOST_DUPLICATES,
        )
        return [
            {
                "id": lead.id,
                "name": lead.display_name,
                "why": ", ".join(self._why_duplicate(identity, lead)),
            }
            for lead in found
            if self._why_duplicate(identity, lead)
        ]

    @api.model
    def _duplicates_query(self, identity):
        columns = [
            *((name, "number") for name in _NUMBERS),
            *((name, "code") for name in _CODES),
        ]
        self.env["crm.lead"].flush_model([column for column, _kind in columns])
        queries = [
            SQL(
                "(SELECT id FROM crm_lead WHERE %s = ANY(%s::varchar[])"
                " AND active LIMIT %s)",
                SQL.identifier(column),
                sorted(identity[kind]),
                DUPLICATES_READ,
            )
            for column, kind in columns
            if identity[kind]
        ]
        if identity["email"]:
            # Odoo's index of addresses is one of trigrams, which "=" doesn't use.
            # sudo: only ids, which are read with the user's own rights
            same = self.env["crm.lead"].sudo()
            query = same._search(
                Domain.OR(
                    Domain("email_normalized", "=ilike", escape_psql(email))
                    for email in sorted(identity["email"])
                ),
                limit=DUPLICATES_READ,
            )
            queries.append(SQL("(%s)", query.select()))
        return SQL(" UNION ").join(queries)

    @api.model
    def _why_duplicate(self, identity, lead):
        """Return in words what a name has in common with this card."""
        other = self.env["crm.card.mixin"]._card_identity(lead)
        labels = {
            "number": self.env._("same number"),
            "email": self.env._("same e-mail"),
            "code": self.env._("same code"),
        }
        return [label for kind, label in labels.items() if identity[kind] & other[kind]]

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    @api.depends_context("uid")
    def _compute_can_undo_conversion(self):
        raise NotImplementedError


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.card.mixin"]

    def _card_leads(self):
        # sudo: whose contact the customer is; names and customers are asked for below
        family = self._card_family(self.sudo().partner_id)
        return self | self._card_leads_of(family)

    def _card_partners(self):
        # sudo: as above
        family = self._card_family(self.sudo().partner_id)
        return family.sudo(False)._filtered_access("read")

    def _card_do_not_call(self):
        # The forms of names say it above the header, from what they read anyway.
        return []

    def _compute_commercial_partner_id(self):
        """Find the company of a customer also for who sees the customer alone.

        Odoo asks for it whenever the form of a name is opened, and refused the form
        to agents whose customer is the contact of a company.
        """
        known = self.filtered("partner_id")
        # sudo: the company of a customer that one sees; nothing is read from it
        super(CrmLead, known.sudo())._compute_commercial_partner_id()
        return super(CrmLead, self - known)._compute_commercial_partner_id()

    def action_open_card(self):
        """Open this name with the form of names.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.id,
            "views": [
                (self.env.ref("crm_callcenter.crm_lead_view_form_name").id, "form")
            ],
        }


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.card.mixin"]

    def _card_leads(self):
        # sudo: whose contact this is; the names are those that the user may see
        return self._card_leads_of(self._card_family(self.sudo()))

    def _card_partners(self):
        # sudo: as above
        family = self._card_family(self.sudo()).sudo(False)
        return self | (family - self)._filtered_access("read")

    def _card_identity(self, leads):
        identity = super()._card_identity(leads)
        country = self.country_id.code or "IT"
        numbers = {
            to_e164(self[name], country) for name in ("phone", "mobile", "phone_second")
        }
        vat = read_vat_number(self.vat) if self.vat else None
        identity["number"] |= numbers - {None, False, ""}
        identity["email"] |= {self.email_normalized} - {False}
        identity["code"] |= {self.fiscal_code, vat} - {None, False}
        return identity
