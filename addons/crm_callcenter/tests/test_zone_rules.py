from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.place import city_key
from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestZoneRules(CallcenterCommon):
    """Every kind of rule, which one wins, rules that meet, and assignment as a job."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone.rule_ids.unlink()
        cls.municipality = cls.env["crm.municipality"].search(
            [("name", "=", "Desenzano del Garda")]
        )
        cls.region = cls.province.crm_region_id
        cls.rules = {
            "region": {"region_id": cls.region.id},
            "province": {"state_id": cls.province.id},
            "municipality": {"municipality_id": cls.municipality.id},
            "zip_range": {"zip_from": "25010", "zip_to": "25019"},
            "zip": {"zip_from": "25015"},
        }
        cls.address = {
            "zip": "25015",
            "city": "DESENZANO DEL GARDA",
            "state_id": cls.province.id,
        }

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def _new_zone(self, kind, name=None, **values):
        return self.env["crm.zone"].create(
            {
                "name": name or kind,
                "rule_ids": [
                    Command.create({"kind": kind, **(values or self.rules[kind])})
                ],
            }
        )

    def _run(self):
        run = self.env["crm.zone.run"]._begin()
        self.assertTrue(run._work())
        return run

    # ------------------------------------------------------------
    # RULES
    # ------------------------------------------------------------

    def test_italy_has_twenty_regions_and_their_municipalities(self):
        regions = self.env["crm.region"].search([])
        self.assertEqual(len(regions), 20)
        self.assertEqual(self.region.name, "Lombardia")
        self.assertGreater(self.env["crm.municipality"].search_count([]), 7800)
        without = self.env.ref("base.it").state_ids.filtered(
            lambda state: not state.crm_region_id
        )
        self.assertFalse(without.mapped("code"))
        self.assertEqual(self.env["crm.municipality"]._load(), 0)

    def test_each_kind_gives_its_zone_and_the_narrowest_wins(self):
        lead = self.leads[0]
        for kind in self.rules:
            zone = self._new_zone(kind)
            lead.write({"zip": False, "city": False, "state_id": False})
            self.assertFalse(lead.zone_id, kind)
            lead.write(self.address)
            self.assertEqual(lead.zone_id, zone, kind)
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE crm_lead SET zone_id = NULL WHERE id = %s", [lead.id]
            )
            lead.invalidate_recordset()
            self._run()
            self.assertEqual(lead.zone_id, zone, kind)

    def test_a_municipality_is_known_however_it_is_written(self):
        self.assertEqual(
            {city_key(name) for name in ("Forlì", "FORLI'", " forli", "Forli`")},
            {"forli"},
        )
        zone = self._new_zone("municipality")
        for written in ("desenzano del garda", "Desenzano  del Garda", "Desenzano-D"):
            self.leads[0].write({"city": written, "zip": "25199"})
            expected = zone if not written.endswith("D") else self.env["crm.zone"]
            self.assertEqual(self.leads[0].zone_id, expected, written)
        self.leads[0].write(
            {"city": "Desenzano del Garda", "state_id": self.other_province.id}
        )
        self.assertFalse(self.leads[0].zone_id)

    def test_ranges_that_cross_are_refused_with_both_named(self):
        zone = self._new_zone("zip_range", name="Garda")
        for first, last in (("25005", "25012"), ("25018", "25030")):
            with (
                self.assertRaisesRegex(
                    ValidationError,
                    f"{first}-{last} overlap 25010-25019 of zone Garda",
                ),
                self.env.cr.savepoint(),
            ):
                self._new_zone("zip_range", zip_from=first, zip_to=last)
        self._new_zone("zip_range", name="In", zip_from="25012", zip_to="25014")
        self._new_zone("zip_range", name="Out", zip_from="25000", zip_to="25099")
        self.assertEqual(len(zone.rule_ids), 1)

    def test_a_place_that_is_taken_is_refused_with_its_zone_named(self):
        for kind in ("region", "province", "municipality"):
            zone = self._new_zone(kind, name=f"First {kind}")
            place = zone.rule_ids.display_name.split(" ", 1)[1]
            for archived in (False, True):
                zone.active = not archived
                ending = f" {kind} \\(archived\\)" if archived else f" {kind} already"
                with (
                    self.assertRaisesRegex(
                        ValidationError, f"in zone First{ending}"
                    ) as caught,
                    self.env.cr.savepoint(),
                ):
                    self._new_zone(kind, name="Second")
                self.assertIn(place.split(" (")[0], str(caught.exception))
        self.assertFalse(self.env["crm.zone"].search([("name", "=", "Second")]))
        other = self._new_zone("zip_range", name="Other")
        with self.assertRaisesRegex(ValidationError, "in zone First region"):
            other.rule_ids.write({"kind": "region", "region_id": self.region.id})

    def test_a_zone_shows_its_rules_that_meet(self):
        province, municipality = map(self._new_zone, ("province", "municipality"))
        self.env.flush_all()
        for zone in (province, municipality):
            zone = zone.with_user(self.manager)
            self.assertEqual(zone.conflict_count, 1)
            found = self.env["crm.zone.conflict"].search(
                zone.action_open_conflicts()["domain"]
            )
            self.assertEqual(found.winner_zone_id, municipality)
        self.assertFalse(self._new_zone("zip_range").conflict_count)

    def test_incomplete_rules_are_refused(self):
        for values in (
            {"kind": "region"},
            {"kind": "municipality"},
            {"kind": "zip", "zip_from": "2501"},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env["crm.zone.rule"].create({"zone_id": self.zone.id, **values})

    def test_rules_that_meet_are_listed_with_the_one_that_wins(self):
        for kind in self.rules:
            self._new_zone(kind)
        self.leads[0].write(self.address)
        self._run()
        self.env.flush_all()
        met = self.env["crm.zone.conflict"].with_user(self.manager).search([])
        pairs = {(c.winner_zone_id.name, c.loser_zone_id.name) for c in met}
        order = ["zip", "zip_range", "municipality", "province", "region"]
        expected = {
            (winner, loser)
            for at, winner in enumerate(order)
            for loser in order[at + 1 :]
        }
        self.assertEqual(pairs, expected)
        sentence = met.filtered(
            lambda c: (
                c.winner_zone_id.name == "municipality"
                and c.loser_zone_id.name == "province"
            )
        ).sentence
        self.assertEqual(
            sentence,
            "Municipality Desenzano del Garda (BS) wins over Province Brescia: such"
            " names are in municipality, not in province.",
        )
        self.env["crm.zone"].search([("name", "=", "province")]).active = False
        self.env.flush_all()
        self.assertNotIn("province", met.search([]).mapped("loser_zone_id.name"))

    # ------------------------------------------------------------
    # ASSIGNMENT AS A JOB
    # ------------------------------------------------------------

    def test_the_job_changes_what_it_must_in_small_pieces(self):
        zone = self._new_zone("province")
        run = self.env["crm.zone.run"]._begin()
        self.patch(type(run), "_next_window", self._small_windows(type(run)))
        self.assertTrue(run._work())
        self.assertEqual(run.state, "done")
        self.assertEqual(run.changed_count, 6)
        self.assertEqual(run.progress, 100)
        self.assertGreaterEqual(run.seen_count, 6)
        self.assertEqual(self.leads.zone_id, zone)
        self.assertEqual(self._run().changed_count, 0)

    def _small_windows(self, model):
        def next_window(run, position):
            run.env.cr.execute(
                "SELECT max(id), count(*) FROM (SELECT id FROM crm_lead WHERE id > %s"
                " ORDER BY id LIMIT 2) AS next",
                [position],
            )
            return run.env.cr.fetchone()

        return next_window

    def test_sites_and_their_addresses_follow(self):
        lead = self.leads[0]
        lead.partner_id = self.env["res.partner"].create({"name": "Customer"})
        site = self.env["crm.lead.site"].create(
            {"lead_id": lead.id, "name": "Roof", **self.address}
        )
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertFalse(site.zone_id)
        zone = self._new_zone("municipality")
        self._run()
        self.env.invalidate_all()
        self.assertEqual(site.zone_id, zone)
        self.assertEqual(site.partner_id.zone_id, zone)

    def test_a_job_that_was_killed_goes_on_where_it_was(self):
        self._new_zone("province")
        run = self.env["crm.zone.run"]._begin()
        self.patch(type(run), "_next_window", self._small_windows(type(run)))
        for _times in range(3):
            self.assertFalse(run._work_batch())
        self.env.invalidate_all()
        seen, position = run.seen_count, run.position
        self.assertEqual(seen, 4)
        # Whatever the worker had in mind is gone; another one finds the run.
        self.env["crm.zone.run"]._cron_assign()
        self.env.invalidate_all()
        self.assertEqual(run.state, "done")
        self.assertGreater(run.position, position)
        self.assertEqual(
            run.seen_count,
            self.env["crm.lead"].with_context(active_test=False).search_count([]),
        )

    def test_one_job_at_a_time_begins_anew_and_can_be_cancelled(self):
        run = self.env["crm.zone.run"]._begin()
        run._work_batch()
        self.assertEqual(self.env["crm.zone.run"]._begin(), run)
        self.assertEqual(run.state, "waiting")
        with self.assertRaisesRegex(UserError, "under way"):
            run.unlink()
        run.action_cancel()
        self.assertTrue(run._work())
        self.assertEqual(run.state, "cancelled")

    def test_only_managers_start_it(self):
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                self.zone.with_user(user).action_assign_zones()
            with self.assertRaises(AccessError):
                self.env["crm.zone.conflict"].with_user(user).search([])
        action = self.zone.with_user(self.manager).action_assign_zones()
        run = self.env["crm.zone.run"].browse(action["res_id"])
        self.assertEqual(run.with_user(self.manager).run_progress()["state"], "waiting")

    # ------------------------------------------------------------
    # AGENTS
    # ------------------------------------------------------------

    def test_weekly_capacity_counts_the_appointments_of_the_branch(self):
        self._new_zone("province", name="Child").parent_id = self.zone
        self.leads[0].write(self.address)
        cover = self.zone.zone_agent_ids
        self.assertEqual(cover.user_id, self.agent)
        cover.weekly_capacity = 1
        start, stop = self._next_free_slot()
        day = start.date()
        covers = self.env["crm.zone.agent"].with_user(self.operator)
        zone = self.leads[0].zone_id
        self.assertEqual(
            covers._capacity_sentences(self.agent, zone, day),
            {self.agent.id: "Brescia: 0 of 1 appointments"},
        )
        self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": start,
                "stop": stop,
                "user_id": self.agent.id,
                "partner_ids": [Command.set(self.agent.partner_id.ids)],
                "opportunity_id": self.leads[0].id,
                "is_sales_appointment": True,
            }
        )
        self.assertEqual(
            covers._capacity_sentences(self.agent, zone, day),
            {self.agent.id: "Brescia: week full, 1 of 1 appointments"},
        )
        room = covers._agents_with_room(self.agent | self.agent_two, zone, day)
        self.assertEqual(room, self.agent_two)
        # The first free time of the agent is in a week that has room.
        week = timedelta(days=7)
        slots = [(start + at * week / 7, stop + at * week / 7) for at in range(15)]
        found = self.env["crm.planner"]._slots_with_room(self.agent, zone, slots)
        monday = day - timedelta(days=day.weekday())
        self.assertEqual(len(found), 5)
        self.assertGreaterEqual(found[0][0].date(), monday + week)
        next_week = day + timedelta(days=7)
        self.assertEqual(cover._booked(next_week), {})
        today = fields.Date.context_today(cover)
        cover.invalidate_recordset()
        both = cover.booked_this_week + cover.booked_next_week
        self.assertEqual(both, 1 if (day - today).days < 7 else both)
