"""A number that goes on the list while a name gets it: real connections."""

import contextlib
import uuid

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import BaseCase, get_db_name


@tagged("post_install", "-at_install", "concurrency")
class TestPhoneFlagConcurrency(BaseCase):
    """Two transactions that don't see each other leave no wrong flag behind."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.mark = uuid.uuid4().hex[:8]
        self.number = f"+39333{int(self.mark, 16) % 10**7:07}"
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self._env() as env:
            leads = env["crm.lead"].with_context(active_test=False)
            leads.search([("name", "like", self.mark)]).unlink()
            entries = env["phone.blacklist"].with_context(active_test=False)
            entries.search([("number", "=", self.number)]).unlink()
            env["crm.phone.number"].search([("number", "=", self.number)]).unlink()
            cron = env.ref("crm_callcenter.ir_cron_learn_numbers")
            env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()

    @contextlib.contextmanager
    def _env(self):
        """Give an environment on a connection of its own, committed at the end."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _flags(self):
        with self._env() as env:
            env.cr.execute(
                "SELECT may_not_be_called FROM crm_lead WHERE name LIKE %s",
                [f"{self.mark}%"],
            )
            return [row[0] for row in env.cr.fetchall()]

    def _new_name(self, env):
        return env["crm.lead"].create(
            {"name": self.mark, "type": "lead", "mobile": self.number}
        )

    def test_name_and_list_at_once(self):
        """The name comes while the number is put on the list, both unseen."""
        with self._env() as one, self._env() as other:
            for env in (one, other):
                env.cr.execute("SELECT count(*) FROM crm_lead")  # the snapshot
            self._new_name(one)
            other["phone.blacklist"]._add([self.number])
            other.cr.commit()
            one.cr.commit()
        self.assertEqual(self._flags(), [False], "neither saw the other")
        with self._env() as env:
            # What the scheduled action does that the list woke up.
            cron = env.ref("crm_callcenter.ir_cron_learn_numbers")
            waiting = env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
            self.assertGreaterEqual(len(waiting), 2)
            env["crm.phone.number"]._mend_flags()
        self.assertEqual(self._flags(), [True])

    def test_name_while_it_leaves_the_list(self):
        """Also an entry that was deleted leaves no name that nobody may call."""
        with self._env() as env:
            entry_id = env["phone.blacklist"]._add([self.number]).id
        with self._env() as one, self._env() as other:
            for env in (one, other):
                env.cr.execute("SELECT count(*) FROM crm_lead")
            self._new_name(one)
            other["phone.blacklist"].browse(entry_id).unlink()
            other.cr.commit()
            one.cr.commit()
        self.assertEqual(self._flags(), [True])
        with self._env() as env:
            env["crm.phone.number"]._mend_flags()
        self.assertEqual(self._flags(), [False])

    def test_names_that_are_there(self):
        """All names with the number change at once, and back."""
        with self._env() as env:
            self._new_name(env)
            self._new_name(env)
        with self._env() as env:
            env["phone.blacklist"]._add([self.number])
        self.assertEqual(self._flags(), [True, True])
        with self._env() as env:
            env["phone.blacklist"]._remove([self.number])
        self.assertEqual(self._flags(), [False, False])
