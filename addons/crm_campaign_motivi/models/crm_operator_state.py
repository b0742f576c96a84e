from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

from ..tools.claim_sql import NOW

STATES = [
    ("ready", "Ready"),
    ("on_call", "On a Call"),
    ("after_call", "After the Call"),
    ("pause", "On Pause"),
]
#: A desk without a sign of life for so many minutes is closed.
STALE_MINUTES = 3
_COLUMNS = (
    "state",
    "since",
    "reason_id",
    "campaign_id",
    "seen_at",
    "wanted_reason_id",
)


class CrmOperatorState(models.Model):
    """What each operator is doing now: one row for each, and no history.

    ``_set_state`` is the only way in: the desk drives it by the dial and the key for a
    call that has ended; a dialler drives the same. The time that each state took goes
    to ``crm.operator.time``, which knows when it may keep whose it was.
    """

    _name = "crm.operator.state"
    _description = "State of an Operator"
    _log_access = False
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    state = fields.Selection(STATES, help="Empty: not at the desk.")
    since = fields.Datetime()
    reason_id = fields.Many2one("crm.pause.reason", ondelete="set null")
    wanted_reason_id = fields.Many2one(
        "crm.pause.reason",
        ondelete="set null",
        help="Of the pause that begins after the name in hand.",
    )
    campaign_id = fields.Many2one("utm.campaign", ondelete="set null", index=True)
    seen_at = fields.Datetime()
    session = fields.Char(
        groups=fields.NO_ACCESS, help="Of the window that is the operator's desk."
    )
    last_outcome_id = fields.Many2one("crm.outcome", ondelete="set null")

    _user_once = models.Constraint("UNIQUE (user_id)", "A user is in one state.")

    # ------------------------------------------------------------
    # CHANGES, each on a short cursor of its own: others see it at once
    # ------------------------------------------------------------

    @api.model
    def _set_state(
        self,
        user,
        state,
        reason=None,
        campaign=None,
        *,
        after_name=False,
        outcome=None,
        unless=(),
    ):
        """Put an operator into a state.

        :param res.users user: who
        :param str | None state: one of ``STATES``; ``None``: not at the desk any more
        :param crm.pause.reason reason: of a pause
        :param utm.campaign campaign: on which; by default the one of before
        :param bool after_name: a name has been left: a pause that was asked for begins
        :param crm.outcome outcome: the last one of the operator
        :param tuple unless: states that stay as they are
        :return: ``_describe`` of the state that holds now
        :rtype: dict
        """
        if state not in (None, *dict(STATES)) or (state == "pause" and not reason):
            raise UserError(self.env._("An operator can't be in this state."))
        with read_committed_cursor(self.env.registry) as cr:
            states = self.with_env(self.env(cr=cr, su=True))
            old = states._locked_row(user.id)
            if old["state"] in unless:
                return states._describe_row(old)
            new = {
                "state": state,
                "reason_id": reason.id if state == "pause" else None,
                "campaign_id": campaign.id if campaign else old["campaign_id"],
                "wanted_reason_id": old["wanted_reason_id"],
            }
            if after_name and old["wanted_reason_id"]:
                new.update(state="pause", reason_id=old["wanted_reason_id"])
            if after_name or state in (None, "pause"):
                new["wanted_reason_id"] = None
            states._change(user.id, old, new, outcome)
            return states._describe_row(new)

    @api.model
    def _locked_row(self, user_id):
        """Return the row of a user by column, locked; it is made if need be."""
        query = SQL(
            "SELECT %s FROM crm_operator_state WHERE user_id = %s FOR UPDATE",
            SQL(", ").join(map(SQL.identifier, _COLUMNS)),
            user_id,
        )
        rows = self.env.execute_query(query)
        if not rows:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_operator_state (user_id, seen_at) VALUES (%s, %s)"
                    " ON CONFLICT (user_id) DO NOTHING",
                    user_id,
                    NOW,
                )
            )
            rows = self.env.execute_query(query)
        return dict(zip(_COLUMNS, rows[0], strict=True))

    @api.model
    def _change(self, user_id, old, new, outcome=None):
        """Write a state, and how long the one before it lasted.

        :param dict old: the row as it was
        :param dict new: how it is to be; since when is added
        """
        now = fields.Datetime.now()
        is_same = all(old[name] == new[name] for name in ("state", "reason_id")) and (
            old["campaign_id"] == new["campaign_id"]
        )
        if not is_same:
            self._record_time(user_id, old, now)
        new["since"] = old["since"] if is_same and old["since"] else now
        self.env.cr.execute(
            SQL(
                """UPDATE crm_operator_state
                      SET state = %s, reason_id = %s, campaign_id = %s,
                          wanted_reason_id = %s, seen_at = %s, since = %s,
                          last_outcome_id = coalesce(%s, last_outcome_id)
                    WHERE user_id = %s""",
                new["state"],
                new["reason_id"],
                new["campaign_id"],
                new["wanted_reason_id"],
                now,
                new["since"],
                outcome.id if outcome else None,
                user_id,
            )
        )
        self.invalidate_model()
        if not is_same or outcome:
            self._tell_pages({old["campaign_id"], new["campaign_id"]})

    @api.model
    def _record_time(self, user_id, old, now):
        """Add the time that a state took to the sums.

        :param dict old: the row as it was
        :param datetime.datetime now: naive UTC
        """
        if not old["state"] or not old["since"]:
            return
        # A campaign that is gone has taken itself out of the row.
        campaign = self.env["utm.campaign"].browse(old["campaign_id"] or ())
        if campaign.is_training:
            return
        seen = max(old["since"], old["seen_at"] or old["since"])
        until = seen if now - seen > timedelta(minutes=STALE_MINUTES) else now
        company = (
            campaign._rule_company()
            if campaign
            else self.env["res.users"].browse(user_id).company_id
        )
        allowed = company._is_individual_monitoring_allowed()
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_operator_time AS known
                          (day, campaign_id, state, reason_id, user_id, seconds, times)
                   VALUES (%s, %s, %s, %s, %s, %s, 1)
              ON CONFLICT (day, coalesce(campaign_id, 0), state,
                           coalesce(reason_id, 0), coalesce(user_id, 0))
                       DO UPDATE SET seconds = known.seconds + excluded.seconds,
                                     times = known.times + 1""",
                company._local_day(old["since"]),
                campaign.id or None,
                old["state"],
                old["reason_id"],
                user_id if allowed else None,
                max(0, round((until - old["since"]).total_seconds())),
            )
        )

    @api.model
    def _tell_pages(self, campaign_ids):
        """Let the pages of campaigns read who is in which state."""
        campaigns = self.env["utm.campaign"].browse(filter(None, campaign_ids))
        campaigns._announce_change()

    @api.model
    def _want_pause(self, user, reason=None):
        """Note that a pause begins after the name in hand, or that it doesn't.

        :param crm.pause.reason reason: of the pause; none: not wanted any more
        :rtype: dict
        """
        with read_committed_cursor(self.env.registry) as cr:
            states = self.with_env(self.env(cr=cr, su=True))
            states._locked_row(user.id)
            cr.execute(
                SQL(
                    "UPDATE crm_operator_state SET wanted_reason_id = %s"
                    " WHERE user_id = %s",
                    reason.id if reason else None,
                    user.id,
                )
            )
            return states._describe(user.id)

    @api.model
    def _seen(self, user):
        """Note a sign of life of a desk.

        :rtype: dict
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    "UPDATE crm_operator_state SET seen_at = %s WHERE user_id = %s",
                    NOW,
                    user.id,
                )
            )
            return self.with_env(self.env(cr=cr, su=True))._describe(user.id)

    @api.model
    def _cron_end_stale(self):
        """Cron: operators whose desk gives no sign of life are not at the desk."""
        # sudo: whose desk it is doesn't matter
        stale = self.sudo().search(
            [
                ("state", "!=", False),
                (
                    "seen_at",
                    "<",
                    fields.Datetime.now() - timedelta(minutes=STALE_MINUTES),
                ),
            ],
            limit=500,
        )
        for user in stale.user_id:
            self._set_state(user, None)

    # ------------------------------------------------------------
    # WHAT IS SHOWN
    # ------------------------------------------------------------

    @api.model
    def _describe(self, user_id):
        """Return the state of a user for the user's own desk.

        :return: ``state``, ``since`` (UTC), ``reason`` and ``wanted`` (``id``,
            ``name``, ``max_minutes``, or ``None``)
        :rtype: dict
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT state, since, reason_id, wanted_reason_id
                     FROM crm_operator_state WHERE user_id = %s""",
                user_id,
            )
        )
        names = ("state", "since", "reason_id", "wanted_reason_id")
        row = rows[0] if rows else (None,) * len(names)
        return self._describe_row(dict(zip(names, row, strict=True)))

    @api.model
    def _describe_row(self, row):
        # sudo: reasons are open to all who work at a desk
        reasons = self.env["crm.pause.reason"].sudo()
        return {
            "state": row["state"],
            "since": fields.Datetime.to_string(row["since"]) if row["since"] else None,
            "reason": self._describe_reason(reasons.browse(row["reason_id"] or ())),
            "wanted": self._describe_reason(
                reasons.browse(row["wanted_reason_id"] or ())
            ),
        }

    @api.model
    def _describe_reason(self, reason):
        if not reason:
            return None
        return {
            "id": reason.id,
            "name": reason.name,
            "max_minutes": reason.max_minutes,
        }

    @api.model
    def _on_campaign(self, campaign):
        """Return the rows of those who are at their desk for a campaign.

        :rtype: crm.operator.state
        """
        # sudo: whoever may watch the campaign may see who is at work on it
        return self.sudo().search(
            [
                ("campaign_id", "=", campaign.id),
                ("state", "!=", False),
                (
                    "seen_at",
                    ">=",
                    fields.Datetime.now() - timedelta(minutes=STALE_MINUTES),
                ),
            ],
            limit=500,
        )
