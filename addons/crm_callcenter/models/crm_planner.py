from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.due_date import next_due, time_of_day

DEFAULT_TIMEZONE = "Europe/Rome"
#: Days from the due date within which an agent's free time is looked for.
MEETING_HORIZON_DAYS = 21
#: So many free times are tried, when others take them at the same moment.
MEETING_TRIES = 5

#: The user of a name who gets the next action, by the choice of the relation.
_ASSIGNEE_COLUMNS = {
    "salesperson": "user_id",
    "contact": "contact_user_id",
    "technician": "technician_id",
}


class CrmPlanner(models.AbstractModel):
    """Plans actions on names: one, or a hundred thousand, with the same statement."""

    _name = "crm.planner"
    _description = "Planner of Actions"

    # ------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------

    @api.model
    def _due(self, days, hours, closing=None):
        """Return when an action is due after an outcome.

        :param int days: days from closing
        :param int hours: hours from closing
        :param datetime.datetime closing: naive UTC, now by default
        :return: naive UTC; see ``tools.due_date.next_due``
        :rtype: datetime.datetime
        """
        company = self.env.company.sudo()  # sudo: parameters, no secrets
        closing = pytz.utc.localize(closing or fields.Datetime.now())
        timezone = self._company_timezone(company)
        local = closing.astimezone(timezone).replace(tzinfo=None, microsecond=0)
        due = next_due(
            local,
            days,
            hours,
            time_of_day(company.next_action_time),
            company._is_working_day,
        )
        if due == local + timedelta(days=days, hours=hours) and not days:
            # Hours are counted, not read off a clock that may just have been changed.
            due_utc = closing + timedelta(hours=hours)
        else:
            due_utc = timezone.localize(due).astimezone(pytz.utc)
        return due_utc.replace(tzinfo=None, microsecond=0)

    @api.model
    def _company_timezone(self, company):
        calendar = company.action_calendar_id or company.resource_calendar_id
        return pytz.timezone(calendar.tz or DEFAULT_TIMEZONE)

    @api.model
    def _local_day(self, moment, user=None):
        """Return the day of a moment where a user lives.

        :param datetime.datetime moment: naive UTC
        :param res.users user: whose day; the company's by default
        :rtype: datetime.date
        """
        # sudo: the time zone of a colleague
        timezone = (
            pytz.timezone(user.sudo().tz)
            if user and user.sudo().tz
            else self._company_timezone(self.env.company.sudo())
        )
        return pytz.utc.localize(moment).astimezone(timezone).date()

    @api.model
    def _end_of_day(self, user):
        """Return the last moment of today where a user lives.

        :param res.users user: whose day
        :return: naive UTC
        :rtype: datetime.datetime
        """
        # sudo: the time zone of a colleague, or of the company
        zone = pytz.timezone(
            user.sudo().tz or self._company_timezone(self.env.company.sudo()).zone
        )
        today = pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()
        last = zone.localize(datetime.combine(today, time.max))
        return last.astimezone(pytz.utc).replace(tzinfo=None)

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    @api.model
    def _assignee(self, kind, lead, me, fixed_user=None):
        """Return who does the next action with a name.

        :param str kind: one of ``crm_relation.ASSIGNEES``
        :param crm.lead lead: the name
        :param res.users me: who registers the outcome
        :param res.users fixed_user: for the kind ``fixed``
        :return: the user; empty means the unassigned pool
        :rtype: res.users
        """
        if kind == "me":
            user = me
        elif kind == "fixed":
            user = fixed_user
        elif kind == "everyone":
            user = self.env["res.users"]
        else:
            user = lead[_ASSIGNEE_COLUMNS[kind]]
        user = (user or self.env["res.users"]).sudo()  # sudo: whether it is active
        return user if user.active and not user.share else self.env["res.users"]

    @api.model
    def _assignee_sql(self, kind, me, fixed_user=None):
        """Return the same as an expression over ``crm_lead`` as ``lead``.

        :rtype: SQL
        """
        if kind == "everyone":
            return SQL("NULL::integer")
        if kind in ("me", "fixed"):
            user = me if kind == "me" else fixed_user
            wanted = SQL("%s", user.id or None)
        else:
            wanted = SQL.identifier("lead", _ASSIGNEE_COLUMNS[kind])
        return SQL(
            "(SELECT u.id FROM res_users u"
            " WHERE u.id = %s AND u.active AND u.share IS NOT TRUE)",
            wanted,
        )

    # ------------------------------------------------------------
    # WHAT
    # ------------------------------------------------------------

    @api.model
    def _plan(self, lead, activity_type, user, due, lead_process=None):
        """Plan one action with a name.

        :param crm.lead lead: the name
        :param mail.activity.type activity_type: what
        :param res.users user: who; empty means the pool
        :param datetime.datetime due: naive UTC
        :param crm.lead.process lead_process: the process that it belongs to
        :rtype: mail.activity
        """
        event = self.env["calendar.event"]
        if activity_type.is_meeting:
            event = self._plan_meeting(lead, activity_type, user, due)
        [activity_id] = self._insert_actions(
            activity_type,
            event.start or due,
            self._one_source(lead, user),
            lead_process=lead_process,
            event=event,
        )
        return self.env["mail.activity"].browse(activity_id)

    @api.model
    def _one_source(self, lead, user):
        """Return the source of ``_insert_actions`` for one name.

        :rtype: SQL
        """
        return SQL(
            "SELECT %s AS lead_id, %s::integer AS user_id", lead.id, user.id or None
        )

    @api.model
    def _plan_meeting(self, lead, activity_type, user, due):
        """Put a meeting into the first free time of a user, if there is any.

        The outcome never fails because of it: without free time there is no event,
        and the action waits to be scheduled.

        :return: the event, or an empty record
        :rtype: calendar.event
        """
        nothing = self.env["calendar.event"]
        if not user:
            return nothing
        slots = self.env["crm.agenda"]._free_slots(
            user,
            due,
            due + timedelta(days=MEETING_HORIZON_DAYS),
            activity_type.duration_minutes,
        )
        for start, stop in self._slots_with_room(user, lead.zone_id, slots[user.id]):
            event = lead._book_visit(user, start, stop, activity_type)
            if event:
                return event
        return nothing

    @api.model
    def _slots_with_room(self, user, zone, slots):
        """Return the first slots in weeks that aren't full yet for who covers a zone.

        :param res.users user: whose time
        :param crm.zone zone: of the name; may be empty
        :param list slots: pairs (start, stop), naive UTC, in their order
        :return: a few of them, the next ones are for when somebody is quicker
        :rtype: list[tuple]
        """
        if not zone:
            return slots[:MEETING_TRIES]
        covers, room, found = self.env["crm.zone.agent"], {}, []
        for start, stop in slots:
            monday = start.date() - timedelta(days=start.weekday())
            if monday not in room:
                room[monday] = covers._agents_with_room(user, zone, monday)
            if room[monday]:
                found.append((start, stop))
                if len(found) == MEETING_TRIES:
                    break
        return found

    @api.model
    def _insert_actions(
        self, activity_type, due, source, lead_process=None, event=None, note=None
    ):
        """Plan one action with each of many names, in one statement.

        What Odoo does one by one is done for all: followers, counters on the
        screens of those who get them.

        :param mail.activity.type activity_type: what
        :param datetime.datetime due: naive UTC
        :param SQL source: a query that yields ``lead_id`` and ``user_id`` (or NULL)
        :param crm.lead.process lead_process: the process they belong to; by default
            the one that is open with the name and includes the type
        :param calendar.event event: when it stands in a calendar already
        :param str note: HTML for the action
        :return: ids of the planned actions
        :rtype: list[int]
        """
        timezone = self._company_timezone(self.env.company.sudo()).zone
        process = SQL("NULL::integer")
        process_ids = self.env["crm.process"]._ids_by_type().get(activity_type.id)
        if lead_process:
            process = SQL("%s::integer", lead_process.id)
        elif process_ids:
            process = SQL(
                """(SELECT lp.id FROM crm_lead_process lp
                     WHERE lp.lead_id = lead.id AND lp.date_close IS NULL
                       AND lp.process_id = ANY(%s)
                  ORDER BY lp.id DESC LIMIT 1)""",
                process_ids,
            )
        self.env["mail.activity"].flush_model()
        self.env["crm.lead"].flush_model(["name"])
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO mail_activity (
                    res_model_id, res_model, res_id, res_name, activity_type_id,
                    summary, date_deadline, date_planned, automated, user_id, user_tz,
                    active, create_uid, write_uid, create_date, write_date, note,
                    lead_process_id, calendar_event_id, needs_scheduling)
                SELECT %(model_id)s, 'crm.lead', lead.id, lead.name, %(type)s,
                       %(summary)s,
                       (%(due)s::timestamp AT TIME ZONE 'UTC'
                        AT TIME ZONE COALESCE(partner.tz, %(timezone)s))::date,
                       %(due)s, true, source.user_id, partner.tz,
                       true, %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC',
                       now() AT TIME ZONE 'UTC', %(note)s, %(process)s, %(event)s,
                       %(needs_scheduling)s
                  FROM (%(source)s) AS source
                  JOIN crm_lead lead ON lead.id = source.lead_id
             LEFT JOIN res_users u ON u.id = source.user_id
             LEFT JOIN res_partner partner ON partner.id = u.partner_id
             RETURNING id, user_id, date_deadline
                """,
                model_id=self.env["ir.model"]._get_id("crm.lead"),
                type=activity_type.id,
                summary=activity_type.summary or None,
                due=due,
                timezone=timezone,
                uid=self.env.uid,
                note=note,
                process=process,
                event=event.id if event else None,
                needs_scheduling=bool(activity_type.is_meeting and not event),
                source=source,
            )
        )
        ids = [row[0] for row in rows]
        self.env["mail.activity"].invalidate_model()
        self.env["crm.lead"].invalidate_model(["activity_ids"])
        self._follow(ids if any(row[1] for row in rows) else [])
        self._count_on_screens(rows)
        return ids

    @api.model
    def _follow(self, activity_ids):
        """Let those who got an action follow its name, as Odoo does."""
        if activity_ids:
            self._follow_names(
                SQL(
                    """SELECT DISTINCT a.res_id AS lead_id, u.partner_id
                         FROM mail_activity a JOIN res_users u ON u.id = a.user_id
                        WHERE a.id = ANY(%s)""",
                    activity_ids,
                )
            )

    @api.model
    def _follow_names(self, source):
        """Let people follow names, with what Odoo tells followers by default.

        :param SQL source: a query that yields ``lead_id`` and ``partner_id``, each
            pair once
        """
        # PostgreSQL plans the check of a foreign key once per connection. Planned while
        # there are few followers it would read the whole, growing table for each row.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            SQL(
                """
                WITH added AS (
                    INSERT INTO mail_followers (res_model, res_id, partner_id)
                    SELECT 'crm.lead', source.lead_id, source.partner_id
                      FROM (%s) AS source
                    ON CONFLICT DO NOTHING
                    RETURNING id)
                INSERT INTO mail_followers_mail_message_subtype_rel
                       (mail_followers_id, mail_message_subtype_id)
                SELECT added.id, subtype.id
                  FROM added CROSS JOIN mail_message_subtype subtype
                 WHERE subtype.default AND (subtype.res_model = 'crm.lead'
                                            OR subtype.res_model IS NULL)
                """,
                source,
            )
        )
        self.env.cr.execute("SET LOCAL enable_seqscan = on")
        self.env["mail.followers"].invalidate_model()

    @api.model
    def _count_on_screens(self, rows):
        """Move the counters of those who got actions for today."""
        today = fields.Date.today()
        counts = {}
        for _activity_id, user_id, deadline in rows:
            if user_id and deadline <= today:
                counts[user_id] = counts.get(user_id, 0) + 1
        for user_id, count in counts.items():
            # sudo: a signal to a colleague's screen
            self.env["res.users"].sudo().browse(user_id)._bus_send(
                "mail.activity/updated", {"activity_created": True, "count_diff": count}
            )
