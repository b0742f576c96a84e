from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.crm_callcenter.tests.planned_action_case import PlannedActionCase


@tagged("post_install", "-at_install")
class TestNextStep(PlannedActionCase):
    """Open names, opportunities and appointments without a next step."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now().replace(microsecond=0)

    def _found(self, *steps, user=None):
        leads = self.env["crm.lead"].with_user(user or self.env.user)
        return leads.search(
            [("next_step", "in", list(steps)), ("id", "in", self.leads.ids)]
        )

    def test_who_is_open(self):
        """Salesperson, charge, opportunity or open process; nobody else's name."""
        opportunity, charged, in_process, won, lost, nobody = self.leads
        charged._take_charge_batch(self.operator)
        process = self.env["crm.process"].create({"name": "Renewal"})
        in_process._open_process(process)
        won.write({"type": "opportunity", "user_id": self.agent.id})
        won.action_set_won()
        lost.user_id = self.agent
        lost.action_set_lost()
        self.assertEqual(self._found("missing"), opportunity | charged | in_process)
        in_process.lead_process_ids.sudo().write(
            {"date_close": self.now, "result": "won"}
        )
        self.assertEqual(self._found("missing"), opportunity | charged)
        self.assertFalse(nobody.next_step)
        self.assertEqual(
            self.env["crm.lead"].search(
                [("next_step", "=", False), ("id", "in", self.leads.ids)]
            ),
            in_process | won | nobody,
        )

    def test_blocked_and_former_are_not_open(self):
        for state_class in ("blocked", "former"):
            state = self.env["crm.commercial.state"].create(
                {"name": state_class, "state_class": state_class}
            )
            self.lead._correct_state(state)
            self.assertFalse(self._found("missing", "overdue", "planned"))
            self.assertFalse(self.lead.next_step)

    def test_steps(self):
        """The earliest thing to come decides; field and search agree."""
        later, sooner = timedelta(days=2), timedelta(days=-1)
        cases = (
            ("planned", lambda: self._new_action(date_planned=self.now + later)),
            ("overdue", lambda: self._new_action(date_planned=self.now + sooner)),
        )
        self.assertEqual(self.lead.next_step, "missing")
        for step, plan in cases:
            plan()
            self.lead.invalidate_recordset()
            self.assertEqual(self.lead.next_step, step)
            self.assertEqual(self._found(step), self.lead)
            self.assertFalse(self._found("missing"))
        self.assertEqual(self.lead.next_step_date, self.now + sooner)
        for action in self.lead.activity_ids:
            action.with_user(self.agent)._close_with_outcome(self.refuses)
        self.assertEqual(self._found("missing"), self.lead)

    def test_todo_of_odoo_counts(self):
        self.lead.activity_schedule("mail.mail_activity_data_todo")
        self.assertEqual(self._found("planned"), self.lead)

    def test_appointments(self):
        """One to come is a next step, one that nobody closed is overdue."""
        self._new_appointment(start="2035-01-08 09:00:00")
        self.assertEqual(self._found("planned"), self.lead)
        past = self._new_appointment()
        self.assertEqual(self._found("overdue"), self.lead)
        past._close(self.refuses)
        self.env.flush_all()
        self.assertEqual(self._found("planned"), self.lead)

    def test_list_by_responsible(self):
        """The charge comes before the salesperson; rights of names hold."""
        other = self.leads[1]
        other.write({"user_id": self.agent.id})
        other._take_charge_batch(self.agent_two)
        self.assertEqual(other.responsible_id, self.agent_two)
        leads = self.env["crm.lead"].with_user(self.manager)
        action = self.env.ref("crm_callcenter.crm_lead_action_no_next_step")
        domain = safe_eval(action.domain) + [("id", "in", self.leads.ids)]
        groups = leads.formatted_read_group(
            domain, ["responsible_id"], ["__count"], order="responsible_id"
        )
        self.assertEqual(
            [(row["responsible_id"][0], row["__count"]) for row in groups],
            [(self.agent.id, 1), (self.agent_two.id, 1)],
        )
        for row, lead in zip(groups, self.lead | other, strict=True):
            self.assertEqual(leads.search(domain + row["__extra_domain"]), lead)
        result = leads.web_read_group(domain, ["responsible_id"], ["__count"])
        self.assertEqual(len(result["groups"]), 2)
        mine = self.env.ref("crm_callcenter.crm_lead_action_my_no_next_step")
        mine_domain = safe_eval(mine.domain, {"uid": self.agent.id})
        self.assertEqual(
            self.env["crm.lead"].with_user(self.agent).search(mine_domain), self.lead
        )

    def test_monitoring_setting_does_not_close_it(self):
        """Open work isn't a figure of performance: the manager sees whose it is."""
        self.assertFalse(self.company._is_individual_monitoring_allowed())
        self.assertEqual(self._found("missing", user=self.manager), self.lead)

    def test_alarm(self):
        """Each responsible gets the own figures with a link, leaders the totals."""
        leader = self._new_user("leader", "group_coordinator")
        team = self.env["crm.team"].create({"name": "Team A", "user_id": leader.id})
        users = self.agent | self.agent_two | leader | self.manager
        users.notification_type = "inbox"
        self.lead.team_id = team
        self.leads[1].user_id = self.agent_two
        self._new_action(
            lead=self.leads[1],
            user=self.agent_two,
            date_planned=self.now - timedelta(days=1),
        )
        self.env["crm.lead"]._cron_alarm_next_step()
        notifications = {
            user: self.env["mail.message"]
            .search(
                [("partner_ids", "in", user.partner_id.ids)], order="id desc", limit=1
            )
            .body
            for user in users
        }
        own = "1 open names have no next step, 0 are overdue."
        self.assertIn(own, notifications[self.agent])
        self.assertIn("/odoo/my-names-without-next-step", notifications[self.agent])
        self.assertIn(
            "0 open names have no next step, 1 are overdue.",
            notifications[self.agent_two],
        )
        self.assertIn(f"Team A: {own}", notifications[leader])
        self.assertIn("/odoo/names-without-next-step", notifications[self.manager])
        self.assertIn("have no next step", notifications[self.manager])

    def test_plan_reads_indexes_only(self):
        """However many names nobody follows, they are not read."""
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        names = self.env["crm.lead"]
        self.env.cr.execute(
            "EXPLAIN "
            + self.env.cr.mogrify(
                names._next_step_sql(names._followed_names_sql()).code,
                names._next_step_sql(names._followed_names_sql()).params,
            ).decode()
        )
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertNotIn("Seq Scan on crm_lead ", plan)
        self.assertNotIn("Seq Scan on mail_activity", plan)
        self.assertNotIn("Seq Scan on calendar_event", plan)
