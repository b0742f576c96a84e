from markupsafe import Markup

from odoo import api, fields, models

from ..tools.workflow import WORKFLOW, WORKFLOW_KEY

#: What a document can be made from by itself, and the title of each.
SOURCES = [
    ("appointment", "Appointment"),
    ("closing", "Closing on the Line"),
    ("report", "Report of the Call Centre"),
    ("opportunity", "Opportunity"),
    ("manual", "By Hand"),
    ("undone", "Conversion Taken Back"),
]


class SaleOrder(models.Model):
    """Where a document comes from: an outcome, an opportunity, or somebody's hand."""

    _inherit = "sale.order"

    source_kind = fields.Selection(
        SOURCES,
        "Made From",
        readonly=True,
        copy=False,
        help="What the document was made from.",
    )
    # A plain number: when names are merged, the document goes to the one that stays,
    # and what it was made from remains a fact.
    source_ref = fields.Integer(
        "Number of the Source",
        readonly=True,
        copy=False,
        help="Row of the history, or opportunity, that the document was made from.",
    )
    appointment_cancelled_on = fields.Datetime(
        readonly=True, copy=False, help="When the appointment left the calendar."
    )

    _made_once = models.UniqueIndex(
        "(source_kind, source_ref) WHERE source_ref > 0",
        "There is a document for this appointment, closing or opportunity already.",
    )

    @api.model
    def _known_sources(self, sources):
        """Return the documents that were made from any of these sources.

        :param list sources: pairs of kind and number
        :return: document by kind and number
        :rtype: dict[tuple[str, int], sale.order]
        """
        documents = self.sudo().search(
            [
                ("source_ref", "in", [number for _kind, number in sources]),
                ("source_kind", "in", list({kind for kind, _number in sources})),
            ]
        )
        found = {(order.source_kind, order.source_ref): order for order in documents}
        return {source: found[source] for source in sources if source in found}

    def _become_segnalazione(self, document_type, values):
        """Let a document that was made a moment ago become one of another source.

        It keeps the number that it has, and takes one of its new type as well, so that
        no series has a hole.

        :param crm.segnalazione.type document_type: its new type
        :param dict values: of the order
        :rtype: sale.order
        """
        self.ensure_one()
        protocol = self.env["crm.segnalazione.protocol"]
        names = protocol._take_numbers(self, document_type)
        order = self.with_context(
            **{WORKFLOW_KEY: WORKFLOW},
            tracking_disable=True,
            segnalazione_stamp=True,  # nobody has corrected a date
        )
        state = document_type.default_state_id
        move = self.env["crm.segnalazione.move"].create(
            self._move_values(
                document_type, state, self.env["crm.segnalazione.transition"]
            )
        )
        order.write(
            {
                **values,
                "name": names[self.id],
                "segnalazione_type_id": document_type.id,
                "segnalazione_state_id": state.id,
                "locked": state.locks_lines,
            }
        )
        self._state_reached(move.transition_id, move)
        return self

    # ------------------------------------------------------------
    # THE CALENDAR
    # ------------------------------------------------------------

    def _follow_event(self, event):
        """Take over when an appointment takes place, after it was moved.

        :param calendar.event event: of these documents
        """
        for order in self.filtered(
            lambda order: (
                order.date_appointment != event.start or order.appointment_cancelled_on
            )
        ):
            before = order.date_appointment
            order.write(
                {"date_appointment": event.start, "appointment_cancelled_on": False}
            )
            order._note_on_document(
                self.env._(
                    "The appointment was moved from %(before)s to %(after)s.",
                    before=order._local_moment(before),
                    after=order._local_moment(event.start),
                )
            )

    def _event_cancelled(self):
        """Keep a trace of an appointment that left the calendar."""
        for order in self.filtered(lambda order: not order.appointment_cancelled_on):
            order.appointment_cancelled_on = fields.Datetime.now()
            order._note_on_document(
                self.env._(
                    "%(user)s has cancelled the appointment of %(date)s.",
                    user=self.env.user.name,
                    date=order._local_moment(order.date_appointment),
                )
            )

    def _note_on_document(self, text):
        """Write a note into the chatter that nobody gets a message of.

        :param str text: plain text
        """
        for order in self:
            order.message_post(
                body=Markup("<p>%s</p>") % text, subtype_xmlid="mail.mt_note"
            )

    def _local_moment(self, moment):
        """Return a moment as the company's people write it.

        :param datetime.datetime moment: naive UTC, may be empty
        :rtype: str
        """
        self.ensure_one()
        if not moment:
            return self.env._("no date")
        timezone = self.env["crm.planner"]._company_timezone(self.company_id)
        return fields.Datetime.context_timestamp(
            self.with_context(tz=str(timezone)), moment
        ).strftime("%d/%m/%Y %H:%M")
