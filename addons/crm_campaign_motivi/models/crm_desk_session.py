from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

from .crm_operator_state import STALE_MINUTES

#: Told to all windows of an operator when one of them becomes the desk.
TAKEN_OVER = "crm_desk/taken_over"
#: A session is made by the browser; longer ones aren't.
_SESSION_LENGTH = 64


class CrmDesk(models.AbstractModel):
    """One desk per operator: the window opened last is the desk, all others freeze.

    A window that knows of sessions sends its own with each call, in the context. Other
    callers, such as a telephone exchange, send none and are not asked for one.
    """

    _inherit = "crm.desk"

    @api.model
    def begin(self, session):
        """Make a window the desk of the current user; another one freezes.

        :param str session: made by the window
        :return: ``state`` (see ``crm.operator.state``), ``reasons`` of pauses and
            ``is_taken_over``: whether another window was the desk just now
        :rtype: dict
        """
        desk = self.with_context(desk_session=False)
        desk._check_operator()
        session = str(session or "")[:_SESSION_LENGTH]
        if not session:
            raise UserError(self.env._("The desk is out of date. Reload the page."))
        is_taken_over = desk._begin_session(session)
        if is_taken_over:
            self.env.user._bus_send(TAKEN_OVER, {"session": session})
        return {
            "state": self.env["crm.operator.state"]._describe(self.env.uid),
            "reasons": desk._pause_reasons(),
            "is_taken_over": is_taken_over,
        }

    @api.model
    def _begin_session(self, session):
        """Note whose window is the desk, and that somebody sits at it.

        :return: whether another window was it just now
        :rtype: bool
        """
        states = self.env["crm.operator.state"]
        now = fields.Datetime.now()
        with read_committed_cursor(self.env.registry) as cr:
            states = states.with_env(self.env(cr=cr, su=True))
            old = states._locked_row(self.env.uid)
            cr.execute(
                SQL(
                    "SELECT session FROM crm_operator_state WHERE user_id = %s",
                    self.env.uid,
                )
            )
            [known] = cr.fetchone()
            seen = old["seen_at"] or now
            is_alive = bool(
                old["state"] and now - seen <= timedelta(minutes=STALE_MINUTES)
            )
            new = {**old, "state": old["state"] if is_alive else "ready"}
            if not is_alive:
                # The state of a closed desk ended with its last sign of life.
                states._record_time(self.env.uid, old, now)
                new.update(reason_id=None, wanted_reason_id=None)
                old = {**old, "state": None, "since": None}
            states._change(self.env.uid, old, new)
            cr.execute(
                SQL(
                    "UPDATE crm_operator_state SET session = %s WHERE user_id = %s",
                    session,
                    self.env.uid,
                )
            )
            return bool(is_alive and known and known != session)

    @api.model
    def leave(self, session):
        """The window of the desk is being closed: nothing is kept for it.

        The name in hand stays in hand, for a window that is opened again; see
        ``STALE_MINUTES`` for when the operator isn't at the desk any more.

        :param str session: of the window
        :rtype: bool
        """
        desk = self.with_context(desk_session=False)
        desk._check_operator()
        return desk._is_session(session) and desk.drop_ahead()

    @api.model
    def _is_session(self, session):
        rows = self.env.execute_query(
            SQL(
                "SELECT session FROM crm_operator_state WHERE user_id = %s",
                self.env.uid,
            )
        )
        return not rows or not rows[0][0] or rows[0][0] == str(session)

    @api.model
    def _check_operator(self):
        result = super()._check_operator()
        session = self.env.context.get("desk_session")
        if session and not self._is_session(session):
            error = UserError(
                self.env._(
                    "You have gone on in another window. This one is frozen: choose"
                    " Continue here to work in it again."
                )
            )
            # Read by the window, which then freezes.
            error.context = {"desk_is_frozen": True}
            raise error
        return result
