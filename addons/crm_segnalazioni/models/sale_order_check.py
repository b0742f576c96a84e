from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class SaleOrder(models.Model):
    """Until its check is passed, neither agent nor customer gets a document."""

    _inherit = "sale.order"

    quality_state = fields.Selection(
        [
            ("pending", "To Check"),
            ("returned", "Sent Back"),
            ("passed", "Passed"),
        ],
        "Quality Check",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Empty: documents of this type are not checked.",
    )
    # Stored, so that the rules of agents can ask for it.
    is_held_for_check = fields.Boolean(
        "Held for the Check",
        readonly=True,
        copy=False,
        help="Its agent doesn't see it yet.",
    )
    check_ids = fields.One2many(
        "crm.segnalazione.check", "order_id", "Quality Checks", readonly=True
    )
    _held = models.Index("(opportunity_id) WHERE is_held_for_check")

    # ------------------------------------------------------------
    # STEPS
    # ------------------------------------------------------------

    def _state_reached(self, transition, move):
        result = super()._state_reached(transition, move)
        if (
            not transition
            and self.segnalazione_type_id.needs_quality_check
            and not self.quality_state
        ):
            self.env["crm.segnalazione.check"]._begin(self)
            self._hold("pending")
        elif self.is_held_for_check and move.to_state_id.category == "cancelled":
            self._end_check()
        return result

    def _transition_obstacles(self, transition):
        obstacles = super()._transition_obstacles(transition)
        # sudo: whether it is held is asked for whoever takes the step
        order = self.sudo()
        if (
            order.is_held_for_check
            and not transition.is_during_check
            and transition.to_state_id.category != "cancelled"
        ):
            obstacles.append(self._held_sentence())
        return obstacles

    def _held_sentence(self):
        self.ensure_one()
        # sudo: see _transition_obstacles
        if self.sudo().quality_state == "returned":
            return self.env._(
                "%(document)s was sent back to the operator by the quality check.",
                document=self.name,
            )
        return self.env._(
            "%(document)s waits for the quality check of the back office.",
            document=self.name,
        )

    def action_quotation_send(self):
        for order in self:
            if order.is_held_for_check:
                raise UserError(order._held_sentence())
        return super().action_quotation_send()

    def _message_auto_subscribe_notify(self, partner_ids, template):
        # Whom a held document is given to hears of it when the check is passed.
        told = self.filtered(lambda order: not order.is_held_for_check)
        return super(SaleOrder, told)._message_auto_subscribe_notify(
            partner_ids, template
        )

    # ------------------------------------------------------------
    # THE CHECK
    # ------------------------------------------------------------

    def _hold(self, state):
        """Keep the document and its appointment from agent and customer, or release it.

        :param str state: of ``quality_state``
        """
        self.ensure_one()
        held = state != "passed"
        self.write({"quality_state": state, "is_held_for_check": held})
        event = self.appointment_event_id
        if event:
            # Past the ORM: nothing of the appointment changes but who sees it.
            event.flush_recordset()
            self.env.cr.execute(
                SQL(
                    "UPDATE calendar_event SET is_held_for_check = %s WHERE id = %s",
                    held,
                    event.id,
                )
            )
            event.invalidate_recordset(["is_held_for_check"])

    def _end_check(self):
        """Close the check of a document that is cancelled; its agent never sees it."""
        self.ensure_one()
        self._end_sent_back()
        waiting = self.check_ids.filtered(
            lambda check: check.state != "passed" and not check.answered_on
        )
        waiting.write(
            {
                "state": "returned",
                "answer": self.env._("The document is cancelled."),
                "answered_on": fields.Datetime.now(),
            }
        )

    def _check_passed(self):
        """Let the document go to its agent."""
        self.ensure_one()
        self._hold("passed")
        self._end_sent_back()
        self._note_on_document(self.env._("The quality check is passed."))
        if self.user_id and self.user_id != self.env.user:
            self.message_notify(
                partner_ids=self.user_id.partner_id.ids,
                subject=self.env._("New document: %(name)s", name=self.name),
                body=Markup("<p>%s</p>")
                % self.env._(
                    "%(customer)s, appointment: %(date)s.",
                    customer=self.partner_id.name,
                    date=self._local_moment(self.date_appointment),
                ),
            )

    def _check_returned(self, check):
        """Tell the operator what is to be put right.

        :param crm.segnalazione.check check: the round that was not passed
        """
        self.ensure_one()
        self._hold("returned")
        self._note_on_document(
            self.env._("Sent back by the check: %(reason)s", reason=check.reason)
        )
        # Whoever has left, or the system, puts nothing right: then it is whoever sent
        # it back.
        user = check.operator_id if check.operator_id.active else self.env.user
        # Without a mail: the operator has it among the activities.
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "crm_segnalazioni.activity_type_sent_back",
            user_id=user.id,
            summary=self.env._("Put right: %(document)s", document=self.name),
            note=check.reason,
        )

    def _check_answered(self, check):
        """Open the next round after the operator has put something right.

        :param crm.segnalazione.check check: the round before
        :return: the next one
        :rtype: crm.segnalazione.check
        """
        self.ensure_one()
        self._end_sent_back()
        self._note_on_document(
            self.env._("Put right by the operator: %(answer)s", answer=check.answer)
        )
        self._hold("pending")
        return self.env["crm.segnalazione.check"]._begin(self)

    def _end_sent_back(self):
        self.activity_unlink(["crm_segnalazioni.activity_type_sent_back"])

    def action_open_check(self):
        """Button: the last round of the check of this document.

        :rtype: dict
        """
        self.ensure_one()
        check = self.check_ids.sorted("id")[-1:]
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.segnalazione.check",
            "res_id": check.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    is_held_for_check = fields.Boolean(
        "Held for the Check",
        readonly=True,
        copy=False,
        help="Its agent doesn't see it until the back office has checked it. The time"
        " is taken.",
    )

    def _may_tell_customer(self):
        # The customer hears of it when the check is passed, as the agent does.
        return super()._may_tell_customer() and not self.is_held_for_check


class CalendarAlarmManager(models.AbstractModel):
    _inherit = "calendar.alarm_manager"

    @api.model
    def _get_next_potential_limit_alarm(self, alarm_type, seconds=None, partners=None):
        """Remind nobody of an appointment that its agent may not see yet."""
        result = super()._get_next_potential_limit_alarm(
            alarm_type, seconds=seconds, partners=partners
        )
        if not result:
            return result
        # sudo: which of them are held is asked for whoever is reminded
        held = (
            self.env["calendar.event"]
            .sudo()
            .search([("id", "in", list(result)), ("is_held_for_check", "=", True)])
        )
        return {key: value for key, value in result.items() if key not in held._ids}
