from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_list_build import ListCommon


@tagged("post_install", "-at_install")
class TestListChange(ListCommon):
    """Names of lists are changed in bulk, beside operators at work."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.lines = self.call_list.line_ids.sorted("rank")
        self.negative = self.env.ref("crm_campaign_motivi.crm_list_state_negative")
        self.recall = self.env["crm.list.state"]._get_by_category("recall")
        self.positive = self.env["crm.list.state"]._get_by_category("closed_positive")

    def change(self, kind, lines=None, user=None, lists=None, **values):
        wizard = self.env["crm.list.change.wizard"].with_user(user or self.manager)
        if lists is not None:
            context = {"active_model": "crm.call.list", "active_ids": lists.ids}
        else:
            lines = self.lines if lines is None else lines
            context = {"active_model": lines._name, "active_ids": lines.ids}
        wizard = wizard.with_context(**context).create({"kind": kind, **values})
        job = self.job(wizard.action_confirm())
        self.env.invalidate_all()
        return job

    def put(self, line, state, **values):
        line.write({"list_state_id": state.id, "category": state.category, **values})

    def agree_recall(self, line, user, hours=-1):
        self.put(
            line,
            self.recall,
            recall_at=fields.Datetime.now() + timedelta(hours=hours),
            recall_scope="private" if user else "public",
            recall_user_id=user.id,
        )

    # ------------------------------------------------------------

    def test_suspended_names_are_not_served_until_they_are_resumed(self):
        self.agree_recall(self.lines[1], self.operator)
        self.assertEqual(self.change("suspend").done, 6)
        self.assertTrue(self.next_name()["empty"])
        self.assertEqual(self.call_list.count_left, 0)
        self.assertEqual(self.change("suspend", lists=self.call_list).done, 0)
        self.assertEqual(self.change("resume").done, 6)
        payload = self.next_name()
        self.assertEqual(payload["line_id"], self.lines[1].id, "its recall was kept")

    def test_names_in_hand_stay_as_they_are(self):
        payload = self.next_name()
        held = self.line_of(payload)
        for kind in ("suspend", "reopen", "remove"):
            job = self.change(kind, lists=self.call_list)
            self.assertIn("in the hands of somebody", job.result)
            self.assertEqual(held.exists().claimed_by_id, self.operator)
            self.assertEqual(held.category, "to_call")
        self.assertEqual(self.call_list.line_ids, held)
        self.confirm(payload, "N")
        self.assertEqual(held.category, "closed_negative")

    def test_names_are_opened_again_by_state(self):
        self.put(self.lines[0], self.negative, attempts=3)
        self.put(self.lines[1], self.positive, attempts=2)
        self.agree_recall(self.lines[2], self.operator)
        job = self.change(
            "reopen",
            lists=self.call_list,
            list_state_ids=[Command.set((self.negative | self.recall).ids)],
        )
        self.assertEqual(job.done, 2)
        self.assertEqual(
            (self.lines[0].category, self.lines[0].attempts), ("to_call", 0)
        )
        self.assertEqual(self.lines[1].category, "closed_positive")
        self.assertFalse(self.lines[2].recall_at or self.lines[2].recall_user_id)
        self.put(self.lines[0], self.negative, attempts=3)
        self.change("reopen", self.lines[0], keep_attempts=True)
        self.assertEqual(self.lines[0].attempts, 3)

    def test_merging_lists_keeps_the_stronger_state(self):
        """Whichever list it comes from; attempts add up, and calls stay linked."""
        self.second._add_leads(self.leads[:3].ids)
        twins = self.second.line_ids.sorted("rank")
        self.put(self.lines[0], self.negative, attempts=1)
        self.put(twins[0], self.recall, attempts=2)
        self.agree_recall(self.lines[1], self.operator_two)
        self.put(twins[2], self.positive)
        call = self.env["crm.call"].create(
            {
                "uuid": "merged",
                "number_e164": "+393331112201",
                "started_at": fields.Datetime.now(),
                "user_id": self.operator.id,
                "line_id": self.lines[0].id,
            }
        )
        job = self.change(
            "move",
            lists=self.call_list,
            target_list_id=self.second.id,
            archive_emptied=True,
        )
        self.assertEqual(job.done, 6)
        self.assertFalse(self.call_list.active)
        self.assertEqual(self.names_in(self.second), self.leads)
        found = {line.lead_id: line for line in self.second.line_ids}
        self.assertEqual(
            [found[lead].category for lead in self.leads[:4]],
            ["closed_negative", "recall", "closed_positive", "to_call"],
        )
        self.assertEqual(found[self.leads[0]].attempts, 3)
        self.assertEqual(found[self.leads[1]].recall_user_id, self.operator_two)
        self.assertEqual(call.line_id, twins[0])

    def test_a_merge_passes_over_names_in_hand_in_either_list(self):
        self.second._add_leads(self.leads[:1].ids)
        payload = self.next_name(self.operator_two)
        self.assertEqual(self.line_of(payload).lead_id, self.leads[0])
        job = self.change(
            "move",
            lists=self.call_list,
            target_list_id=self.second.id,
            archive_emptied=True,
        )
        self.assertEqual((job.done, self.call_list.active), (5, True))
        self.assertEqual(len(self.second.line_ids), 6)
        self.assertEqual(self.names_in(self.call_list), self.leads[0])

    def test_a_private_recall_goes_with_its_name(self):
        """To the operator of the other list; to everybody where there are several."""
        self.agree_recall(self.lines[0], self.operator)
        self.agree_recall(self.lines[1], self.operator)
        self.change("move", self.lines[0], target_list_id=self.second.id)
        self.assertEqual(self.lines[0].recall_user_id, self.operator_two)
        self.second.operator_ids = self.operator_two | self.manager
        self.change("move", self.lines[1], target_list_id=self.second.id)
        self.assertEqual(
            (self.lines[1].recall_user_id, self.lines[1].recall_scope),
            (self.env["res.users"], "public"),
        )

    def test_copied_names_are_new_in_the_other_list(self):
        self.put(self.lines[0], self.negative, attempts=3)
        self.assertEqual(
            self.change("copy", target_list_id=self.second.id).done, len(self.leads)
        )
        copy = self.second.line_ids.filtered(lambda line: line.lead_id == self.leads[0])
        self.assertEqual((copy.category, copy.attempts), ("to_call", 0))
        self.assertEqual(self.lines[0].category, "closed_negative")

    def test_a_bound_list_takes_its_portfolio_only(self):
        self.second.portfolio_id = self.env["crm.portfolio"].create({"name": "Retail"})
        self.leads[0].portfolio_id = self.second.portfolio_id
        job = self.change("move", target_list_id=self.second.id)
        self.assertEqual(job.done, 1)
        self.assertEqual(self.names_in(self.second), self.leads[0])

    def test_nothing_chosen_is_refused(self):
        with self.assertRaisesRegex(UserError, "No name is meant"):
            self.change("resume")
        with self.assertRaisesRegex(UserError, "Choose the list"):
            self.change("move")

    def test_a_coordinator_changes_the_own_campaigns_only(self):
        self.assertEqual(self.change("suspend", user=self.coordinator).done, 6)
        self.campaign.coordinator_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "No name is meant"):
            self.change("resume", user=self.coordinator)
        with self.assertRaises(AccessError):
            self.change("resume", user=self.operator)

    # ------------------------------------------------------------
    # SHARES
    # ------------------------------------------------------------

    def share(self, how, operators, user=None, **values):
        wizard = self.env["crm.list.share.wizard"].with_user(user or self.manager)
        wizard = wizard.create(
            {
                "list_ids": [Command.set(self.call_list.ids)],
                "how": how,
                "operator_ids": [Command.set(operators.ids)],
                **values,
            }
        )
        action = wizard.action_confirm()
        self.env.invalidate_all()
        return action

    def shares(self):
        lists = self.env["crm.call.list"].search(
            [("name", "like", f"{self.call_list.name} –")]
        )
        return {call_list.operator_ids: call_list for call_list in lists}

    def test_names_are_shared_out_evenly(self):
        self.agree_recall(self.lines[0], self.operator_two)
        self.put(self.lines[5], self.negative)
        self.share("even", self.operator | self.operator_two, self.coordinator)
        shares = self.shares()
        self.assertEqual(len(shares[self.operator].line_ids), 2)
        self.assertEqual(len(shares[self.operator_two].line_ids), 3)
        self.assertEqual(self.lines[0].list_id, shares[self.operator_two])
        self.assertEqual(self.lines[0].recall_user_id, self.operator_two)
        self.assertEqual(self.call_list.line_ids, self.lines[5], "it was worked")

    def test_zones_are_shared_out_whole(self):
        other = self.env["crm.zone"].create({"name": "Milano"})
        self.env.cr.execute(
            "UPDATE crm_lead SET zone_id = %s WHERE id = ANY(%s)",
            [other.id, self.leads[:2].ids],
        )
        self.env.invalidate_all()
        self.share("zone", self.operator | self.operator_two)
        lists = self.shares().values()
        self.assertEqual(sorted(len(found.line_ids) for found in lists), [2, 4])
        for call_list in lists:
            self.assertEqual(len(call_list.line_ids.lead_id.zone_id), 1)

    def test_lists_are_assigned_together(self):
        extra = self._new_user("op_three", "group_operator")
        self.share("together", extra, keep_operators=True)
        self.assertEqual(
            self.call_list.operator_ids, self.operator | self.operator_two | extra
        )
        self.agree_recall(self.lines[0], self.operator)
        self.share("together", extra)
        self.assertEqual(self.call_list.operator_ids, extra)
        self.assertEqual(self.lines[0].recall_user_id, extra, "nobody else is served")

    def new_group(self, name, *members):
        return self.env["crm.operator.group"].create(
            {
                "name": name,
                "member_ids": [Command.set([user.id for user in members])],
            }
        )

    def test_lists_are_assigned_to_groups(self):
        extra = self._new_user("op_three", "group_operator")
        group = self.new_group("Morning", extra)
        nobody = self.env["res.users"]
        self.share("together", nobody, group_ids=group.ids, keep_operators=True)
        self.assertEqual(
            self.call_list.operator_ids, self.operator | self.operator_two | extra
        )
        self.assertEqual(self.call_list.group_ids, group)
        self.agree_recall(self.lines[0], self.operator)
        self.share("together", self.operator_two, group_ids=group.ids)
        self.assertEqual(self.call_list.operator_ids, self.operator_two | extra)
        self.assertEqual(self.lines[0].recall_scope, "public")

    def test_a_list_that_works_through_a_group_is_reassigned(self):
        group = self.new_group("Morning", self.operator)
        self.call_list.write(
            {"group_ids": [Command.set(group.ids)], "own_operator_ids": False}
        )
        self.share("together", self.operator_two, self.coordinator)
        self.assertFalse(self.call_list.group_ids)
        self.assertEqual(self.call_list.operator_ids, self.operator_two)

    def test_a_list_of_the_whole_campaign_is_reassigned(self):
        self.campaign.skill_ids = [Command.create({"user_id": self.operator.id})]
        self.call_list.write({"is_for_campaign": True, "own_operator_ids": False})
        self.share("together", self.operator_two)
        self.assertEqual(self.call_list.operator_ids, self.operator_two)
        self.assertFalse(self.call_list.is_for_campaign)

    def test_each_group_gets_a_share(self):
        extra = self._new_user("op_three", "group_operator")
        groups = self.new_group("Morning", self.operator, extra)
        groups |= self.new_group("Evening", self.operator_two)
        self.agree_recall(self.lines[1], self.operator_two)
        self.share("even", self.env["res.users"], group_ids=groups.ids)
        morning, evening = (
            self.env["crm.call.list"].search([("group_ids", "in", group.ids)])
            for group in groups
        )
        self.assertEqual(morning.operator_ids, self.operator | extra)
        self.assertEqual(morning.name, f"{self.call_list.name} – Morning")
        self.assertEqual((len(morning.line_ids), len(evening.line_ids)), (3, 3))
        self.assertEqual(self.lines[1].list_id, evening, "a recall of its member")
        self.assertEqual(self.lines[1].recall_user_id, self.operator_two)

    def test_nobody_chosen_is_refused(self):
        with self.assertRaisesRegex(UserError, "operators or the groups"):
            self.share("even", self.env["res.users"])

    def test_shares_leave_out_whom_their_list_leaves_out(self):
        self.call_list.write({"leave_refusals": False, "refusal_days": 7})
        self.share("even", self.operator | self.operator_two)
        for share in self.shares().values():
            self.assertFalse(share.leave_refusals)
            self.assertEqual((share.refusal_days, share.leave_customers), (7, True))

    def test_moved_names_keep_their_order(self):
        for place, line in enumerate(reversed(self.lines)):
            line.rank = place
        order = self.call_list.line_ids.sorted("rank").lead_id
        self.change("move", target_list_id=self.second.id)
        self.assertEqual(self.second.line_ids.sorted("rank").lead_id, order)

    # ------------------------------------------------------------
    # AN OPERATOR LEAVES
    # ------------------------------------------------------------

    def hand_over(self, successors, user=None, **values):
        wizard = self.env["crm.handover.wizard"].with_user(user or self.manager)
        wizard = wizard.create(
            {
                "user_id": self.operator.id,
                "successor_ids": [Command.set(successors.ids)],
                **values,
            }
        )
        self.env["crm.handover.wizard"].flush_model()
        wizard.action_confirm()
        self.env.invalidate_all()

    def plan(self, lead):
        activity_type = self.env["mail.activity.type"].create(
            {"name": "Next call", "is_commercial": True}
        )
        planner = self.env["crm.planner"]
        due = fields.Datetime.now() + timedelta(days=1)
        return planner._plan(lead, activity_type, self.operator, due)

    def test_everything_of_an_operator_goes_to_the_successor(self):
        successor = self._new_user("op_three", "group_operator")
        self.agree_recall(self.lines[0], self.operator)
        self.agree_recall(self.lines[1], self.operator_two)
        action = self.plan(self.leads[2])
        self.leads[3]._take_charge_batch(self.operator)
        self.hand_over(successor)
        self.assertEqual(self.call_list.operator_ids, self.operator_two | successor)
        self.assertEqual(self.lines[0].recall_user_id, successor)
        self.assertEqual(self.lines[1].recall_user_id, self.operator_two)
        self.assertEqual((action.user_id, action.active), (successor, True))
        self.assertEqual(self.leads[3].charge_user_id, successor)
        self.assertTrue(self.next_name(self.operator)["empty"])
        payload = self.next_name(successor)
        self.assertEqual(payload["line_id"], self.lines[0].id, "the recall is due")

    def test_without_one_successor_it_is_everybodys(self):
        self.agree_recall(self.lines[0], self.operator)
        action = self.plan(self.leads[2])
        self.leads[3]._take_charge_batch(self.operator)
        self.hand_over(self.env["res.users"])
        self.assertEqual(self.call_list.operator_ids, self.operator_two)
        self.assertEqual(self.lines[0].recall_scope, "public")
        self.assertFalse(self.lines[0].recall_user_id or action.user_id)
        self.assertTrue(action.active)
        self.assertFalse(self.leads[3].charge_user_id)

    def test_a_coordinator_hands_over_the_own_campaigns_only(self):
        foreign = self.env["utm.campaign"].create(
            {"title": "Foreign", "is_call_campaign": True}
        )
        other = self.second.copy(
            {
                "campaign_id": foreign.id,
                "operator_ids": [Command.set(self.operator.ids)],
            }
        )
        other._add_leads(self.extra.ids)
        self.agree_recall(other.line_ids[0], self.operator)
        self.agree_recall(self.lines[0], self.operator)
        kept, given = self.plan(self.extra[1]), self.plan(self.leads[1])
        self.hand_over(self.operator_two, self.coordinator)
        self.assertEqual(self.lines[0].recall_user_id, self.operator_two)
        self.assertEqual(other.line_ids[0].recall_user_id, self.operator)
        self.assertEqual(other.operator_ids, self.operator)
        self.assertEqual(
            (kept.user_id, given.user_id), (self.operator, self.operator_two)
        )

    def test_the_place_in_campaigns_is_handed_over(self):
        """With its skill; lists of the whole campaign go on being so."""
        successor = self._new_user("op_three", "group_operator")
        self.campaign.skill_ids = [
            Command.create({"user_id": self.operator.id, "level": 8}),
            Command.create({"user_id": self.operator_two.id, "level": 3}),
        ]
        self.call_list.write({"is_for_campaign": True, "own_operator_ids": False})
        self.hand_over(successor | self.operator_two, self.coordinator)
        self.assertTrue(self.call_list.is_for_campaign)
        self.assertFalse(self.call_list.own_operator_ids)
        self.assertEqual(self.call_list.operator_ids, successor | self.operator_two)
        self.assertEqual(
            {skill.user_id: skill.level for skill in self.campaign.skill_ids},
            {successor: 8, self.operator_two: 3},
        )
        new = self.call_list.create({"name": "New", "campaign_id": self.campaign.id})
        self.assertNotIn(self.operator, new.operator_ids)

    def test_what_a_coordinator_may_not_hand_over_is_said(self):
        self.campaign.group_ids = self.new_group("Foreign", self.operator)
        self.call_list.write({"is_for_campaign": True, "own_operator_ids": False})
        with self.assertRaisesRegex(UserError, "as a member of Foreign"):
            self.hand_over(self.operator_two, self.coordinator)

    def test_who_is_led_by_the_leaver_is_said(self):
        wizard = self.env["crm.handover.wizard"].create(
            {"user_id": self.coordinator.id}
        )
        self.assertEqual(wizard.leads_what, self.campaign.title)
        message = wizard.action_confirm()["params"]["message"]
        self.assertIn("still leads: Campaign of the tests", message)

    def test_whoever_leaves_is_no_successor(self):
        with self.assertRaisesRegex(UserError, "can't be a successor"):
            self.hand_over(self.operator)

    # ------------------------------------------------------------
    # THE OPERATORS' LIST
    # ------------------------------------------------------------

    def test_my_lists(self):
        self.agree_recall(self.lines[0], self.operator)
        self.agree_recall(self.lines[1], self.operator_two)
        [mine] = self.desk().my_lists()
        self.assertEqual(
            (mine["id"], mine["left"], mine["due"]), (self.call_list.id, 5, 1)
        )
        self.assertEqual(len(self.desk(self.operator_two).my_lists()), 2)
        with self.assertRaises(AccessError):
            self.desk(self.agent).my_lists()

    def save(self, user, line=None, **values):
        line = (line or self.lines[0]).with_user(user)
        return line.web_save(values, {"lead_city": {}})

    def test_an_operator_edits_the_name_in_the_list(self):
        [row] = self.save(self.operator, lead_city="Bergamo", lead_phone="030 5559999")
        self.assertEqual(row["lead_city"], "Bergamo")
        self.assertEqual(self.leads[0].phone_e164, "+390305559999")

    def test_the_line_itself_stays_closed(self):
        for values in ({"rank": 1}, {"attempts": 0}, {"claimed_by_id": False}):
            with self.assertRaisesRegex(AccessError, "describes the name"):
                self.save(self.operator, **values)
        with self.assertRaises(AccessError):
            self.lines[0].with_user(self.operator).write({"lead_city": "X"})
        with self.assertRaises(AccessError):
            # Names are no main field.
            self.save(self.operator, lead_name="X")
        self.second._add_leads(self.extra.ids)
        with self.assertRaises(AccessError):
            self.save(self.operator, self.second.line_ids[0], lead_city="X")
        self.assertEqual(self.extra[0].city, "Brescia")

    def test_a_name_in_other_hands_is_not_edited(self):
        payload = self.next_name(self.operator_two)
        with self.assertRaisesRegex(UserError, "Somebody else is working"):
            self.save(self.operator, self.line_of(payload), lead_city="X")

    def test_columns_open_by_role(self):
        def closed(user):
            lines = self.env["crm.call.list.line"].with_user(user)
            arch = lines.get_view(view_type="list")["arch"]
            tree = etree.fromstring(arch)
            self.assertEqual(tree.get("edit"), "1")
            return {
                node.get("name")
                for node in tree.iter("field")
                if node.get("readonly") in ("1", "True")
            }

        self.assertIn("lead_name", closed(self.operator))
        self.assertNotIn("lead_city", closed(self.operator))
        self.assertNotIn("lead_name", closed(self.coordinator))
        self.assertIn("attempts", closed(self.manager))

    def test_every_column_is_searched_and_sorted(self):
        lines = self.env["crm.call.list.line"].with_user(self.operator)
        self.leads[2].city = "Zogno"
        found = lines.search([("lead_city", "ilike", "zog"), ("attempts", "=", 0)])
        self.assertEqual(found.lead_id, self.leads[2])
        fields_get = lines.fields_get()
        for name in ("lead_name", "lead_city", "lead_zone_id", "recall_at", "attempts"):
            self.assertTrue(fields_get[name]["sortable"], name)
        self.assertEqual(
            lines.search([], order="lead_city desc", limit=1).lead_id, self.leads[2]
        )
