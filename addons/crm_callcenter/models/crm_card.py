from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

#: Rows of the timeline shown at once.
PAGE = 30
#: Rows that one request may ask for.
MOST = 200


class CrmCardMixin(models.AbstractModel):
    """The card: what a name and its customer show alike, a header and a timeline.

    The timeline is a list of kinds of rows. An addon adds a kind by extending
    :meth:`_timeline_kinds` and defining ``_timeline_rows_<kind>``; the screen needs no
    change.
    """

    _name = "crm.card.mixin"
    _description = "Card of a Name"

    def _card_leads(self):
        """Return the names whose history this card shows: those the user may see.

        :rtype: crm.lead
        """
        raise NotImplementedError

    def _card_partners(self):
        """Return the customers whose history this card shows.

        :rtype: res.partner
        """
        raise NotImplementedError

    # ------------------------------------------------------------
    # WHAT THE SCREEN ASKS FOR
    # ------------------------------------------------------------

    @api.readonly
    def card_header(self):
        """Return what the header shows: next action, open processes, duplicates.

        :return: ``next_action``, ``processes``, ``duplicates`` and ``others`` (names of
            the same customer); moments are UTC, as Odoo writes them
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return self._card_header(self._card_leads())

    @api.readonly
    def card_timeline(self, kinds=None, offset=0, limit=PAGE):
        """Return a page of the timeline.

        :param list[str] kinds: kinds of rows; by default all
        :param int offset: rows to leave out, the latest first
        :param int limit: rows to return, 200 at most
        :return: ``kinds`` (key, label, icon), ``rows`` and ``more``; moments are UTC,
            as Odoo writes them
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        known = self._timeline_kinds()
        wanted = [kind for kind in known if kinds is None or kind in kinds]
        limit = max(1, min(int(limit), MOST))
        offset = max(0, int(offset))
        leads, partners = self._card_leads(), self._card_partners()
        rows = []
        for kind in wanted:
            found = getattr(self, f"_timeline_rows_{kind}")(
                leads, partners, offset + limit + 1
            )
            rows += [{"kind": kind, "icon": known[kind][1], **row} for row in found]
        rows.sort(key=lambda row: (row["date"], row["id"]), reverse=True)
        return {
            "kinds": [
                {"key": kind, "label": label, "icon": icon}
                for kind, (label, icon) in known.items()
            ],
            "rows": rows[offset : offset + limit],
            "more": len(rows) > offset + limit,
        }

    @api.model
    def _timeline_kinds(self):
        """Return the kinds of rows, in the order of their filters.

        :return: label and icon (a class of Font Awesome) by key
        :rtype: dict[str, tuple[str, str]]
        """
        return {
            "interaction": (self.env._("Outcomes"), "fa-check-square-o"),
            "call": (self.env._("Calls"), "fa-phone"),
            "appointment": (self.env._("Appointments"), "fa-calendar"),
            "mail": (self.env._("E-mails"), "fa-envelope-o"),
        }

    # ------------------------------------------------------------
    # KINDS OF ROWS
    # ------------------------------------------------------------

    @api.model
    def _timeline_row(self, record, date, title, **values):
        """Return a row of the timeline.

        :param record: what it tells of; opened by a click
        :param datetime.datetime date: naive UTC
        :param str title: one line
        :param values: ``text``, ``who``, ``color`` (CSS), ``state``; all may be falsy
        :rtype: dict
        """
        return {
            "model": record._name,
            "id": record.id,
            "date": fields.Datetime.to_string(date),
            "title": title,
            "text": values.get("text") or "",
            "who": values.get("who") or "",
            "color": values.get("color") or "",
            "state": values.get("state") or "",
        }

    def _timeline_rows_interaction(self, leads, partners, limit):
        """Return the latest outcomes of names, those of merged ones as well."""
        ledger = self.env["crm.interaction"]
        if not ledger.has_access("read"):
            return []
        rows = ledger.search_fetch(
            [("lead_id", "in", leads.ids)],
            limit=limit,
            order="date desc, id desc",
        )
        return [
            self._timeline_row(
                row,
                row.date,
                " · ".join(
                    filter(None, (row.activity_type_id.name, row.outcome_id.name))
                ),
                text=row.note,
                # sudo: who spoke to a name is part of its history
                who=row.sudo().user_id.name,
                color=row.outcome_color,
                state=row.state_after_id.name
                if row.state_after_id != row.state_before_id
                else "",
            )
            for row in rows
        ]

    def _timeline_rows_call(self, leads, partners, limit):
        """Return the latest dials of names that the user may see."""
        calls = self.env["crm.call"]
        if not calls.has_access("read"):
            return []
        results = dict(calls._fields["result"]._description_selection(self.env))
        rows = calls.search_fetch(
            [("lead_id", "in", leads.ids)],
            limit=limit,
            order="started_at desc, id desc",
        )
        return [
            self._timeline_row(
                row,
                row.started_at,
                f"{row.number_e164} · {results[row.result]}",
                # sudo: as above
                who=row.sudo().user_id.name,
            )
            for row in rows
        ]

    def _timeline_rows_appointment(self, leads, partners, limit):
        """Return the latest appointments, those to come first of all."""
        domain = Domain("opportunity_id", "in", leads.ids)
        if partners:
            domain |= Domain("is_sales_appointment", "=", True) & Domain(
                "partner_ids", "in", partners.ids
            )
        rows = self.env["calendar.event"].search_fetch(
            domain, limit=limit, order="start desc, id desc"
        )
        return [
            self._timeline_row(
                row,
                row.start,
                row.name,
                text=row.location,
                # sudo: the colleague of an appointment that one may see
                who=row.sudo().user_id.name,
            )
            for row in rows
        ]

    def _timeline_rows_mail(self, leads, partners, limit):
        """Return the latest e-mails and comments, as far as the user may read them."""
        domain = Domain("model", "=", "crm.lead") & Domain("res_id", "in", leads.ids)
        if partners:
            domain |= Domain("model", "=", "res.partner") & Domain(
                "res_id", "in", partners.ids
            )
        domain &= Domain("message_type", "in", ("email", "email_outgoing", "comment"))
        rows = self.env["mail.message"].search_fetch(
            domain, limit=limit, order="date desc, id desc"
        )
        return [
            self._timeline_row(
                row,
                row.date,
                row.subject or row.sudo().record_name or "",
                text=html2plaintext(row.body or "")[:300],
                # sudo: the author of a message that one may read
                who=row.sudo().author_id.name or row.email_from,
            )
            for row in rows
        ]

    # ------------------------------------------------------------
    # HEADER
    # ------------------------------------------------------------

    def _card_header(self, leads):
        """Return what the header shows; addons above add to it.

        :param crm.lead leads: of the card
        :rtype: dict
        """
        return {
            "next_action": self._card_next_action(leads),
            "processes": self._card_processes(leads),
            "duplicates": self._card_duplicates(leads),
            "others": [
                {"id": lead.id, "name": lead.display_name}
                for lead in leads
                if lead != self
            ]
            if self._name == "crm.lead"
            else [],
        }

    def _card_next_action(self, leads):
        # sudo: the names are the user's to see; what is planned with them as well
        action = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids)],
                order="date_deadline, id",
                limit=1,
            )
        )
        if not action:
            return None
        return {
            "name": action.summary or action.activity_type_id.name,
            "type": action.activity_type_id.name,
            "date": fields.Datetime.to_string(action.date_planned)
            if action.date_planned
            else None,
            "day": fields.Date.to_string(action.date_deadline),
            "who": action.user_id.name or "",
            "late": action.date_deadline < fields.Date.context_today(self),
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

    def _card_duplicates(self, leads):
        """Return other names that may be the same, see ``crm_lead_duplicates.py``."""
        known = leads[:1].duplicate_lead_ids - leads if leads else leads
        return [{"id": lead.id, "name": lead.display_name} for lead in known[:5]]


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.card.mixin"]

    def _card_leads(self):
        if not self.partner_id:
            return self
        others = self.search([("partner_id", "=", self.partner_id.id)], limit=50)
        return self | others

    def _card_partners(self):
        return self.partner_id._filtered_access("read")


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "crm.card.mixin"]

    def _card_leads(self):
        leads = self.env["crm.lead"]
        if not leads.has_access("read"):
            return leads
        return leads.search([("partner_id", "in", self.ids)], limit=50)

    def _card_partners(self):
        return self
