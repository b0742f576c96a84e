from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.models import crm_names_job_mixin
from odoo.addons.crm_callcenter.tests.common import CallcenterCommon

from ..tools.normaliser import PARTS


@tagged("post_install", "-at_install")
class TestNormaliseRun(CallcenterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        italy = cls.env.ref("base.it")
        dirty = {
            "name": "ROSSI SRL",
            "partner_name": "ROSSI SRL",
            "contact_name": "SIG. NICOLO' VERDI",
            "phone": "0309200669",
            "email_from": "ADA@EXAMPLE.ORG",
            "street": "V.LE ROMA N. 12",
            "zip": "25065",
            "city": "LUMEZANE",
            "state_id": False,
            "country_id": italy.id,
        }
        cls.dirty = cls.env["crm.lead"].create([dict(dirty) for _number in range(7)])
        cls.clean = cls.leads[0]
        cls.clean.write({"phone": "+39 030 555 0001", "mobile": "+39 333 111 2201"})
        cls.domain = str([("id", "in", (cls.dirty | cls.clean).ids)])

    def start(self, kind="run", parts=PARTS, user=None, **values):
        runs = self.env["crm.normalise.run"].with_user(user or self.manager)
        return runs._start(kind, parts, self.domain, **values)

    def work(self, run):
        run.sudo()._work_at_once()
        self.env.invalidate_all()
        self.assertEqual(run.state, "done", run.error)
        return run

    def columns(self, lead):
        self.env.cr.execute("SELECT * FROM crm_lead WHERE id = %s", [lead.id])
        [row] = self.env.cr.dictfetchall()
        return row

    def test_a_preview_writes_nothing(self):
        before = self.columns(self.dirty[0])
        run = self.work(self.start("preview"))
        self.assertEqual(self.columns(self.dirty[0]), before)
        self.assertEqual((run.matched, run.done, run.skipped), (8, 7, 1))
        self.assertEqual(
            run.counts,
            {
                "names": 7,
                "phones": 7,
                "email": 7,
                "addresses": 7,
                "held": 0,
                "customers": 0,
            },
        )
        self.assertEqual(len(run.change_ids), 28)
        names = run.change_ids.filtered(lambda change: change.kind == "names")
        self.assertIn("ROSSI SRL", names[0].before_text)
        self.assertIn("Rossi S.r.l.", names[0].after_text)
        self.assertFalse(self.env["crm.lead.original"].search([]))

    def test_a_preview_shows_the_first_of_each_kind(self):
        with (
            patch("odoo.addons.crm_dedup.models.crm_normalise_run.PREVIEW_CHANGES", 2),
            patch.object(crm_names_job_mixin, "BATCH_SIZE", 3),
        ):
            run = self.work(self.start("preview"))
        self.assertEqual(len(run.change_ids), 8)
        self.assertEqual(run.counts["names"], 7)

    def test_a_run_writes_what_the_forms_would(self):
        run = self.work(self.start())
        lead = self.dirty[0]
        self.assertEqual(lead.name, "Rossi S.r.l.")
        self.assertEqual(lead.contact_name, "Nicolò Verdi")
        self.assertEqual(lead.street, "Viale Roma 12")
        self.assertEqual((lead.city, lead.state_id), ("Lumezzane", self.province))
        self.assertEqual(lead.phone, "+39 030 920 0669")
        self.assertEqual(lead.email_normalized, "ada@example.org")
        # The zone follows the address.
        self.assertEqual(lead.zone_id, self.zone)
        self.assertEqual(run.done, 7)
        kept = self.env["crm.lead.original"]._originals_of(lead.ids)[lead.id]
        self.assertEqual(kept["street"], "V.LE ROMA N. 12")

    def test_columns_that_follow_are_those_of_the_orm(self):
        """What the run writes past the ORM is what the ORM would have computed."""
        self.work(self.start())
        lead = self.dirty[0]
        twin = self.env["crm.lead"].create(
            {
                name: lead[name]
                for name in "name partner_name contact_name phone email_from street zip"
                " city".split()
            }
            | {"state_id": lead.state_id.id, "country_id": lead.country_id.id}
        )
        self.env.flush_all()
        own, other = self.columns(lead), self.columns(twin)
        for name in (
            "phone_e164 mobile_e164 phone_second_e164 phone_sanitized phone_state"
            " email_normalized email_domain_criterion email_state zone_id"
            " may_not_be_called".split()
        ):
            self.assertEqual(own[name], other[name], name)

    def test_a_second_run_changes_nothing(self):
        self.work(self.start())
        before = self.columns(self.dirty[0])
        run = self.work(self.start())
        self.assertEqual((run.done, run.skipped), (0, 8))
        self.assertEqual(self.columns(self.dirty[0]), before)

    def test_only_the_parts_that_were_chosen(self):
        self.work(self.start(parts=["email"]))
        self.assertEqual(self.dirty[0].email_from, "ada@example.org")
        self.assertEqual(self.dirty[0].name, "ROSSI SRL")

    def test_a_run_is_taken_back(self):
        before = {lead: self.columns(lead) for lead in self.dirty}
        run = self.work(self.start())
        # What somebody changed since stays.
        self.dirty[1].street = "Via Nuova 1"
        self.env.flush_all()
        action = run.action_undo()
        undo = self.env["crm.normalise.run"].browse(action["res_id"])
        self.work(undo)
        ignored = {"write_date", "write_uid"}
        for lead in self.dirty - self.dirty[1]:
            after = self.columns(lead)
            changed = {k for k in after if after[k] != before[lead][k]} - ignored
            self.assertEqual(changed, set())
        self.assertEqual(self.dirty[1].street, "Via Nuova 1")
        self.assertEqual(self.dirty[1].name, "ROSSI SRL")
        self.assertEqual(undo.counts["changed_since"], 1)
        self.assertFalse(run.may_undo)
        with self.assertRaisesRegex(UserError, "taken back already"):
            run.action_undo()

    def test_what_an_old_run_changed_is_forgotten(self):
        run = self.work(self.start())
        recent = self.work(self.start("preview"))
        self.assertTrue(run.may_undo)
        run.sudo().date_end = "2020-01-01"
        self.env["crm.normalise.run"]._gc_changes()
        self.assertFalse(run.change_ids)
        self.assertFalse(run.may_undo)
        self.assertEqual(recent.state, "done")

    def test_cancelled_and_gone_on(self):
        run = self.start()
        with patch.object(crm_names_job_mixin, "BATCH_SIZE", 3):
            page = []
            job = run.sudo()
            job._job_batch(page)
            job._job_batch(page)
            run.invalidate_recordset()
            self.assertEqual(run.seen, 3)
            run.action_cancel()
            self.env.invalidate_all()
            if run.state != "cancelled":
                job._job_batch(page)
            self.assertEqual(run.state, "cancelled")
            run.action_continue()
            self.work(run)
        self.assertEqual((run.seen, run.done), (8, 7))
        self.assertEqual(set(self.dirty.mapped("name")), {"Rossi S.r.l."})

    def test_customers_keep_their_own_values(self):
        self.dirty[0].partner_id = self.env["res.partner"].create({"name": "ROSSI SRL"})
        self.dirty[0].name = "ROSSI SRL"
        self.env.flush_all()
        run = self.work(self.start())
        self.assertEqual(run.counts["customers"], 1)
        self.assertEqual(self.dirty[0].name, "ROSSI SRL")

    # ------------------------------------------------------------
    # CORRECTED BY HAND
    # ------------------------------------------------------------

    def test_what_was_put_back_stays(self):
        self.work(self.start())
        lead = self.dirty[0].with_user(self.manager)
        lead.action_restore_original("street")
        self.env.flush_all()
        run = self.work(self.start())
        self.assertEqual(lead.street, "V.LE ROMA N. 12")
        self.assertEqual((run.done, run.counts["corrected"]), (0, 1))
        self.assertIn("Corrected by hand, left alone: 1", run.result)

    def test_what_was_corrected_since_stays(self):
        self.work(self.start())
        self.dirty[0].write({"street": "V.LE ROMA N. 14", "email_from": "ADA@B.IT"})
        self.dirty[1].city = "BRESCIA"
        self.env.flush_all()
        preview = self.work(self.start("preview"))
        self.assertEqual((preview.done, preview.counts["corrected"]), (0, 2))
        self.work(self.start())
        self.assertEqual(self.dirty[0].street, "V.LE ROMA N. 14")
        self.assertEqual(self.dirty[0].email_from, "ADA@B.IT")
        self.assertEqual(self.dirty[1].city, "BRESCIA")

    def test_nothing_moves_out_of_a_value_that_was_put_back(self):
        """The second number of a cell isn't taken along from one that stays."""
        lead = self.dirty[0]
        lead.phone = "0309200669 - 3331234567"
        self.env.flush_all()
        self.work(self.start())
        self.assertEqual(lead.mobile, "+39 333 123 4567")
        lead.write({"phone": "0309200669 - 3331234567", "mobile": False})
        self.env.flush_all()
        self.work(self.start())
        self.assertEqual(lead.phone, "0309200669 - 3331234567")
        self.assertFalse(lead.mobile)

    def test_what_a_run_took_back_is_normalised_again(self):
        run = self.work(self.start())
        undo = self.env["crm.normalise.run"].browse(run.action_undo()["res_id"])
        self.work(undo)
        kept = self.env["crm.lead.original"]._originals_of(self.dirty.ids)
        self.assertFalse(any(kept.values()))
        again = self.work(self.start())
        self.assertEqual((again.done, again.counts.get("corrected", 0)), (7, 0))
        self.assertEqual(self.dirty[0].street, "Viale Roma 12")

    # ------------------------------------------------------------
    # NAMES WITH NOTHING BUT A TITLE
    # ------------------------------------------------------------

    def test_a_title_that_is_the_name(self):
        leads = self.env["crm.lead"].create(
            [
                {"name": "ROSSI NICOLO'", "type": "lead"},
                {"name": "ROSSI SRL", "type": "lead", "lead_kind": "company"},
                {"name": "BIANCHI SPA", "type": "lead"},
                {"name": "preventivo urgente", "type": "lead"},
                {"name": "FOTOVOLTAICO", "type": "opportunity"},
                {"name": "VERDI", "contact_name": "Neri Ada", "type": "lead"},
            ]
        )
        self.domain = str([("id", "in", leads.ids)])
        self.work(self.start())
        self.assertEqual(
            leads.mapped("name"),
            [
                "Rossi Nicolò",
                "Rossi S.r.l.",
                "Bianchi S.p.A.",
                "preventivo urgente",
                "FOTOVOLTAICO",
                "VERDI",
            ],
        )

    def test_a_listed_number_stays_listed(self):
        self.env["phone.blacklist"]._add(["+390309200669"])
        self.env.flush_all()
        self.assertTrue(self.dirty[0].may_not_be_called)
        self.work(self.start())
        self.assertTrue(self.dirty[0].may_not_be_called)

    def test_only_managers(self):
        for user in (self.operator, self.coordinator, self.back_office):
            with self.assertRaises(AccessError):
                self.start(user=user)
            with self.assertRaises(AccessError):
                self.env["crm.normalise.change"].with_user(user).search([])
        with self.assertRaisesRegex(UserError, "at least one"):
            self.start(parts=())

    def test_one_run_at_a_time(self):
        self.start()
        with self.assertRaisesRegex(UserError, "at work already"):
            self.start()

    def test_the_window_starts_a_preview(self):
        wizard = (
            self.env["crm.normalise.wizard"]
            .with_user(self.manager)
            .create({"domain": self.domain, "codes": False})
        )
        run = self.env["crm.normalise.run"].browse(wizard.action_preview()["res_id"])
        self.work(run)
        self.assertEqual(run.kind, "preview")
        self.assertFalse(run.codes)
        done = run.with_user(self.manager).action_run()
        self.work(self.env["crm.normalise.run"].browse(done["res_id"]))
        self.assertEqual(self.dirty[0].name, "Rossi S.r.l.")
