from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon

from ..models import crm_normalise_run_customer
from ..tools.normaliser import PARTS


@tagged("post_install", "-at_install")
class TestNormaliseRunCustomers(CallcenterCommon):
    """The archive's customers are normalised by runs of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        dirty = {
            "name": "ROSSI SRL",
            "is_company": True,
            "phone": "0309200669 / 3331234567",
            "email": "ADA@EXAMPLE.ORG",
            "street": "V.LE ROMA N. 12",
            "zip": "25065",
            "city": "LUMEZANE",
            "state_id": False,
            "country_id": cls.env.ref("base.it").id,
        }
        cls.partners = cls.env["res.partner"].create([dict(dirty) for _number in "abc"])
        cls.lead = cls.leads[0]
        cls.lead.partner_id = cls.partners[0]
        cls.lead.write({"partner_name": "ROSSI SRL", "name": "Roof of Rossi"})
        cls.lead.street = "Via Po 3"
        cls.env.flush_all()
        cls.domain = str([("id", "in", cls.partners.ids)])

    def start(self, kind="run", parts=PARTS, user=None, **values):
        runs = self.env["crm.normalise.run"].with_user(user or self.manager)
        return runs._start(kind, parts, self.domain, target="partner", **values)

    def work(self, run):
        run.sudo()._work_at_once()
        self.env.invalidate_all()
        self.assertEqual(run.state, "done", run.error)
        return run

    def columns(self):
        self.env.cr.execute(
            "SELECT * FROM res_partner WHERE id = ANY(%s) ORDER BY id",
            [self.partners.ids],
        )
        ignored = {"write_date", "write_uid"}
        return [
            {name: value for name, value in row.items() if name not in ignored}
            for row in self.env.cr.dictfetchall()
        ]

    def test_a_preview_writes_nothing(self):
        before = self.columns()
        run = self.work(self.start("preview"))
        self.assertEqual(self.columns(), before)
        self.assertEqual((run.matched, run.done), (3, 3))
        self.assertEqual(run.change_ids.partner_id, self.partners)
        self.assertFalse(run.change_ids.lead_id)
        mail = run.change_ids.filtered(lambda change: change.kind == "email")[0]
        self.assertIn("ADA@EXAMPLE.ORG", mail.before_text)
        self.assertEqual(mail.action_open_lead()["res_model"], "res.partner")
        done = self.env["crm.normalise.run"].browse(
            run.with_user(self.manager).action_run()["res_id"]
        )
        self.assertEqual((done.target, done.kind), ("partner", "run"))

    def test_a_run_and_what_follows_a_customer(self):
        with patch.object(crm_normalise_run_customer, "CUSTOMERS", 2):
            run = self.work(self.start())
        self.assertEqual((run.seen, run.done), (3, 3))
        for partner in self.partners:
            self.assertEqual(partner.name, "Rossi S.r.l.")
            self.assertEqual(partner.phone, "+39 030 920 0669")
            self.assertEqual(partner.mobile, "+39 333 123 4567")
            self.assertEqual(partner.email_normalized, "ada@example.org")
            self.assertEqual(partner.street, "Viale Roma 12")
            self.assertEqual(partner.city, "Lumezzane")
            self.assertEqual(partner.state_id, self.province)
        # The name by which a customer is called follows where it said the same.
        self.assertEqual(self.lead.city, "Lumezzane")
        self.assertEqual(self.lead.state_id, self.province)
        self.assertEqual(self.lead.partner_name, "Rossi S.r.l.")
        self.assertEqual(self.lead.phone_e164, "+390309200669")
        self.assertEqual(self.lead.name, "Roof of Rossi")
        self.assertEqual(self.lead.street, "Via Po 3")
        kept = self.env["res.partner.original"]._originals_of(self.partners.ids)
        self.assertEqual(kept[self.partners[0].id]["street"], "V.LE ROMA N. 12")
        again = self.work(self.start())
        self.assertEqual((again.done, again.skipped), (0, 3))

    def test_a_run_is_taken_back(self):
        before = self.columns()
        run = self.work(self.start())
        self.partners[1].street = "Via Nuova 1"
        self.env.flush_all()
        undo = self.env["crm.normalise.run"].browse(
            run.with_user(self.manager).action_undo()["res_id"]
        )
        self.assertEqual(undo.target, "partner")
        self.work(undo)
        after = self.columns()
        self.assertEqual(after[0], before[0])
        self.assertEqual(after[2], before[2])
        self.assertEqual(self.lead.city, "LUMEZANE")
        self.assertEqual(self.lead.partner_name, "ROSSI SRL")
        self.assertEqual(self.partners[1].street, "Via Nuova 1")
        self.assertEqual(undo.counts["changed_since"], 1)

    def test_what_was_put_back_stays(self):
        self.work(self.start())
        self.partners[0].action_restore_original("street")
        self.env.flush_all()
        run = self.work(self.start())
        self.assertEqual(self.partners[0].street, "V.LE ROMA N. 12")
        self.assertEqual(run.counts["corrected"], 1)

    def test_a_customer_that_no_rule_lets_through_is_counted(self):
        self.env.cr.execute(
            "UPDATE res_partner SET employee_count = -1 WHERE id = %s",
            [self.partners[0].id],
        )
        self.env.invalidate_all()
        refuse = type(self.env["res.partner"])._check_plausible
        patched = patch.object(
            type(self.env["res.partner"]),
            "_validate_fields",
            lambda records, *args, **kwargs: refuse(records),
        )
        with patched:
            run = self.work(self.start())
        self.assertEqual((run.done, run.counts["refused"]), (2, 1))
        self.assertEqual(self.partners[0].name, "ROSSI SRL")
        self.assertFalse(
            run.change_ids.filtered(
                lambda change: change.partner_id == self.partners[0]
            )
        )

    def test_colleagues_and_own_companies_are_no_customers(self):
        own = self.operator.partner_id | self.company.partner_id
        own.write({"street": "V.LE ROMA N. 12"})
        self.domain = str([("id", "in", own.ids)])
        run = self.work(self.start())
        self.assertEqual(run.matched, 0)
        self.assertEqual(set(own.mapped("street")), {"V.LE ROMA N. 12"})

    def test_a_customer_whose_name_is_in_hand_is_left_alone(self):
        with patch.object(
            type(self.env["crm.normalise.run"]),
            "_names_in_hand",
            lambda run, ids: [self.lead.id] if self.lead.id in ids else [],
        ):
            run = self.work(self.start())
        self.assertEqual((run.done, run.counts["held"]), (2, 1))
        self.assertEqual(self.partners[0].name, "ROSSI SRL")

    def test_erasure_takes_changes_along(self):
        self.work(self.start())
        changes = self.env["crm.normalise.change"]
        mine = [("partner_id", "=", self.partners[0].id)]
        self.assertTrue(changes.search(mine))
        self.lead.with_user(self.manager)._erase("Asked for it")
        self.assertFalse(changes.search(mine))

    def test_only_managers_of_the_company(self):
        with self.assertRaises(AccessError):
            self.start(user=self.back_office)
        other = self.env["res.company"].create({"name": "Other"})
        self.partners[1].company_id = other
        run = self.work(self.start())
        visible = run.with_user(self.manager).change_ids.partner_id
        self.assertEqual(visible, self.partners - self.partners[1])

    def test_the_window_asks_for_customers(self):
        wizard = (
            self.env["crm.normalise.wizard"]
            .with_user(self.manager)
            .create({"target": "partner", "domain": self.domain})
        )
        self.assertEqual(wizard.domain_model, "res.partner")
        run = self.env["crm.normalise.run"].browse(wizard.action_preview()["res_id"])
        self.assertEqual(self.work(run).target, "partner")
