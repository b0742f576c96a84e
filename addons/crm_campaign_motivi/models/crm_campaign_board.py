from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_callcenter.models.crm_interaction_report import OUTCOMES_SQL

#: Days that a page looks back on, today included, and the steps of its chart.
PERIODS = {"today": (1, "hour"), "week": (7, "day")}
#: Kinds of outcomes in the order of the page; the last are outcomes without a kind.
KINDS = ("T", "C", "R", "N", "")
#: Hours that the chart of a day shows even while nobody calls, local.
_CALLING_HOURS = range(9, 20)
#: Names that wait for a call.
LEFT = ("to_call", "recall")
#: Who registered an outcome within so many minutes is at work.
_AT_WORK_MINUTES = 15

#: The outcomes of a period, once: by outcome, by person and by step of the chart.
_LEDGER = """
    WITH contact AS MATERIALIZED (
          SELECT COALESCE(back.outcome_id, i.outcome_id) AS outcome_id,
                 COALESCE(back.outcome_kind, i.outcome_kind, '') AS kind,
                 i.user_id, i.date, i.reversed_id,
                 date_trunc(%(unit)s, i.date AT TIME ZONE 'UTC'
                                      AT TIME ZONE %(zone)s) AS step,
                 %(counted)s AS counted
            FROM crm_interaction i
            JOIN crm_outcome o ON o.id = i.outcome_id
       LEFT JOIN crm_interaction back ON back.id = i.reversed_id
           WHERE i.campaign_id = %(campaign)s
             AND i.date >= %(start)s AND i.date < %(stop)s AND %(watched)s
             AND (i.reversed_id IS NOT NULL OR o.is_system IS NOT TRUE))
      SELECT GROUPING(outcome_id, user_id, step), outcome_id, user_id,
             step, kind, sum(counted)::int,
             sum(counted) FILTER (WHERE date >= %(hour_ago)s)::int,
             max(date) FILTER (WHERE reversed_id IS NULL)
        FROM contact
    GROUP BY GROUPING SETS ((outcome_id, kind), (user_id, kind),
                            (step, kind))"""


class CrmCampaignBoard(models.AbstractModel):
    """The coordinator's page of a campaign: everything on it in one answer.

    A few statements, each over an index that exists for it: the counts by state read
    one index only, the ledger is read from the beginning of the period, recalls up to
    tomorrow. A call, on this page, is an outcome that somebody registered in the
    campaign, less those taken back, as in the reports.
    """

    _name = "crm.campaign.board"
    _description = "Coordinator's Page"

    @api.model
    def get_campaigns(self):
        """Return the campaigns whose page the current user may watch.

        :return: ``id``, ``name`` and ``state``, running ones first
        :rtype: list[dict]
        """
        campaigns = self.env["utm.campaign"]
        watchable = campaigns.search(
            campaigns._watchable_domain() & Domain("is_template", "!=", True), limit=500
        )
        return [
            {
                "id": campaign.id,
                "name": campaign.title,
                "state": campaign.call_state,
            }
            for campaign in watchable.sorted(
                lambda campaign: (campaign.call_state != "running", campaign.title)
            )
        ]

    @api.model
    def get_board(self, campaign_id, period="today"):
        """Return all figures of a campaign's page.

        Whoever leads a group and not the campaign gets the counts of the lists on which
        it works, and of its members' calls.

        Days are those of the campaign's company. Per person only as individual
        monitoring allows: otherwise ``people`` holds one's own line at most and
        ``notice`` says why.

        :param int campaign_id: whose
        :param str period: ``today``, or ``week``: today and the six days before
        :return: ``campaign``, ``at`` (UTC), ``left``, ``total``, ``states``, ``calls``,
            ``calls_last_hour``, ``appointments``, ``hours_left`` (at the speed of the
            last hour, or None), ``at_work`` (operators), ``in_hand`` (names),
            ``outcomes``, ``kind_colors``, ``chart``, ``people``, ``notice``,
            ``forecast``, ``recalls``
        :rtype: dict
        :raise AccessError: the user may not watch it
        :raise UserError: the period is unknown
        """
        if period not in PERIODS:
            raise UserError(self.env._("Choose one of the periods of the page."))
        campaign = self.env["utm.campaign"].browse(int(campaign_id))
        campaign._check_watchable()
        # sudo: whoever may watch the page may see its counts; persons are left out of
        # them below
        board = self.sudo().with_company(campaign.company_id or self.env.company)
        return board._figures(campaign, period)

    @api.model
    def _figures(self, campaign, period):
        self.env.flush_all()
        start, stop, _days = self._bounds(period)
        counts = self._line_counts(campaign)
        ledger = self._ledger_counts(campaign, period)
        in_hand = self._in_hand(campaign)
        last_hour, at_work = ledger["now"]
        left = sum(count for _id, category, count in counts if category in LEFT)
        by_kind = self._sum_by(ledger["outcomes"], lambda row: row[1])
        people, notice = self._people(ledger["people"])
        return {
            "campaign": {
                "id": campaign.id,
                "name": campaign.title,
                "state": campaign.call_state,
            },
            "period": period,
            "at": fields.Datetime.to_string(fields.Datetime.now()),
            "left": left,
            "total": sum(count for _id, _category, count in counts),
            "states": self._states(counts),
            "calls": sum(by_kind.values()),
            "calls_last_hour": last_hour,
            "appointments": by_kind.get("T", 0),
            "hours_left": round(left / last_hour, 1) if last_hour > 0 else None,
            "at_work": len(at_work | set(in_hand)),
            "in_hand": len(in_hand),
            "outcomes": self._outcomes(ledger["outcomes"]),
            "kind_colors": self._kind_colors(),
            "chart": self._chart(ledger["steps"], period),
            "people": people,
            "notice": notice,
            "forecast": self._forecast(campaign),
            "recalls": self.env["crm.recall"]._figures(campaign, start, stop),
        }

    # ------------------------------------------------------------
    # PERIOD
    # ------------------------------------------------------------

    @api.model
    def _bounds(self, period):
        """Return start and stop (naive UTC) and the local days of a period."""
        points = self.env["crm.points"]
        today = points._today()
        count, _unit = PERIODS[period]
        days = [today - timedelta(days=ago) for ago in reversed(range(count))]
        return *points._bounds(days[0], days[-1]), days

    @api.model
    def _local(self, moment):
        timezone = self.env["crm.points"]._timezone()
        return pytz.utc.localize(moment).astimezone(timezone)

    # ------------------------------------------------------------
    # NAMES
    # ------------------------------------------------------------

    @api.model
    def _line_counts(self, campaign):
        """Count the campaign's names: list state id, category, count."""
        return self.env.execute_query(
            SQL(
                """SELECT list_state_id, category, count(*) FROM crm_call_list_line
                    WHERE campaign_id = %s AND %s GROUP BY list_state_id, category""",
                campaign.id,
                campaign._watched_lists_sql(SQL("list_id")),
            )
        )

    @api.model
    def _states(self, counts):
        """Return the list states in use, in their order, for the page."""
        by_state = self._sum_by(counts, lambda row: row[0])
        total = sum(by_state.values())
        states = self.env["crm.list.state"].with_context(active_test=False)
        rows = [
            {
                "id": state.id,
                "name": state.name,
                "color": state.color or "#6c757d",
                "category": state.category,
                "count": by_state[state.id],
                "share": round(100 * by_state[state.id] / total, 1),
            }
            for state in states.search([("id", "in", [id_ for id_ in by_state if id_])])
        ]
        if by_state.get(None):
            rows.append(
                {
                    "id": 0,
                    "name": self.env._("Without a state"),
                    "color": "#adb5bd",
                    "category": False,
                    "count": by_state[None],
                    "share": round(100 * by_state[None] / total, 1),
                }
            )
        return rows

    @api.model
    def _in_hand(self, campaign):
        """Return who has a name of the campaign in hand at this moment.

        :return: user ids
        :rtype: list[int]
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT claimed_by_id FROM crm_call_list_line
                    WHERE claimed_by_id IS NOT NULL AND claim_is_ahead IS NOT TRUE
                      AND campaign_id = %s
                      AND claimed_until > %s AND %s""",
                campaign.id,
                fields.Datetime.now(),
                campaign._watched_lists_sql(SQL("list_id")),
            )
        )
        return [user_id for (user_id,) in rows]

    @staticmethod
    def _sum_by(rows, key):
        """Add up the last element of rows by a key."""
        sums = {}
        for row in rows:
            sums[key(row)] = sums.get(key(row), 0) + row[-1]
        return sums

    # ------------------------------------------------------------
    # LEDGER
    # ------------------------------------------------------------

    @api.model
    def _ledger_counts(self, campaign, period):
        """Count the outcomes of a period in one pass over the campaign's ledger.

        What was taken back counts against its own outcome, at the time when it was
        taken back.

        :return: ``outcomes`` (outcome id, kind, count), ``people`` (user id, kind,
            count), ``steps`` (local start of the step, kind, count) and ``now``: calls
            of the last hour, and who is at work
        :rtype: dict
        """
        start, stop, _days = self._bounds(period)
        now = fields.Datetime.now()
        users = campaign._watched_user_ids()
        watched = SQL("TRUE") if users is None else SQL("i.user_id = ANY(%s)", users)
        rows = self.env.execute_query(
            SQL(
                _LEDGER,
                watched=watched,
                unit=PERIODS[period][1],
                zone=self.env["crm.points"]._timezone().zone,
                counted=OUTCOMES_SQL,
                campaign=campaign.id,
                start=start,
                stop=stop,
                hour_ago=now - timedelta(hours=1),
            )
        )
        return self._sort_ledger(rows, now - timedelta(minutes=_AT_WORK_MINUTES))

    @staticmethod
    def _sort_ledger(rows, just_now):
        """Tell the three ways of counting of ``_LEDGER`` apart."""
        result = {"outcomes": [], "people": [], "steps": []}
        last_hour, at_work = 0, set()
        for grouping, outcome_id, user_id, step, kind, count, lately, last in rows:
            if grouping == 0b011:
                result["outcomes"].append((outcome_id, kind, count))
                last_hour += lately or 0
            elif grouping == 0b101:
                result["people"].append((user_id, kind, count))
                if last and last >= just_now:
                    at_work.add(user_id)
            else:
                result["steps"].append((step, kind, count))
        result["now"] = last_hour, at_work
        return result

    @api.model
    def _outcomes(self, rows):
        """Return the outcomes of a period by kind, the most frequent first."""
        counts = {outcome_id: count for outcome_id, _kind, count in rows if count}
        kinds = {outcome_id: kind for outcome_id, kind, _count in rows}
        outcomes = self.env["crm.outcome"].browse(counts)
        most = max(counts.values(), default=0)
        result = [
            {
                "id": outcome.id,
                "name": outcome.name,
                "color": outcome.color,
                "kind": kinds[outcome.id],
                "count": counts[outcome.id],
                "width": max(0, round(100 * counts[outcome.id] / most)) if most else 0,
            }
            for outcome in outcomes
        ]
        result.sort(key=lambda row: (KINDS.index(row["kind"]), -row["count"]))
        return result

    @api.model
    def _kind_colors(self):
        """Return the colour of each kind: that of its first outcome, all day the same.

        :rtype: dict[str, str]
        """
        colors = {}
        for outcome in self.env["crm.outcome"].search([("kind", "!=", False)]):
            colors.setdefault(outcome.kind, outcome.color)
        return colors

    @api.model
    def _chart(self, rows, period):
        """Return calls by kind per hour of the day, or per day of the week.

        :return: ``steps`` (``label``, ``counts`` by kind, ``total``) and ``most``
        :rtype: dict
        """
        counts = {}
        for step, kind, count in rows:
            counts.setdefault(step, {})[kind] = max(0, count)
        _start, _stop, days = self._bounds(period)
        if PERIODS[period][1] == "hour":
            worked = {step.hour for step in counts}
            hours = sorted(worked | set(_CALLING_HOURS))
            labels = {hour: f"{hour}" for hour in range(hours[0], hours[-1] + 1)}
            by_label = {step.hour: found for step, found in counts.items()}
        else:
            labels = {day: day.strftime("%d/%m") for day in days}
            by_label = {step.date(): found for step, found in counts.items()}
        steps = []
        for key, label in labels.items():
            found = by_label.get(key, {})
            steps.append(
                {"label": label, "counts": found, "total": sum(found.values())}
            )
        return {
            "unit": PERIODS[period][1],
            "steps": steps,
            "most": max((step["total"] for step in steps), default=0),
        }

    @api.model
    def _people(self, rows):
        """Return the calls of each operator, as far as the company allows it.

        :return: the lines, and the sentence that says why there are no more
        :rtype: tuple[list, str | bool]
        """
        points = self.env["crm.points"].sudo(False)
        if points._sees_persons():
            notice, allowed = False, points._person_ids()
        else:
            notice = self.env["crm.interaction"]._monitoring_sentence()
            allowed = [self.env.uid]
        counts = {}
        for user_id, kind, count in rows:
            if allowed is None or user_id in allowed:
                counts.setdefault(user_id, {})[kind] = count
        users = self.env["res.users"].with_context(active_test=False)
        lines = [
            {
                "id": user.id,
                "name": user.name,
                "is_own": user.id == self.env.uid,
                "calls": sum(counts[user.id].values()),
                "appointments": counts[user.id].get("T", 0),
                "sales": counts[user.id].get("C", 0),
            }
            for user in users.browse(counts)
        ]
        lines.sort(key=lambda line: (-line["appointments"], -line["calls"]))
        return lines, notice

    # ------------------------------------------------------------
    # RECALLS
    # ------------------------------------------------------------

    @api.model
    def _forecast(self, campaign):
        """Return the forecast of recalls as the page draws it, today and tomorrow.

        :return: ``overdue``, ``overdue_automatic``, ``most`` and ``days``: each with
            its ``label``, ``promised``, ``automatic`` and ``slots`` (``label`` of the
            local time, ``promised``, ``automatic``)
        :rtype: dict
        """
        forecast = self.env["crm.recall.forecast"]._per_half_hour(campaign)
        found = {}
        for slot in forecast.pop("slots"):
            found[self._local(slot["start"]).replace(tzinfo=None)] = slot
        today = self.env["crm.points"]._today()
        days = []
        for ahead, label in enumerate((self.env._("Today"), self.env._("Tomorrow"))):
            day = today + timedelta(days=ahead)
            slots = self._day_slots(
                {at: slot for at, slot in found.items() if at.date() == day},
                since=None if ahead else self._local(fields.Datetime.now()),
            )
            days.append(
                {
                    "label": label,
                    "promised": sum(slot["promised"] for slot in slots),
                    "automatic": sum(slot["automatic"] for slot in slots),
                    "slots": slots,
                }
            )
        slots = [slot for day in days for slot in day["slots"]]
        most = max((s["promised"] + s["automatic"] for s in slots), default=0)
        return {**forecast, "most": most, "days": days}

    @api.model
    def _day_slots(self, found, since=None):
        """Return the half hours of a day's calling hours, and others that hold some.

        :param datetime.datetime since: local; of today, what is over is left out
        """
        hours = {at.hour for at in found} | set(_CALLING_HOURS)
        slots = {
            (at.hour, at.minute): (slot["promised"], slot["automatic"])
            for at, slot in found.items()
        }
        return [
            {
                "label": f"{hour}:{minute:02}",
                "promised": slots.get((hour, minute), (0, 0))[0],
                "automatic": slots.get((hour, minute), (0, 0))[1],
            }
            for hour in range(min(hours), max(hours) + 1)
            for minute in (0, 30)
            if not since or (hour, minute + 30) > (since.hour, since.minute)
        ]
