"""Real connections: the order of calls, re-ranks and recalls while many claim."""

import threading
import time
from datetime import timedelta
from unittest.mock import patch

from odoo import api, fields, sql_db
from odoo.tests import tagged

from ..models import crm_queue_job
from ..tools.claim_sql import NOTHING
from .concurrency_case import ConcurrencyCase

#: Seconds for which everybody claims.
SECONDS = 4
#: The same for a whole call centre at once.
LONG_SECONDS = 20
#: As many operators as the company has, all of them at work.
MANY_OPERATORS = 50
#: Connections that they need: each has one of its request and one of its claim.
MANY_CONNECTIONS = 2 * MANY_OPERATORS + 10
#: Recalls of each scope.
RECALLS = 24


class _Killed(Exception):
    """The operator's machine is gone."""


@tagged("post_install", "-at_install", "concurrency")
class TestDispatchConcurrency(ConcurrencyCase):
    """Claims only, without the desk: as many as the machine can do."""

    def _claim(self, env):
        """Take the next name; return its line, or None."""
        campaign = env["utm.campaign"].sudo().browse(self.campaign_id)
        return env["crm.dispatch"]._claim_next(campaign)

    def _close(self, line_id):
        """End a claim as confirm does, in one statement."""
        with self.registry.cursor() as cr:
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            cr.execute(
                """UPDATE crm_call_list_line
                      SET category = 'closed_negative', claimed_by_id = NULL,
                          claim_token = NULL
                    WHERE id = %s""",
                [line_id],
            )

    def _claim_for(self, seconds, users, on_claim=lambda user_id, line: None):
        """Let users claim and close for some seconds; return the claims in order."""
        claims, empty = [], []
        end = time.monotonic() + seconds

        def work(user_id):
            while time.monotonic() < end:
                with self.registry.cursor() as cr:
                    line = self._claim(api.Environment(cr, user_id, {}))
                if line is None:
                    empty.append(user_id)
                    time.sleep(0.01)
                    continue
                try:
                    on_claim(user_id, line)
                except _Killed:
                    return
                claims.append((user_id, line))
                self._close(line["id"])

        self._in_threads(work, users)
        return claims, empty

    def _many_names(self, count):
        """Add names by one statement; return their ids."""
        with self.registry.cursor() as cr:
            cr.execute(
                """INSERT INTO crm_lead (name, type, active, lead_kind, phone_e164)
                   SELECT %s, 'lead', true, 'person', '+3933' || (40000000 + n)
                     FROM generate_series(1, %s) n RETURNING id""",
                [f"{self.mark} many", count],
            )
            ids = [row[0] for row in cr.fetchall()]
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            lists = env["crm.call.list"].search([("name", "=", f"{self.mark} 0")])
            lists._add_leads(ids)
        return ids

    def _campaign(self, env):
        return env["utm.campaign"].browse(self.campaign_id)

    # ------------------------------------------------------------

    def test_claims_go_on_during_a_rerank(self):
        """Nobody hears "no names", and afterwards the order is the new one."""
        self._many_names(6000)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            self._campaign(env).write(
                {
                    "work_mode": "group",
                    "order_key_ids": [
                        fields.Command.create(
                            {"field_path": "lead_id.id", "direction": "desc"}
                        )
                    ],
                }
            )
        ranked = []

        def rerank():
            with (
                patch.object(crm_queue_job, "BATCH_SIZE", 500),
                self.registry.cursor() as cr,
            ):
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                job = env["crm.queue.job"].search(
                    [("campaign_id", "=", self.campaign_id), ("kind", "=", "rank")]
                )
                job._work()
            with self.registry.cursor() as cr:
                cr.execute("SELECT state FROM crm_queue_job WHERE id = %s", [job.id])
                ranked.extend(cr.fetchone())

        manager = threading.Thread(target=rerank, daemon=True)
        manager.start()
        claims, empty = self._claim_for(SECONDS, self.operator_ids)
        manager.join(60)
        self.assertEqual(ranked, ["done"])
        self.assertFalse(empty, "somebody was told that there are no names")
        self.assertGreater(len(claims), len(self.operator_ids))
        lines = [line["id"] for _user, line in claims]
        self.assertEqual(len(set(lines)), len(lines), "a line was served twice")
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT lead_id FROM crm_call_list_line
                    WHERE campaign_id = %s AND category = 'to_call'
                 ORDER BY rank, id""",
                [self.campaign_id],
            )
            order = [row[0] for row in cr.fetchall()]
        self.assertEqual(order, sorted(order, reverse=True))

    def test_names_are_served_in_order_and_once(self):
        """What is served lies within what the others have in hand of the order."""
        names = self._many_names(3000)
        with self.registry.cursor() as cr:
            cr.execute(
                """DELETE FROM crm_call_list_line
                    WHERE campaign_id = %s AND lead_id != ALL(%s)""",
                [self.campaign_id, names],
            )
        claims, empty = self._claim_for(SECONDS, self.operator_ids)
        lines = [line["id"] for _user, line in claims]
        self.assertEqual(len(set(lines)), len(lines), "a line was served twice")
        self.assertFalse(empty)
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT id FROM crm_call_list_line WHERE campaign_id = %s
                 ORDER BY rank, id LIMIT %s""",
                [self.campaign_id, len(lines)],
            )
            first = {row[0] for row in cr.fetchall()}
        self.assertEqual(set(lines), first, "a later name was served before")
        place = {line: number for number, line in enumerate(sorted(first))}
        late = max(abs(place[line] - number) for number, line in enumerate(lines))
        # The order in which threads note their claims blurs by a few names.
        self.assertLess(late, 6 * len(self.operator_ids))

    def test_private_and_best_skill_recalls_under_load(self):
        """Private recalls only to their owner; the best skill first, others after.

        The most skilled is free at the start screen while the others claim, and so is
        waited for; who is in a call isn't.
        """
        owners, best, second = (
            self.operator_ids[:4],
            self.operator_ids[0],
            self.operator_ids[1],
        )
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            campaign = self._campaign(env)
            campaign.write({"private_fall_minutes": 0, "skill_wait_minutes": 30})
            env["crm.campaign.skill"].create(
                [
                    {"campaign_id": campaign.id, "user_id": user_id, "level": level}
                    for user_id, level in ((best, 9), (second, 5))
                ]
            )
            now = fields.Datetime.now()
            lines = env["crm.call.list.line"].search(
                [("campaign_id", "=", campaign.id)], order="rank, id"
            )[: RECALLS * 2]
            for number, line in enumerate(lines):
                is_private = number % 2
                line.write(
                    {
                        "category": "recall",
                        "recall_scope": "private" if is_private else "skill",
                        "recall_user_id": owners[number // 2 % 4]
                        if is_private
                        else False,
                        # Due for as long as lets the second level in, or not.
                        "recall_at": now - timedelta(minutes=40 if number % 4 else 5),
                    }
                )
            env.flush_all()
            # All of them are at work from the beginning on.
            for user_id in self.operator_ids:
                cr.execute(env["crm.desk.presence"]._seen_sql(user_id, campaign.id))
        wrong = []

        def check(user_id, line):
            if line["recall_scope"] == "private":
                with self.registry.cursor() as cr:
                    cr.execute(
                        "SELECT recall_user_id FROM crm_call_list_line WHERE id = %s",
                        [line["id"]],
                    )
                    if cr.fetchone()[0] != user_id:
                        wrong.append((user_id, line["id"], "private"))
            elif line["recall_scope"] == "skill":
                late = fields.Datetime.now() - line["recall_at"]
                if user_id != best and late < timedelta(minutes=30):
                    wrong.append((user_id, line["id"], "skill"))

        claims, _empty = self._claim_for(SECONDS, self.operator_ids[1:], check)
        others = len(claims)
        claims += self._claim_for(SECONDS, [best], check)[0]
        self.assertFalse(wrong)
        self.assertIn(
            "skill", [line["recall_scope"] for _user, line in claims[others:]]
        )
        served = {line["id"] for _user, line in claims}
        self.assertEqual(len(served), len(claims), "a line was served twice")
        scopes = [line["recall_scope"] for _user, line in claims]
        self.assertEqual(scopes.count("private"), RECALLS)
        self.assertEqual(scopes.count("skill"), RECALLS)

    # ------------------------------------------------------------
    # A WHOLE CALL CENTRE
    # ------------------------------------------------------------

    def _hire(self):
        """Return the ids of one more than ``MANY_OPERATORS`` who work on both lists."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {"no_reset_password": True})
            role = env.ref("crm_callcenter.group_operator")
            users = env["res.users"].create(
                [
                    {
                        "name": f"{self.mark} more {number}",
                        "login": f"{self.mark}-more-{number}",
                        "group_ids": [fields.Command.set(role.ids)],
                    }
                    for number in range(MANY_OPERATORS + 1 - len(self.operator_ids))
                ]
            )
            everybody = self.operator_ids + users.ids
            lists = env["crm.call.list"].search([("name", "=like", f"{self.mark} _")])
            lists.operator_ids = [fields.Command.set(everybody)]
            campaign = self._campaign(env)
            campaign.write(
                {
                    "work_mode": "group",
                    "private_fall_minutes": 0,
                    "skill_wait_minutes": 30,
                }
            )
            env["crm.campaign.skill"].create(
                {"campaign_id": campaign.id, "user_id": everybody[0], "level": 9}
            )
            for user_id in everybody:
                cr.execute(env["crm.desk.presence"]._seen_sql(user_id, campaign.id))
        return everybody

    def _promise(self, owners, best_count):
        """Make due recalls: one for each owner, and some for the most skilled."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            lines = env["crm.call.list.line"].search(
                [("campaign_id", "=", self.campaign_id), ("category", "=", "to_call")],
                order="rank desc, id desc",
                limit=len(owners) + best_count,
            )
            due = fields.Datetime.now() - timedelta(minutes=5)
            for line, owner in zip(
                lines, [*owners, *[False] * best_count], strict=True
            ):
                line.write(
                    {
                        "category": "recall",
                        "recall_scope": "private" if owner else "skill",
                        "recall_user_id": owner,
                        "recall_at": due,
                    }
                )

    def test_fifty_operators_for_twenty_seconds(self):
        """Nobody gets another's name or recall; killed desks give their names back.

        The most skilled waits at the start screen, so nobody else gets what is for the
        most skilled that is free.
        """
        self._many_names(20_000)
        everybody = self._hire()
        with self.registry.cursor() as cr:
            # Each name in one list: a second serving of it is wrong.
            cr.execute(
                """DELETE FROM crm_call_list_line line USING crm_call_list list
                    WHERE list.id = line.list_id AND list.name = %s""",
                [f"{self.mark} 1"],
            )
        best, killed = everybody[0], set(everybody[-5:])
        self._promise(everybody[:-5], best_count=20)
        guard, in_hand, wrong, dropped = threading.Lock(), {}, [], []

        def check(user_id, line):
            with guard:
                if line["lead_id"] in in_hand:
                    wrong.append(("twice", in_hand[line["lead_id"]], user_id))
                in_hand[line["lead_id"]] = user_id
            if line["recall_scope"] == "skill" and user_id != best:
                wrong.append(("skill", user_id, line["id"]))
            if line["recall_scope"] == "private":
                with self.registry.cursor() as cr:
                    cr.execute(
                        "SELECT recall_user_id FROM crm_call_list_line WHERE id = %s",
                        [line["id"]],
                    )
                    if cr.fetchone()[0] != user_id:
                        wrong.append(("private", user_id, line["id"]))
            if user_id in killed:
                with guard:
                    del in_hand[line["lead_id"]]
                dropped.append(line["id"])
                self._kill(line)
                raise _Killed

        connections = patch.object(sql_db._Pool, "_maxconn", MANY_CONNECTIONS)
        with connections:
            claims, empty = self._claim_for(LONG_SECONDS, everybody[1:], check)
            # One that was killed in the last moment comes back to who asks next.
            back, _none = self._claim_for(SECONDS, [best], check)
        self.assertFalse(wrong)
        self.assertFalse(empty, "somebody was told that there are no names")
        self.assertEqual(len(dropped), len(killed))
        lines = [line["id"] for _user, line in claims]
        self.assertEqual(len(set(lines)), len(lines), "a line was served twice")
        returned = {*lines, *(line["id"] for _user, line in back)}
        self.assertLessEqual(set(dropped), returned, "a killed desk kept its name")
        scopes = [line["recall_scope"] for _user, line in claims + back]
        self.assertEqual(scopes.count("private"), len(everybody) - len(killed))
        self.assertEqual(scopes.count("skill"), 20)
        self._check_order(
            [line["id"] for _user, line in claims if not line["recall_scope"]], dropped
        )

    def _kill(self, line):
        """Let a desk give no sign of life any more, until its time is over."""
        with self.registry.cursor() as cr:
            cr.execute(
                """UPDATE crm_call_list_line
                      SET claimed_until = now() AT TIME ZONE 'UTC' - interval '1 second'
                    WHERE id = %s AND claim_token = %s""",
                [line["id"], line["claim_token"]],
            )

    def _check_order(self, served, dropped):
        """Check that fresh names came by rank, but for those that came back."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT id, rank FROM crm_call_list_line WHERE id = ANY(%s)", [served]
            )
            ranks = dict(cr.fetchall())
        order = [ranks[line] for line in served if line not in dropped]
        places = {rank: place for place, rank in enumerate(sorted(set(order)))}
        late = max(abs(places[rank] - place) for place, rank in enumerate(order))
        # The order in which threads note their claims blurs by a few names.
        self.assertLess(late, 6 * MANY_OPERATORS)

    # ------------------------------------------------------------

    def test_a_killed_clients_claim_returns(self):
        """The desk gives no sign of life any more: the name comes back by itself."""
        killed, other = self.operator_ids[:2]
        with self.registry.cursor() as cr:
            first = self._claim(api.Environment(cr, killed, {}))
        with self.registry.cursor() as cr:
            cr.execute(
                """UPDATE crm_call_list_line
                      SET claimed_until = now() AT TIME ZONE 'UTC' - interval '1 second'
                    WHERE id = %s""",
                [first["id"]],
            )
        with self.registry.cursor() as cr:
            again = self._claim(api.Environment(cr, other, {}))
        self.assertEqual(again["id"], first["id"])
        self.assertNotEqual(again["claim_token"], first["claim_token"])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, killed, {})
            self.assertFalse(
                env["crm.dispatch"]._extend(first["id"], first["claim_token"], 5)
            )

    def test_a_broken_connection_leaves_no_claim(self):
        """A client whose connection dies in the middle of a claim holds nothing."""
        user_id = self.operator_ids[0]
        with self.registry.cursor() as cr:
            campaign = api.Environment(cr, user_id, {})["utm.campaign"].sudo()
            dispatch = campaign.env["crm.dispatch"].with_user(user_id)
            plan = dispatch._claim_plan(campaign.browse(self.campaign_id))
            row, _more = dispatch._claim_once(cr, plan, 2, NOTHING)
            self.assertTrue(row)
            cr.rollback()
        with self.registry.cursor() as cr:
            again = self._claim(api.Environment(cr, self.operator_ids[1], {}))
        self.assertEqual(again["id"], row[0])

    def test_a_filter_holds_for_the_very_next_name_of_everybody(self):
        """While all claim, the manager narrows the filter: from then on, only those."""
        wanted = set(self._many_names(4000)[2000:])
        changed = []

        def narrow():
            time.sleep(SECONDS / 2)
            self._request(
                api.SUPERUSER_ID,
                lambda env: self._campaign(env).write(
                    {"filter_domain": f"[('id', 'in', {sorted(wanted)})]"}
                ),
            )
            changed.append(time.monotonic())
            with self.registry.cursor() as cr:
                env = api.Environment(cr, api.SUPERUSER_ID, {})
                env["crm.queue.job"].search(
                    [("campaign_id", "=", self.campaign_id)]
                )._work()

        wrong, begun = [], {}

        def check(user_id, line):
            if changed and begun.get(user_id, 0) > changed[0]:
                if line["lead_id"] not in wanted:
                    wrong.append(line["lead_id"])
            begun[user_id] = time.monotonic()

        manager = threading.Thread(target=narrow, daemon=True)
        manager.start()
        claims, empty = self._claim_for(SECONDS, self.operator_ids, check)
        manager.join(60)
        self.assertTrue(changed)
        self.assertFalse(wrong)
        self.assertFalse(empty, "somebody was told that there are no names")
        self.assertIn(claims[-1][1]["lead_id"], wanted)
