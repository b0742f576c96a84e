"""Every row of the schemes that ship with the product, walked one by one."""

from datetime import date, datetime, timedelta

import pytz
from freezegun import freeze_time

from odoo.tests import tagged

from .common import CallcenterCommon

ROME = pytz.timezone("Europe/Rome")
#: What stands in the customer's document, section 3: type, outcome, the state that the
#: name gets (None: unchanged), points, next action and the days until it, and how it
#: ends the process.
DEFAULT_SCHEME = [
    # Tour Spontaneo
    ("Walk-in Tour", "Signs up", "Member", 15, None, None),
    ("Walk-in Tour", "Doesn't sign up", "Miss", 0, None, None),
    # Guest Pass
    ("Guest Pass", "Interested", "Planned", 1, ("Sales Meeting", 2), None),
    ("Guest Pass", "Not interested", "Non-Member", 0, None, None),
    # Incontro
    ("Sales Meeting", "Signs up", "Member", 10, None, "won"),
    ("Sales Meeting", "Doesn't sign up", "Miss", 0, None, None),
    # Integrazioni / Verifiche
    ("Additions / Checks", "Interested", None, 1, None, None),
    ("Additions / Checks", "Not interested", None, 0, None, None),
    # Telemarketing
    ("Telemarketing", "Interested", "Planned", 1, ("Sales Meeting", 2), None),
    ("Telemarketing", "Not interested", "Miss", 0, None, None),
    # Rinnovo anticipato
    ("Early Renewal", "Signs up", "Member", 10, None, "won"),
    ("Early Renewal", "Doesn't sign up", None, 0, None, None),
    # Rinnovo, Non rinnova alla scadenza, Scaduto da tempo
    ("Renewal", "Becomes a member", "Member", 5, None, "won"),
    ("No Renewal at Expiry", "Becomes a non-member", "Non-Member", 0, None, "lost"),
    ("Long Expired", "Becomes a former member", "Former Member", 0, None, "lost"),
    # Preventivo
    ("Quote", "Delivered", None, 0, None, None),
    ("Quote", "Interested", None, 0, None, None),
    ("Quote", "Not interested", None, 0, None, None),
]
#: As above; next action with its assignee, days and hours; then the process that it
#: opens or closes and how.
PHOTOVOLTAIC_SCHEME = [
    ("Telemarketing", "Call again", None, 0, None, None),
    ("Telemarketing", "No answer", None, 0, None, None),
    ("Telemarketing", "Line busy", None, 0, None, None),
    ("Telemarketing", "Not interested", "Lost for Now", 0, None, "lost"),
    ("Telemarketing", "Not the owner of the roof", "Lost for Now", 0, None, "lost"),
    ("Telemarketing", "Wrong number", None, 0, None, None),
    ("Telemarketing", "Asks not to be called again", "Blocked", 0, None, "lost"),
    ("Telemarketing", "Sale closed on the phone", "Customer", 20, None, "won"),
    (
        "Telemarketing",
        "Appointment fixed",
        "Survey Planned",
        5,
        ("Site Survey", 2, "salesperson"),
        "open",
    ),
    (
        "Site Survey",
        "Visited, interested",
        "Prospect",
        2,
        ("Quote", 2, "salesperson"),
        "open",
    ),
    (
        "Site Survey",
        "Wants a quote",
        "Prospect",
        3,
        ("Quote", 1, "salesperson"),
        "open",
    ),
    (
        "Site Survey",
        "Customer absent",
        None,
        0,
        ("Telemarketing", 1, "contact"),
        None,
    ),
    ("Site Survey", "Not interested", "Lost for Now", 0, None, "lost"),
    ("Site Survey", "Roof not suitable", "Lost for Now", 0, None, "lost"),
    (
        "Quote",
        "Quote delivered",
        "Quote Delivered",
        3,
        ("Quote", 5, "salesperson"),
        "open",
    ),
    ("Quote", "Wants changes to the quote", None, 0, ("Quote", 2, "salesperson"), None),
    (
        "Quote",
        "Quote accepted",
        "Contract to Sign",
        5,
        ("Signature", 2, "salesperson"),
        "open",
    ),
    ("Quote", "Quote refused", "Lost for Now", 0, None, "lost"),
    ("Signature", "Contract signed", "Customer", 20, None, "won"),
    (
        "Signature",
        "Signature postponed",
        None,
        0,
        ("Signature", 7, "salesperson"),
        None,
    ),
    ("Signature", "Customer absent", None, 0, ("Signature", 3, "salesperson"), None),
    ("Signature", "Signature refused", "Lost for Now", 0, None, "lost"),
    ("Support", "No answer", None, 0, ("Support", 0, "me"), None),
    ("Support", "Needs the technician", None, 1, ("Support", 1, "technician"), "open"),
    ("Support", "Solved", None, 2, None, "won"),
    ("Support", "Contract ended", "Former Customer", 0, None, "lost"),
]


class SchemeCase(CallcenterCommon):
    """Walks the rows of a scheme, each on a fresh name."""

    scheme_xmlid = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.scheme"].search([("state", "=", "on")]).action_deactivate()
        cls.scheme = cls.env.ref(cls.scheme_xmlid)
        cls.scheme.action_activate()
        cls.company.next_action_time = 9.5
        cls.company.action_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Monday to Friday", "tz": "Europe/Rome"}
        )
        # Free all day on any day, from the standard time on.
        cls.calendar.attendance_ids.hour_from = 9.5
        cls.env["resource.resource"].create(
            {
                "name": cls.manager.name,
                "user_id": cls.manager.id,
                "calendar_id": cls.calendar.id,
                "tz": "Europe/Rome",
            }
        )
        cls.assignees = {
            "me": cls.manager,
            "salesperson": cls.agent,
            "contact": cls.back_office,
            "technician": cls.agent_two,
        }

    def new_name(self, number):
        return self.env["crm.lead"].create(
            {
                **self._lead_values(number),
                "user_id": self.agent.id,
                "contact_user_id": self.back_office.id,
                "technician_id": self.agent_two.id,
            }
        )

    def node(self, model, name):
        found = self.env[model].search([("name", "=", name)])
        if model == "mail.activity.type":
            found &= self.scheme.activity_type_ids
        self.assertEqual(len(found), 1, name)
        return found

    def close(self, lead, activity_type, outcome, planned):
        """Register an outcome as the campaign manager, in one way or the other.

        :param bool planned: through a planned action that ends with it
        """
        if not planned:
            return lead.with_user(self.manager)._register_outcome(
                outcome, activity_type
            )
        activity = lead.with_context(mail_activity_quick_update=True).activity_schedule(
            activity_type_id=activity_type.id, user_id=self.manager.id
        )
        row = activity.with_user(self.manager)._close_with_outcome(outcome)
        self.assertFalse(activity.active)
        self.assertEqual(activity.outcome_id, outcome)
        self.assertEqual(row.activity_ref, activity.id)
        return row

    def check_row(self, values, planned, number):
        """Walk one row of a table: state, points, next action, process."""
        type_name, outcome_name, state_name, points, _following, ending = values
        activity_type = self.node("mail.activity.type", type_name)
        outcome = self.node("crm.outcome", outcome_name)
        lead = self.new_name(number)
        before = lead.commercial_state_id
        process = self.env["crm.process"].search(
            [("type_ids", "in", activity_type.ids)]
        )
        if process and ending != "open":
            lead._open_process(process)
        row = self.close(lead, activity_type, outcome, planned)
        state = self.node("crm.commercial.state", state_name) if state_name else before
        self.assertEqual(lead.commercial_state_id, state)
        self.assertEqual((row.state_before_id, row.state_after_id), (before, state))
        self.assertEqual(row.points, points)
        self.assertEqual(row.user_id, self.manager)
        self.assertEqual(row.activity_type_id, activity_type)
        opened = lead.lead_process_ids
        self.assertEqual(opened.process_id, process)
        if process:
            result = "open" if ending in (None, "open") else ending
            self.assertEqual(opened.result, result)
            self.assertEqual(bool(opened.date_close), result != "open")
            self.assertEqual(row.lead_process_id, opened)
        return lead, lead.activity_ids

    def walk(self, rows):
        for planned in (False, True):
            for number, values in enumerate(rows):
                with (
                    self.subTest(row=values[:2], planned=planned),
                    self.env.cr.savepoint(flush=True) as savepoint,
                ):
                    self.walk_row(values, planned, number)
                    savepoint.rollback()

    def check_no_row_is_missing(self, rows):
        """The table and the active relations are the same pairs."""
        relations = self.env["crm.relation"].search([])
        self.assertEqual(relations, self.scheme.relation_ids)
        self.assertEqual(
            sorted((r.activity_type_id.name, r.outcome_id.name) for r in relations),
            sorted(values[:2] for values in rows),
        )


@tagged("post_install", "-at_install")
class TestDefaultScheme(SchemeCase):
    scheme_xmlid = "crm_callcenter.crm_scheme_default"

    def walk_row(self, values, planned, number):
        # A Thursday afternoon: two days later nobody works until Monday.
        for closing, due_day in (
            ("2027-05-18 15:12:00", date(2027, 5, 20)),
            ("2027-05-20 15:12:00", date(2027, 5, 24)),
        ):
            with freeze_time(closing):
                lead, actions = self.check_row(values, planned, number)
            following = values[4]
            if not following:
                self.assertFalse(actions)
                continue
            type_name, days = following
            self.assertEqual(len(actions), 1)
            self.assertEqual(actions.activity_type_id.name, type_name)
            self.assertEqual(actions.user_id, self.manager, "whoever registered it")
            self.assertEqual(days, 2)
            due = ROME.localize(
                datetime(due_day.year, due_day.month, due_day.day, 9, 30)
            )
            due = due.astimezone(pytz.utc).replace(tzinfo=None)
            self.assertEqual(actions.date_planned, due)
            self.assertEqual(actions.date_deadline, due_day)
            event = actions.calendar_event_id
            self.assertEqual((event.start, event.user_id), (due, self.manager))
            self.assertEqual(event.opportunity_id, lead)
            self.assertEqual(event.action_type_id, actions.activity_type_id)
            # The next closing finds the time free again.
            actions.sudo().unlink()
            event.sudo().unlink()

    def test_every_row(self):
        self.walk(DEFAULT_SCHEME)

    def test_no_row_is_missing(self):
        self.check_no_row_is_missing(DEFAULT_SCHEME)

    def test_states_have_a_class(self):
        classes = {
            state.name: state.state_class for state in self.scheme.commercial_state_ids
        }
        self.assertEqual(
            classes,
            {
                "Planned": "prospect",
                "Miss": "suspect",
                "Member": "customer",
                "Non-Member": "suspect",
                "Former Member": "former",
            },
        )

    def test_a_renewal_from_its_opening_to_its_end(self):
        """Calls and meetings that end with the renewal, as the document tells it."""
        lead = self.new_name(1)
        process = self.env.ref("crm_callcenter.crm_process_renewal")
        lead._open_process(process)
        for type_name, outcome_name, result, state in (
            ("Early Renewal", "Doesn't sign up", "open", "Lead"),
            ("Telemarketing", "Interested", "open", "Planned"),
            ("Sales Meeting", "Signs up", "won", "Member"),
        ):
            self.close(
                lead,
                self.node("mail.activity.type", type_name),
                self.node("crm.outcome", outcome_name),
                True,
            )
            self.assertEqual(lead.lead_process_ids.result, result)
            self.assertEqual(lead.lead_process_ids.commercial_state_id.name, state)
        self.assertEqual(sum(lead.interaction_ids.mapped("points")), 11)


@tagged("post_install", "-at_install")
class TestPhotovoltaicScheme(SchemeCase):
    scheme_xmlid = "crm_callcenter.crm_scheme_photovoltaic"

    def walk_row(self, values, planned, number):
        # A Tuesday morning: 11:00 in Italy.
        closing = datetime(2027, 5, 18, 9)
        with freeze_time(closing):
            _lead, actions = self.check_row(values, planned, number)
        following = values[4]
        if not following:
            self.assertFalse(actions)
            return
        type_name, days, assignee = following
        self.assertEqual(len(actions), 1)
        self.assertEqual(actions.activity_type_id.name, type_name)
        self.assertEqual(actions.user_id, self.assignees[assignee])
        day = closing.date() + timedelta(days=days)
        while day.weekday() > 4:
            day += timedelta(days=1)
        # 9:30 in Italy; or four hours from the closing, on the same day.
        due = datetime(day.year, day.month, day.day, 7, 30) if days else None
        self.assertEqual(actions.date_planned, due or closing + timedelta(hours=4))
        self.assertEqual(actions.date_deadline, day)
        event = actions.calendar_event_id
        self.assertEqual(bool(event), actions.activity_type_id.is_meeting)
        if event:
            self.assertEqual((event.start, event.user_id), (due, self.agent))

    def test_every_row(self):
        self.walk(PHOTOVOLTAIC_SCHEME)

    def test_no_row_is_missing(self):
        self.check_no_row_is_missing(PHOTOVOLTAIC_SCHEME)

    def test_a_sale_from_the_first_call_to_the_signature(self):
        lead = self.new_name(1)
        for type_name, outcome_name, result, state in (
            ("Telemarketing", "Call again", [], "Lead"),
            ("Telemarketing", "Appointment fixed", ["open"], "Survey Planned"),
            ("Site Survey", "Wants a quote", ["open"], "Prospect"),
            ("Quote", "Quote delivered", ["open"], "Quote Delivered"),
            ("Quote", "Quote accepted", ["open"], "Contract to Sign"),
            ("Signature", "Contract signed", ["won"], "Customer"),
        ):
            planned = lead.activity_ids.filtered(
                lambda action, name=type_name: action.activity_type_id.name == name
            )
            outcome = self.node("crm.outcome", outcome_name)
            if planned:
                planned._close_with_outcome(outcome)
            else:
                lead._register_outcome(
                    outcome, self.node("mail.activity.type", type_name)
                )
            self.assertEqual(lead.lead_process_ids.mapped("result"), result)
            self.assertEqual(lead.commercial_state_id.name, state)
        self.assertFalse(lead.activity_ids, "nothing is left to do")

    def test_calls_of_the_desk_are_telemarketing(self):
        default = self.env["mail.activity.type"]._default_call()
        self.assertEqual(
            default, self.env.ref("crm_callcenter.activity_type_telemarketing")
        )
        self.assertEqual(
            self.env["mail.activity.type"]._default_visit(),
            self.env.ref("crm_callcenter.activity_type_survey"),
        )

    def test_every_outcome_of_the_desk_has_a_relation(self):
        desk = self.env["crm.outcome"].search([("kind", "!=", False)])
        ours = desk.filtered(lambda o: o.get_external_id()[o.id].startswith("crm_"))
        self.assertGreaterEqual(len(ours), 9)
        telemarketing = self.env.ref("crm_callcenter.activity_type_telemarketing")
        self.assertFalse(ours - telemarketing.relation_ids.outcome_id)
