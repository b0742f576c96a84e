"""Names and customers on real connections, committed, searched by processes."""

import contextlib
import uuid

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests.common import BaseCase, get_db_name
from odoo.tools import SQL

from odoo.addons.crm_dedup.models import crm_duplicate_search

from .dirty_archive import COLUMNS, rows

#: Key of the context that allows processes in a test: its names are committed.
ALLOWED = {crm_duplicate_search.PROCESSES: None}
NAMES = 2000
CUSTOMERS = 200


class DuplicatePoolCase(BaseCase):
    """An archive of its own, and runs over it as the scheduled action works on them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.mark = uuid.uuid4().hex[:8]
        cls.addClassCleanup(cls._clean_up)
        with cls._env() as env:
            cls._clean_runs(env)
            cls.first_id = cls._fill(env)
            cls._fill_customers(env)
            cls._fill_household(env)

    @classmethod
    @contextlib.contextmanager
    def _env(cls):
        """Give an environment on a connection of its own, committed at the end."""
        with cls.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    @classmethod
    def _fill(cls, env):
        """Insert names as a list brings them; not today, so that none is linked."""
        columns = [*COLUMNS, "description", "type", "active", "create_date"]
        lines = [
            tuple(values[name] for name in COLUMNS)
            + (cls.mark, "lead", True, "2026-01-01")
            for values in rows(NAMES, cls.mark)
        ]
        env.cr.execute(
            SQL(
                "INSERT INTO crm_lead (%s) VALUES %s RETURNING id",
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(lines),
            )
        )
        return env.cr.fetchone()[0]

    @classmethod
    def _fill_customers(cls, env):
        """Make customers of some, of whom a few are linked already."""
        people = env.execute_query(
            SQL(
                """SELECT contact_name, email_normalized, mobile_e164, street, zip,
                          city, %(mark)s
                     FROM crm_lead WHERE description = %(mark)s
                 ORDER BY id DESC LIMIT %(count)s""",
                mark=cls.mark,
                count=CUSTOMERS,
            )
        )
        names = "name email mobile street zip city ref".split()
        customers = env["res.partner"].with_context(crm_dedup_off=True)
        customers.create([dict(zip(names, row, strict=True)) for row in people])
        env.cr.execute(
            SQL(
                """UPDATE crm_lead lead SET partner_id = partner.id
                     FROM res_partner partner
                    WHERE partner.ref = %(mark)s AND partner.id %% 5 = 0
                      AND lead.description = %(mark)s
                      AND lead.mobile_e164 = replace(partner.mobile, ' ', '')""",
                mark=cls.mark,
            )
        )

    @classmethod
    def _fill_household(cls, env):
        """Let somebody be known to live in the house of another name."""
        env.cr.execute(
            SQL(
                """UPDATE crm_lead SET has_rows = true WHERE id = %(id)s;
                   INSERT INTO crm_lead_contact (lead_id, name, kind)
                   SELECT %(id)s, contact_name, 'household' FROM crm_lead
                    WHERE description = %(mark)s AND id <> %(id)s
                      AND phone_e164 = (SELECT phone_e164 FROM crm_lead
                                         WHERE id = %(id)s)""",
                id=cls.first_id,
                mark=cls.mark,
            )
        )

    @classmethod
    def _clean_runs(cls, env):
        env.cr.execute(
            """DELETE FROM crm_dedup_stale;
               DELETE FROM crm_duplicate_run;
               DELETE FROM crm_duplicate_sample WHERE source = 'drawn';
               DELETE FROM crm_dedup_frequency"""
        )
        env.registry.clear_cache()

    @classmethod
    def _clean_up(cls):
        with cls._env() as env:
            env.cr.execute(
                SQL(
                    """DELETE FROM crm_lead WHERE strpos(description, %(mark)s) > 0;
                       DELETE FROM res_partner WHERE ref = %(mark)s""",
                    mark=cls.mark,
                )
            )
            cls._clean_runs(env)
            env["crm.dedup.key"]._drop_orphans()

    def setUp(self):
        super().setUp()
        with self._env() as env:
            env.cr.execute("DELETE FROM crm_duplicate_pair")
            self._clean_runs(env)

    def _new_run(self):
        with self._env() as env:
            return env["crm.duplicate.run"].create({"makes_keys": True}).id

    def _work(self, run_id):
        """Let a run work as the scheduled action lets it."""
        with self._env() as env:
            run = env["crm.duplicate.run"].browse(run_id).with_context(**ALLOWED)
            run._work()
            return run.state, run.error

    def _pairs(self):
        with self._env() as env:
            return set(
                env.execute_query(
                    SQL(
                        """SELECT kind, coalesce(first_lead_id, first_partner_id),
                                  coalesce(second_lead_id, second_partner_id),
                                  verdict, score, reasons::text, company_id
                             FROM crm_duplicate_pair"""
                    )
                )
            )

    def _incremental(self):
        """Compare each name by itself with the archive."""
        with self._env() as env:
            env["crm.dedup.key"]._mark_all_stale()
            service = env["crm.dedup"]
            while service._compare_stale(500)[0]:
                env.cr.commit()

    def _keys(self, env):
        """Return where each key is in its table, by key and holder."""
        rows = env.execute_query(
            SQL("SELECT key, holder, ctid::text, xmin::text FROM crm_dedup_key")
        )
        return {row[:2]: row[2:] for row in rows}
