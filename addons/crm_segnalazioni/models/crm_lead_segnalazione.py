from contextlib import contextmanager

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError

#: Under which what happened in this transaction waits for its end.
WAITING = "crm_segnalazioni.sources"
#: The same for a piece of work that is still going on, see ``_segnalazioni_at_end``.
HELD = "crm_segnalazioni.held"
#: Says that a document itself is registering an outcome, by one of its steps.
BY_DOCUMENT = "crm_segnalazioni.by_document"
#: Says that a piece of work leaves its documents to the scheduled action.
IN_BACKGROUND = "crm_segnalazioni.in_background"
#: How many names at most get their documents before the commit; more wait for the
#: scheduled action, so that nobody waits for an import.
MOST_AT_COMMIT = 50
#: Kinds of outcomes that make a document.
KINDS = {"T": "appointment", "C": "closing"}
#: How long an appointment or a closing waits for the name to become a customer.
WAITING_DAYS = 90
#: What a document is rather made from than from the opportunity.
NEWER = ("appointment", "closing", "report")


class CrmLead(models.Model):
    """What happens to a name makes documents: by themselves, and once.

    An outcome or an opportunity is only noted when it happens; the documents are made
    before the commit, when it is known whether one name has both. Odoo runs what waits
    for the commit at each savepoint, too, hence ``_segnalazioni_at_end``. The source
    of a document is unique, so that neither a request that comes twice nor two at the
    same moment make a second one.
    """

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._note_opportunities()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id") or vals.get("type") == "opportunity":
            self._note_opportunities()
        return result

    def _register_outcome(self, outcome, activity_type=None, *, event=None, **details):
        interaction = super()._register_outcome(
            outcome, activity_type, event=event, **details
        )
        # sudo: the row that was just written, read by whoever registered it
        row = interaction.sudo()
        if BY_DOCUMENT not in self.env.cr.cache and row._segnalazione_source():
            row.lead_id._convert_by_report(row)
            row.lead_id._note_source(row, event)
        return interaction

    def _register_outcome_batch(self, outcome, activity_type=None, **details):
        ledger = self.env["crm.interaction"]
        makes = outcome.kind in KINDS or (
            self.env["crm.relation"]._get(activity_type, outcome).makes_report
        )
        last = ledger._last_id() if makes else 0
        count = super()._register_outcome_batch(outcome, activity_type, **details)
        if makes:
            # sudo: the queue is the system's own
            pending = self.env["crm.segnalazione.pending"].sudo()
            pending._add_rows_after(last, self.ids, outcome)
        return count

    # ------------------------------------------------------------
    # NOTING
    # ------------------------------------------------------------

    def _note_opportunities(self):
        for lead in self:
            if lead.type == "opportunity" and lead.partner_id:
                lead._note_source()

    def _note_source(self, interaction=None, event=None):
        """Remember until the commit that this name is to get a document.

        :param crm.interaction interaction: the outcome that makes it; empty for the
            opportunity itself
        :param calendar.event event: the appointment that was fixed
        """
        self.ensure_one()
        rows = {interaction.id: event.id if event else False} if interaction else {}
        held = self.env.cr.cache.get(HELD)
        if held is not None:
            held.setdefault(self.id, {}).update(rows)
        else:
            self._note_for_commit({self.id: rows})

    @api.model
    def _note_for_commit(self, noted):
        """Let the documents of these names be made before the commit.

        :param dict noted: events by row of the history, by name
        """
        precommit = self.env.cr.precommit
        waiting = precommit.data.setdefault(WAITING, {})
        if not waiting and noted:
            precommit.add(self.env["crm.lead"]._generate_noted)
        for lead_id, rows in noted.items():
            waiting.setdefault(lead_id, {}).update(rows)

    @api.model
    @contextmanager
    def _segnalazioni_at_end(self):
        """Make no document before this piece of work has ended.

        For work that makes an opportunity first and registers the appointment of it
        later: a savepoint between the two would make the document of the opportunity.
        """
        cache = self.env.cr.cache
        if HELD in cache:
            yield
            return
        held = cache[HELD] = {}
        try:
            yield
        finally:
            cache.pop(HELD)
        self._note_for_commit(held)

    def _take_noted(self):
        """Return what was noted for these names, and forget it.

        :return: events by row of the history, by name
        :rtype: dict
        """
        noted = {lead.id: {} for lead in self}
        cr = self.env.cr
        for waiting in (cr.precommit.data.get(WAITING), cr.cache.get(HELD)):
            for lead_id in noted if waiting else ():
                noted[lead_id].update(waiting.pop(lead_id, {}))
        return noted

    @api.model
    def _generate_noted(self):
        """Make the documents of this transaction; many are left to the system."""
        waiting = self.env.cr.precommit.data.get(WAITING) or {}
        ids = list(waiting)
        # sudo: documents are made by the system, whoever works
        leads = self.sudo().browse(ids)
        in_background = self.env.cr.cache.get(IN_BACKGROUND)
        if len(ids) <= MOST_AT_COMMIT and not in_background:
            leads._generate_segnalazioni()
        else:
            leads = leads.exists()
            leads.env["crm.segnalazione.pending"]._add(
                {lead.id: waiting.get(lead.id) or {} for lead in leads}
            )
            waiting.clear()

    # ------------------------------------------------------------
    # MAKING
    # ------------------------------------------------------------

    def _generate_segnalazioni(self):
        """Make the documents that these names are still to get.

        For each outcome noted in this transaction that makes one; else, for an
        opportunity with a customer that has no document yet, the one of the
        opportunity. Called before the commit, or earlier by whoever needs the number.

        :return: the documents of what was noted, also those that were there before
        :rtype: sale.order
        :raise ConcurrencyError: another request is making the same one at this
            moment; Odoo then runs this one again
        """
        # As the system: an operator has no rights on orders, and nobody is to become a
        # follower of what was made without asking.
        leads = self.with_user(SUPERUSER_ID).exists()
        noted = self._take_noted()
        types = leads.env["crm.segnalazione.type"]._by_origin()
        sources = leads._outcome_sources(noted, types)
        sources += leads._opportunity_sources(sources, types)
        documents = leads.env["sale.order"]
        known = documents._known_sources([source[:2] for source in sources])
        earlier = leads._documents_of_this_moment(sources)
        wanted = {}
        for kind, number, lead, details in sources:
            if (kind, number) in known:
                documents |= known[kind, number]
                continue
            company = lead._segnalazione_company(details[0])
            values = lead._prepare_segnalazione_values(types[kind], *details)
            values.update(source_kind=kind, source_ref=number)
            if lead in earlier:
                documents |= earlier.pop(lead)._become_segnalazione(types[kind], values)
                continue
            wanted.setdefault((kind, company), []).append(values)
        for (kind, company), vals_list in wanted.items():
            documents |= leads._make_segnalazioni(types[kind], company, vals_list)
        return documents

    def _outcome_sources(self, noted, types):
        """Return the outcomes that make a document.

        :param dict noted: events by row of the history, by name
        :param dict types: see ``_by_origin``
        :return: kind, number, name, and the row and event
        :rtype: list[tuple]
        """
        sources = []
        ledger, events = self.env["crm.interaction"], self.env["calendar.event"]
        for lead in self.filtered("partner_id"):
            rows = ledger.browse(noted[lead.id]).exists()
            for row in rows.sorted("id"):
                kind = row._segnalazione_source()
                if (
                    kind in types
                    and not row.is_reversed
                    and lead._makes_segnalazioni(row)
                ):
                    event = events.browse(noted[lead.id][row.id] or ()).exists()
                    sources.append((kind, row.id, lead, (row, event)))
        return sources

    def _opportunity_sources(self, outcomes, types):
        """Return the opportunities that have no document and get none by an outcome.

        What the operator registered before there was a customer counts before the
        opportunity itself.

        :param list outcomes: see ``_outcome_sources``
        :param dict types: see ``_by_origin``
        :rtype: list[tuple]
        """
        done = {lead.id for _kind, _number, lead, _details in outcomes}
        leads = self.filtered(
            lambda lead: (
                lead.id not in done
                and lead.active
                and lead.type == "opportunity"
                and lead.partner_id
                and lead._makes_segnalazioni()
            )
        )
        if not leads:
            return []
        orders = self.env["sale.order"].search(
            [
                ("opportunity_id", "in", leads.ids),
                ("segnalazione_type_id", "!=", False),
                ("source_kind", "!=", "undone"),
            ]
        )
        leads -= orders.opportunity_id
        nothing, event = self.env["crm.interaction"], self.env["calendar.event"]
        rows = leads._waiting_outcomes()
        sources = []
        for lead in leads:
            row = rows.get(lead, nothing)
            kind, number = KINDS.get(row.outcome_kind), row.id
            if kind not in types:
                kind, number, row = "opportunity", lead.id, nothing
            if kind in types:
                sources.append((kind, number, lead, (row, event)))
        return sources

    def _waiting_outcomes(self):
        """Return the appointments and closings that waited for the customer.

        The last word of the name only: none that was taken back, had a document or was
        followed by a refusal.

        :return: row of the history by name
        :rtype: dict[crm.lead, crm.interaction]
        """
        since = fields.Datetime.subtract(fields.Datetime.now(), days=WAITING_DAYS)
        rows = self.env["crm.interaction"].search(
            [
                ("lead_id", "in", self.ids),
                ("outcome_kind", "in", [*KINDS, "N"]),
                ("reversed_id", "=", False),
                ("date", ">=", since),
            ],
            order="id",
        )
        # The later one takes the place of the one before.
        last = {row.lead_id: row for row in rows if not row.is_reversed}
        made = self.env["sale.order"].search(
            [("interaction_id", "in", [row.id for row in last.values()])]
        )
        return {
            lead: row
            for lead, row in last.items()
            if row.outcome_kind in KINDS and row not in made.interaction_id
        }

    def _documents_of_this_moment(self, sources):
        """Return documents of opportunities that this transaction has just made.

        At a savepoint between conversion and outcome; nobody has seen them yet.

        :param list sources: outcomes that make documents, see ``_outcome_sources``
        :return: document by name
        :rtype: dict[crm.lead, sale.order]
        """
        leads = self.browse(lead.id for kind, _n, lead, _d in sources if kind in NEWER)
        if not leads:
            return {}
        orders = self.env["sale.order"].search(
            [
                ("source_kind", "=", "opportunity"),
                ("source_ref", "in", leads.ids),
                ("create_date", "=", self.env.cr.now()),
            ]
        )
        return {order.opportunity_id: order for order in orders}

    def _makes_segnalazioni(self, interaction=None):
        """Tell whether what happens to this name makes documents.

        :param crm.interaction interaction: the outcome, if it is one
        :rtype: bool
        """
        return self._segnalazione_company(interaction).makes_segnalazioni

    def _segnalazione_company(self, interaction=None):
        """Return the company whose document it is.

        :param crm.interaction interaction: the outcome, if it is one
        :rtype: res.company
        """
        self.ensure_one()
        company = self.company_id
        if not company and "allowed_company_ids" not in self.env.context:
            # In the background nobody has chosen one: that of who had the call.
            user = interaction.user_id if interaction else self.user_id
            company = user.company_id
        return company or self.env.company

    @api.model
    def _make_segnalazioni(self, document_type, company, vals_list):
        """Make documents, each of which nobody else is making.

        :param crm.segnalazione.type document_type: their type
        :param res.company company: whose documents they are
        :param list[dict] vals_list: of the orders
        :rtype: sale.order
        :raise ConcurrencyError: somebody else is making one of them
        """
        orders = self.env["sale.order"].with_company(company)
        try:
            return orders._create_segnalazioni(document_type, vals_list)
        except UniqueViolation as error:
            raise ConcurrencyError(
                "a document is being made by another request"
            ) from error

    def _prepare_segnalazione_values(self, document_type, interaction, event):
        """Return what a document knows of this name from the beginning.

        :param crm.segnalazione.type document_type: its type
        :param crm.interaction interaction: the outcome that it is made from, if any
        :param calendar.event event: its appointment, if any
        :rtype: dict
        """
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "opportunity_id": self.id,
            "company_id": self._segnalazione_company(interaction).id,
            "user_id": (event.user_id or self.user_id).id,
            "team_id": self.team_id.id,
            "operator_id": interaction.user_id.id,
            "interaction_id": interaction.id,
            "campaign_id": (interaction.campaign_id or self.campaign_id).id,
            "medium_id": self.medium_id.id,
            "source_id": self.source_id.id,
            "zone_id": self.zone_id.id,
            "call_note": interaction.note,
            "appointment_event_id": event.id,
            "date_appointment": event.start,
        }

    # ------------------------------------------------------------
    # REPORTS
    # ------------------------------------------------------------

    def _convert_by_report(self, interaction):
        """Make a customer with an opportunity of a name that is reported to an agent.

        :param crm.interaction interaction: the outcome, which may be of another kind
        """
        self.ensure_one()
        if interaction._segnalazione_source() == "report":
            self._convert_for_report(self._report_agent())

    def _convert_for_report(self, agent):
        """Make a customer with an opportunity of this name, unless it is one.

        :param res.users agent: who gets it, may be empty
        """
        self.ensure_one()
        if self.type == "opportunity" and self.partner_id:
            return
        self._convert_to_opportunity(
            agent,
            self.expected_revenue or 0,
            self.date_deadline or self._report_deadline(),
        )

    @api.model
    def _report_deadline(self):
        """Return the expected closing of an opportunity that nobody asked about.

        :rtype: datetime.date
        """
        return fields.Date.add(fields.Date.context_today(self), days=30)

    def _report_agent(self):
        """Return whom this name is reported to: its agent, else one of its zone's.

        :rtype: res.users
        """
        self.ensure_one()
        # sudo: who visits the zone, whoever reports the name
        lead = self.sudo()
        if lead.user_id and lead.user_id.has_group("crm_callcenter.group_agent"):
            return lead.user_id
        return lead.zone_id._covering_agents().filtered("active")[:1]
