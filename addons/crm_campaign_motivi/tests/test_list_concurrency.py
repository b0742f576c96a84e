"""Lists change while operators work: real connections at Odoo's real isolation level.

What these tests write is committed, and deleted again at their end.
"""

import threading
import uuid
from collections import Counter
from functools import partial

from odoo import api, fields
from odoo.tests import tagged

from .test_concurrency import OPERATORS, TestConcurrency

NAMES = 90
MORE = 90


@tagged("post_install", "-at_install", "concurrency")
class TestListConcurrency(TestConcurrency):
    """Names come, go and move while operators claim and confirm."""

    worked_ids = ()

    def _create_data(self, env):
        """Keep one list at work, and names that are in no list yet."""
        result = super()._create_data(env)
        lists = env["crm.call.list"].search([("name", "like", f"{self.mark} %")])
        self.list_ids = lists.sorted("name").ids
        lists.line_ids.filtered(
            lambda line: (
                line.list_id != lists[0] or line.lead_id.id not in self.lead_ids[:NAMES]
            )
        ).unlink()
        self.worked_ids = self.lead_ids[:NAMES]
        more = env["crm.lead"].create(
            [
                {
                    "name": f"{self.mark} more {number}",
                    "type": "lead",
                    "stage_id": env["crm.stage"].search([], limit=1).id,
                    "user_id": False,
                    "team_id": False,
                    "mobile": f"+39334{1000000 + number}",
                }
                for number in range(MORE)
            ]
        )
        self.more_ids = more.ids
        return result

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute(
                """DELETE FROM crm_list_job WHERE id IN (
                       SELECT job.id FROM crm_list_job job
                         LEFT JOIN crm_list_job_target_rel rel ON rel.job_id = job.id
                         JOIN crm_call_list list
                           ON list.id IN (job.list_id, rel.list_id)
                        WHERE list.name LIKE %s)""",
                [f"{self.mark} %"],
            )
        return super()._clean_up()

    # The inherited tests are run where they stand.
    test_no_name_is_served_twice = None
    test_a_name_of_two_lists_is_never_in_two_hands = None
    test_one_operators_double_clicks_claim_one_name = None
    test_a_doubled_confirm_registers_once = None
    test_claims_wait_for_nobody = None
    test_an_agents_minute_is_given_once = None

    def _work_job(self, values):
        """Do one operation as the scheduled action does, beside the operators."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            job = env["crm.list.job"].create({"user_id": env.uid, **values})
        with self.registry.cursor() as cr:
            job = job.with_env(env(cr=cr))
            ended = False
            while not ended:
                ended = job._work()
            self.assertEqual(job.state, "done", job.error)
            return job.done

    def _beside_operators(self, change):
        """Let all operators work to the end of the lists while something changes.

        :param change: is called once in a thread of its own
        :return: the names that were served, as often as they were
        """
        served, changed = [], threading.Event()

        def work(user_id):
            if user_id is None:
                try:
                    change()
                finally:
                    changed.set()
                return
            idle = 0
            while idle < 2:
                payload = self._request(
                    user_id, lambda env: env["crm.desk"].next_name(self.campaign_id)
                )
                if payload.get("empty"):
                    # Once more after the last change, then it is the end.
                    idle += changed.wait(0.05)
                    continue
                served.append(payload["lead"]["id"])
                self._request(
                    user_id, partial(self._confirm, payload, uuid.uuid4().hex)
                )

        self._in_threads(work, [None, *self.operator_ids[: OPERATORS // 2]])
        return Counter(served)

    def _lines(self):
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT lead_id, list_id, category, claimed_by_id
                     FROM crm_call_list_line WHERE list_id = ANY(%s)""",
                [self.list_ids],
            )
            return cr.fetchall()

    def test_names_that_come_meanwhile_are_all_served(self):
        domain = repr([("id", "in", self.more_ids)])

        def build():
            self._work_job(
                {"kind": "build", "list_id": self.list_ids[0], "domain": domain}
            )

        served = self._beside_operators(build)
        self.assertEqual(max(served.values()), 1, "a name was served twice")
        self.assertEqual(set(served), set(self.worked_ids) | set(self.more_ids))

    def test_names_that_move_meanwhile_are_served_once(self):
        """No line is lost between two lists, and none is doubled."""
        first, second = self.list_ids

        def move_there_and_back():
            for source, target in ((first, second), (second, first)) * 3:
                self._work_job(
                    {
                        "kind": "move",
                        "domain": repr(
                            [("list_id", "=", source), ("category", "=", "to_call")]
                        ),
                        "target_list_ids": [fields.Command.set([target])],
                    }
                )

        served = self._beside_operators(move_there_and_back)
        self.assertEqual(max(served.values()), 1, "a name was served twice")
        self.assertEqual(set(served), set(self.worked_ids), "a name was lost")
        lines = self._lines()
        self.assertEqual(Counter(line[0] for line in lines), served)
        self.assertFalse([line for line in lines if line[3]], "a claim was left over")

    def test_suspended_names_wait_until_they_are_resumed(self):
        def suspend_and_resume():
            for kind in ("suspend", "resume") * 3:
                domain = [("list_id", "=", self.list_ids[0])]
                self._work_job({"kind": kind, "domain": repr(domain)})

        served = self._beside_operators(suspend_and_resume)
        self.assertEqual(max(served.values()), 1)
        self.assertEqual(len(served), NAMES, "a name stayed suspended")

    def test_two_builds_at_once_add_each_name_once(self):
        domain = repr([("id", "in", self.more_ids)])

        def build(_user_id):
            self._work_job(
                {"kind": "build", "list_id": self.list_ids[1], "domain": domain}
            )

        self._in_threads(build, self.operator_ids[:3])
        found = Counter(
            line[0] for line in self._lines() if line[1] == self.list_ids[1]
        )
        self.assertEqual(set(found.values()), {1})
        self.assertEqual(len(found), MORE)
