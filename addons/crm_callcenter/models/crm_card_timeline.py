from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from ..tools.phone import format_international

#: Rows of the timeline shown at once.
PAGE = 30
#: Rows that one request may ask for.
MOST = 200
#: Letters of a message that the timeline shows.
LETTERS = 300


class TimelinePage:
    """Which rows of one kind are wanted: the latest before the last one shown.

    Pages go on from a row, not from a count: what happens meanwhile neither repeats a
    row nor hides one, and the tenth page costs what the first does.
    """

    def __init__(self, kind, before, limit):
        self.kind = kind
        self.before = before
        self.limit = limit

    def search(self, model, domain, date_field):
        """Return the records of this page, the latest first.

        :param model: an empty recordset, with the rights that hold
        :param domain: what belongs to the card
        :param str date_field: moment of the row, a Datetime that an index orders
        """
        return model.search_fetch(
            Domain(domain) & self._domain(date_field),
            order=f"{date_field} desc, id desc",
            limit=self.limit,
        )

    def _domain(self, date_field):
        if not self.before:
            return Domain.TRUE
        date, kind, number = self.before
        if self.kind > kind:
            return Domain(date_field, "<", date)
        until = Domain(date_field, "<=", date)
        if self.kind < kind:
            return until
        return until & (Domain(date_field, "<", date) | Domain("id", "<", number))


class CrmCardMixin(models.AbstractModel):
    """The timeline of the card: whatever happened, in one list, the latest first.

    It is a registry of kinds of rows. An addon adds a kind by extending
    :meth:`_timeline_kinds` and defining ``_timeline_rows_<kind>``; the screen needs no
    change.
    """

    _inherit = "crm.card.mixin"

    @api.readonly
    def card_timeline(self, kinds=None, before=None, limit=PAGE):
        """Return a page of the timeline.

        :param list[str] kinds: kinds of rows; by default all
        :param dict before: ``date``, ``kind`` and ``id`` of the last row that is
            shown; by default the page starts with the latest
        :param int limit: rows to return, 200 at most
        :return: ``kinds`` (key, label, icon), ``rows`` (see :meth:`_timeline_row`)
            and ``more``; moments are UTC, as Odoo writes them
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        known = self._timeline_kinds()
        limit = max(1, min(int(limit), MOST))
        if before:
            moment = fields.Datetime.to_datetime(before["date"])
            before = (moment, str(before["kind"]), int(before["id"]))
        leads, partners = self._card_leads(), self._card_partners()
        rows = []
        for kind, (label, icon) in known.items():
            if kinds is not None and kind not in kinds:
                continue
            page = TimelinePage(kind, before, limit + 1)
            for row in getattr(self, f"_timeline_rows_{kind}")(leads, partners, page):
                rows.append(
                    {**row, "kind": kind, "label": label, "icon": row["icon"] or icon}
                )
        rows.sort(key=lambda row: (row["date"], row["kind"], row["id"]), reverse=True)
        return {
            "kinds": [
                {"key": kind, "label": label, "icon": icon}
                for kind, (label, icon) in known.items()
            ],
            "rows": rows[:limit],
            "more": len(rows) > limit,
        }

    @api.model
    def _timeline_kinds(self):
        """Return the kinds of rows that the user may see, in the order of filters.

        Extend it to add a kind, and define ``_timeline_rows_<kind>(leads, partners,
        page)`` beside it: it returns rows of :meth:`_timeline_row` for the names and
        customers of the card, found with :meth:`TimelinePage.search` under the user's
        own rights.

        :return: label and icon (a class of Font Awesome) by key
        :rtype: dict[str, tuple[str, str]]
        """
        kinds = {
            "interaction": (self.env._("Outcomes"), "fa-check-square-o"),
            "call": (self.env._("Calls"), "fa-phone"),
            "appointment": (self.env._("Appointments"), "fa-calendar"),
            "mail": (self.env._("E-mails and Notes"), "fa-envelope-o"),
            "activity": (self.env._("Activities"), "fa-tasks"),
            "conversion": (self.env._("Conversions"), "fa-star-o"),
        }
        if not self.env["crm.interaction"].has_access("read"):
            del kinds["interaction"]
        if not self.env["crm.call"].has_access("read"):
            del kinds["call"]
        return kinds

    @api.model
    def _timeline_row(self, record, date, title, **values):
        """Return a row of the timeline.

        :param record: what it tells of
        :param datetime.datetime date: naive UTC
        :param str title: one line
        :param values: ``text``, ``who``, ``icon``, ``color`` (of the icon, CSS),
            ``state`` and ``state_color`` (a badge), ``points``, ``about`` (which name
            of the customer), ``opens`` (whether a click opens the record); all may be
            falsy
        :rtype: dict
        """
        return {
            "model": record._name,
            "id": record.id,
            "date": fields.Datetime.to_string(date),
            "title": title,
            "text": values.get("text") or "",
            "who": values.get("who") or "",
            "icon": values.get("icon") or "",
            "color": values.get("color") or "",
            "state": values.get("state") or "",
            "state_color": values.get("state_color") or "",
            "points": values.get("points") or 0,
            "about": values.get("about") or "",
            "opens": bool(values.get("opens")),
        }

    @api.model
    def _timeline_about(self, leads, lead):
        """Return which of several names a row belongs to, nothing when there is one."""
        return lead.name if len(leads) > 1 else ""

    # ------------------------------------------------------------
    # KINDS OF ROWS
    # ------------------------------------------------------------

    def _timeline_rows_interaction(self, leads, partners, page):
        """Return the latest outcomes of names, those of merged ones as well."""
        rows = page.search(
            self.env["crm.interaction"], [("lead_id", "in", leads.ids)], "date"
        )
        return [
            self._timeline_row(
                row,
                row.date,
                " · ".join(
                    filter(None, (row.activity_type_id.name, row.outcome_id.name))
                ),
                text=self._interaction_text(row),
                # sudo: who spoke to a name is part of its history
                who=row.sudo().user_id.name,
                color=row.outcome_color,
                points=row.points,
                about=self._timeline_about(leads, row.lead_id),
                opens=True,
                **self._interaction_state(row),
            )
            for row in rows
        ]

    @api.model
    def _interaction_text(self, row):
        taken_back = self.env._("Taken back.") if row.is_reversed else ""
        return " ".join(filter(None, (taken_back, row.note)))

    @api.model
    def _interaction_state(self, row):
        state = row.state_after_id
        if state == row.state_before_id:
            return {}
        return {"state": state.name, "state_color": state.color}

    def _timeline_rows_call(self, leads, partners, page):
        """Return the latest dials of names that the user may see."""
        calls = self.env["crm.call"]
        results = dict(calls._fields["result"]._description_selection(self.env))
        return [
            self._timeline_row(
                row,
                row.started_at,
                f"{format_international(row.number_e164)} · {results[row.result]}",
                # sudo: as above
                who=row.sudo().user_id.name,
                about=self._timeline_about(leads, row.lead_id),
            )
            for row in page.search(calls, [("lead_id", "in", leads.ids)], "started_at")
        ]

    def _timeline_rows_appointment(self, leads, partners, page):
        """Return the latest appointments, those to come first of all."""
        events = self.env["calendar.event"]
        # Two questions, each answered by an index of its own; one with "or" by none.
        rows = page.search(events, [("opportunity_id", "in", leads.ids)], "start")
        customers = partners.filtered("partner_share")
        if customers:
            rows |= page.search(
                events,
                [
                    ("partner_ids", "in", customers.ids),
                    ("is_sales_appointment", "=", True),
                ],
                "start",
            )
        now = fields.Datetime.now()
        return [
            self._timeline_row(
                row,
                row.start,
                row.name,
                text=row.location,
                # sudo: the colleague of an appointment that one may see
                who=row.sudo().user_id.name,
                state=self.env._("To come") if row.start > now else "",
                about=self._timeline_about(leads, row.sudo().opportunity_id)
                if row.sudo().opportunity_id in leads
                else "",
                opens=True,
            )
            for row in rows
        ]

    def _timeline_rows_mail(self, leads, partners, page):
        """Return the latest e-mails and notes, as far as the user may read them."""
        written = Domain("message_type", "in", ("email", "email_outgoing", "comment"))
        return self._message_rows(leads, partners, page, written)

    def _timeline_rows_activity(self, leads, partners, page):
        """Return Odoo's own activities that were done; others end with an outcome."""
        done = Domain("mail_activity_type_id", "!=", False) & Domain(
            "mail_activity_type_id",
            "not in",
            list(self.env["mail.activity.type"]._commercial_ids()),
        )
        return self._message_rows(leads, partners, page, done)

    def _message_rows(self, leads, partners, page, domain):
        of_card = Domain("model", "=", "crm.lead") & Domain("res_id", "in", leads.ids)
        if partners:
            of_card |= Domain("model", "=", "res.partner") & Domain(
                "res_id", "in", partners.ids
            )
        rows = page.search(self.env["mail.message"], of_card & domain, "date")
        return [
            self._timeline_row(
                row,
                row.date,
                # sudo: what it is about, of a message that one may read
                row.subject
                or row.sudo().mail_activity_type_id.name
                or (
                    self.env._("Note")
                    if row.message_type == "comment"
                    else self.env._("E-mail")
                ),
                text=self._message_text(row),
                # sudo: the author of a message that one may read
                who=row.sudo().author_id.name or row.email_from,
            )
            for row in rows
        ]

    @api.model
    def _message_text(self, message):
        """Return the beginning of a message as plain text."""
        text = html2plaintext(message.body or "", include_references=False)
        text = " ".join(text.split())
        return text if len(text) <= LETTERS else f"{text[:LETTERS]}…"

    def _timeline_rows_conversion(self, leads, partners, page):
        """Return when names became customers, and when that was taken back."""
        # sudo: the snapshot is closed; when a name became a customer is its history
        conversions = self.env["crm.conversion"].sudo()
        of_card = [("lead_id", "in", leads.ids)]
        made = page.search(conversions, of_card, "create_date")
        undone = page.search(
            conversions, [*of_card, ("undone_at", "!=", False)], "undone_at"
        )
        return [
            *(
                self._timeline_row(
                    row,
                    row.create_date,
                    self.env._("Became a customer"),
                    text=row.partner_id.name,
                    who=row.create_uid.name,
                    about=self._timeline_about(leads, row.lead_id),
                )
                for row in made
            ),
            *(
                self._timeline_row(
                    row,
                    row.undone_at,
                    self.env._("The conversion was taken back"),
                    text=row.partner_id.name,
                    who=row.undone_by_id.name,
                    icon="fa-undo",
                    about=self._timeline_about(leads, row.lead_id),
                )
                for row in undone
            ),
        ]
