from odoo import fields, models


class SaleOrder(models.Model):
    """On which days a document counted as visit, contract and confirmed contract."""

    _inherit = "sale.order"

    visited_on = fields.Date(
        "Counted as Visit on", readonly=True, copy=False, index="btree_not_null"
    )
    contract_on = fields.Date(
        "Counted as Contract on", readonly=True, copy=False, index="btree_not_null"
    )
    confirmed_on = fields.Date(
        "Counted as Confirmed on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Empty again once the document is lost or cancelled.",
    )

    def _state_reached(self, transition, move):
        result = super()._state_reached(transition, move)
        values = self._figure_values(transition, move)
        if values:
            self.write(values)
        return result

    def _figure_values(self, transition, move):
        """Return what a step changes in the days on which a document counted.

        :param crm.segnalazione.transition transition: the step
        :param crm.segnalazione.move move: its trace
        :rtype: dict
        """
        self.ensure_one()
        state = move.to_state_id
        values = {}
        if state.category in ("lost", "cancelled"):
            values["confirmed_on"] = False
        elif transition.is_backward:
            if not state.is_confirmed:
                values["confirmed_on"] = False
                if not state.is_contract:
                    values["contract_on"] = False
        if self.segnalazione_type_id.is_counted:
            reached = self._figures_reached(state)
            day = self.env["crm.planner"]._local_day(move.date)
            values.update({name: day for name in reached if not self[name]})
        return {name: value for name, value in values.items() if value or self[name]}

    def _figures_reached(self, state):
        """Return which figures a state means, with those that it includes.

        Who signs at home was visited, and what is confirmed is a contract.

        :param crm.segnalazione.state state: the state
        :rtype: list[str]
        """
        names = []
        is_contract = state.is_contract or state.is_confirmed
        if state.is_visited or (is_contract and self.appointment_event_id):
            names.append("visited_on")
        if is_contract:
            names.append("contract_on")
        if state.is_confirmed:
            names.append("confirmed_on")
        return names
