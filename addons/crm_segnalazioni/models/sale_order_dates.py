from odoo import api, fields, models
from odoo.exceptions import AccessError


class SaleOrder(models.Model):
    """The dates of a document, stamped by its states and corrected with trace."""

    _inherit = "sale.order"

    date_quotation = fields.Date("Quotation Entered", copy=False)
    date_appointment = fields.Datetime(
        "Appointment Date",
        copy=False,
        index=True,
        help="When the agent visits the customer.",
    )
    date_visit = fields.Datetime("Visit Date", copy=False)
    date_signature = fields.Date("Signed by the Customer", copy=False)
    date_contract = fields.Date("Contract Entered", copy=False)
    date_confirmed = fields.Date("Confirmed on", copy=False, index="btree_not_null")
    date_cancelled = fields.Date("Cancelled on", copy=False)
    date_installation = fields.Date("Installation", copy=False)
    date_activation = fields.Date("Activation", copy=False)
    date_change_ids = fields.One2many(
        "crm.segnalazione.date.change", "order_id", "Corrected Dates", readonly=True
    )

    def write(self, vals):
        traced = self.env["crm.segnalazione.date"]._of_fields(vals)
        documents = self.filtered("segnalazione_type_id") if traced else self.browse()
        if not documents:
            return super().write(vals)
        documents._check_may_correct_dates()
        before = {
            (order.id, entry): order[entry.field_name]
            for order in documents
            for entry in traced
        }
        result = super().write(vals)
        documents._trace_dates(traced, before)
        return result

    def _check_may_correct_dates(self):
        """Let the back office correct dates, and nobody else.

        :raise AccessError: the user is somebody else
        """
        user = self.env.user
        if self.env.su or any(
            user.has_group(f"crm_callcenter.{group}")
            for group in ("group_back_office", "group_campaign_manager")
        ):
            return
        raise AccessError(
            self.env._(
                "Dates of a document are stamped by its states. Only the back office"
                " corrects them."
            )
        )

    def _trace_dates(self, entries, before):
        """Write down which dates were changed, by whom and why.

        :param crm.segnalazione.date entries: dates that were written
        :param dict before: earlier value by id of the document and date
        """
        if self.env.su and self.env.context.get("segnalazione_stamp"):
            return
        reason = self.env.context.get("segnalazione_reason")
        values = []
        for order in self:
            for entry in entries:
                old, new = before[order.id, entry], order[entry.field_name]
                if old != new:
                    values.append(
                        {
                            "order_id": order.id,
                            "date_id": entry.id,
                            "old_value": fields.Datetime.to_datetime(old),
                            "new_value": fields.Datetime.to_datetime(new),
                            "user_id": self.env.uid,
                            "date": fields.Datetime.now(),
                            "reason": reason,
                        }
                    )
        # sudo: nobody writes the trace by hand
        self.env["crm.segnalazione.date.change"].sudo().create(values)

    # ------------------------------------------------------------
    # STAMPS
    # ------------------------------------------------------------

    def _state_reached(self, transition, move):
        result = super()._state_reached(transition, move)
        self._stamp_dates(move)
        return result

    def _stamp_dates(self, move):
        """Stamp the dates that the new state, and the type, name.

        A date that is there already stays, since the first time counts; but for
        states that say otherwise, such as a second cancellation.

        :param crm.segnalazione.move move: trace of the step
        """
        self.ensure_one()
        state = move.to_state_id
        values = {}
        for entry, again in (
            (self.segnalazione_type_id.date_id, False),
            (state.date_id, state.is_date_again),
        ):
            name = entry.field_name
            if name in self._fields and (again or not self[name]):
                values[name] = entry._value_for(move.date)
        if values:
            # The movement is the trace of what it stamps.
            self.with_context(segnalazione_stamp=True).write(values)

    def action_correct_date(self):
        """Open the dialog that corrects a date.

        :return: the action
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct a Date"),
            "res_model": "crm.segnalazione.date.correct",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }


class CrmSegnalazioneState(models.Model):
    _inherit = "crm.segnalazione.state"

    date_id = fields.Many2one(
        "crm.segnalazione.date",
        "Stamps",
        ondelete="restrict",
        help="The date that a document gets when it comes to this state.",
    )
    is_date_again = fields.Boolean(
        "Stamps Again",
        help="The date is stamped each time. Otherwise the first time counts.",
    )


class CrmSegnalazioneType(models.Model):
    _inherit = "crm.segnalazione.type"

    date_id = fields.Many2one(
        "crm.segnalazione.date",
        "Stamps",
        ondelete="restrict",
        help="The date that a document gets when it becomes one of this type.",
    )


class CrmSegnalazioneDateChange(models.Model):
    """Trace of a date that was changed by hand."""

    _name = "crm.segnalazione.date.change"
    _description = "Corrected Date of a Document"
    _order = "id desc"
    _rec_name = "date_id"
    _log_access = False

    order_id = fields.Many2one(
        "sale.order", "Document", required=True, index=True, ondelete="cascade"
    )
    date_id = fields.Many2one(
        "crm.segnalazione.date", "Which Date", required=True, ondelete="cascade"
    )
    field_type = fields.Selection(related="date_id.field_type")
    old_value = fields.Datetime("Before")
    new_value = fields.Datetime("After")
    old_label = fields.Char("Date Before", compute="_compute_labels")
    new_label = fields.Char("Date After", compute="_compute_labels")
    user_id = fields.Many2one("res.users", "By", required=True, ondelete="restrict")
    date = fields.Datetime("On", required=True)
    reason = fields.Char()

    @api.depends("old_value", "new_value", "date_id")
    def _compute_labels(self):
        for change in self:
            change.old_label = change._label(change.old_value)
            change.new_label = change._label(change.new_value)

    def _label(self, value):
        """Return a value as people read it: days have no hours and no time zone."""
        if not value:
            return ""
        if self.date_id.field_type == "date":
            return self.env["ir.qweb.field.date"].value_to_html(value.date(), {})
        return self.env["ir.qweb.field.datetime"].value_to_html(value, {})
