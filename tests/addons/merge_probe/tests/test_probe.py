from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.crm_dedup.tests.merge_case import MergeCase


@tagged("post_install", "-at_install")
class TestProbe(MergeCase):
    """An addon that the merge knows nothing of loses nothing."""

    def setUp(self):
        super().setUp()
        for lead in self.kept | self.gone:
            self._fill(lead)
        self.env.flush_all()

    def _fill(self, lead):
        self.env["merge.probe"].create(
            [
                {"name": f"Own {lead.id}", "lead_id": lead.id, "is_main": True},
                {"name": "both", "lead_id": lead.id},
                {"name": f"About {lead.id}", "about": f"crm.lead,{lead.id}"},
                {
                    "name": f"Pair {lead.id}",
                    "res_model": "crm.lead",
                    "res_id": lead.id,
                },
                # The same number of another model is somebody else.
                {
                    "name": f"Other {lead.id}",
                    "res_model": "res.partner",
                    "res_id": lead.id,
                },
                {"name": f"Number {lead.id}", "lead_number": lead.id},
                {
                    "name": f"Many {lead.id}",
                    "lead_ids": [Command.set((self.kept | self.gone).ids)],
                },
                {"name": f"One {lead.id}", "lead_ids": [Command.set(lead.ids)]},
            ]
        )
        first = 5 if lead == self.gone else 1
        self.env["merge.probe.period"].create(
            [
                {"lead_id": lead.id, "first": first, "last": first + 5},
                {"lead_id": lead.id, "first": 10 * first + 10, "last": 10 * first + 20},
            ]
        )
        self.env["merge.probe.child"].create(
            [
                {
                    "lead_id": lead.id,
                    "code": code,
                    "amount": 0.1,
                    "detail_ids": [
                        Command.create({"number": number})
                        for number in (1, 10 * lead.id)
                    ],
                }
                for code in ("both", f"only {lead.id}")
            ]
        )

    def test_values_of_single_companies(self):
        """Each company's own value follows, and returns; those of others stay."""
        companies = self.env.company | self.env["res.company"].create({"name": "Two"})
        probe = self.env["merge.probe"].create({"name": "kept by"})
        third = self.env["crm.lead"].create({"name": "Third"})
        for company, lead in zip(companies, (self.gone, third), strict=True):
            probe.with_company(company).keeper_id = lead
        self.env.flush_all()
        before = self._dump()
        journal = self.merge._merge(self.kept, self.gone)
        self.env.invalidate_all()
        self.assertEqual(probe.with_company(companies[0]).keeper_id, self.kept)
        self.assertEqual(probe.with_company(companies[1]).keeper_id, third)
        journal.action_undo()
        self.assertSameRows(before, self._dump())
        self.assertEqual(probe.with_company(companies[0]).keeper_id, self.gone)

    def test_both_ways_and_again(self):
        for survivor, loser in (
            (self.kept, self.gone),
            (self.gone, self.kept),
        ):
            before = self._dump()
            journal = self.merge._merge(survivor, loser)
            self.assertFalse(self._pointing_to(loser))
            self._check(survivor, loser)
            journal.action_undo()
            self.assertSameRows(before, self._dump())
            again = self.merge._merge(survivor, loser)
            self._check(survivor, loser)
            again.action_undo()
            self.assertSameRows(before, self._dump())

    def _check(self, survivor, loser):
        self.env.invalidate_all()
        probes = self.env["merge.probe"].search([])
        by_name = {probe.name: probe for probe in probes}
        # Of the two main ones, and of the two of one name, the survivor's stay.
        self.assertNotIn(f"Own {loser.id}", by_name)
        self.assertTrue(by_name[f"Own {survivor.id}"].is_main)
        self.assertEqual(probes.filtered(lambda p: p.name == "both").lead_id, survivor)
        self.assertEqual(by_name[f"About {loser.id}"].about, survivor)
        self.assertEqual(by_name[f"Pair {loser.id}"].res_id, survivor.id)
        self.assertEqual(by_name[f"Other {loser.id}"].res_id, loser.id)
        self.assertEqual(by_name[f"Number {loser.id}"].lead_number, survivor.id)
        self.assertEqual(by_name[f"Many {loser.id}"].lead_ids, survivor)
        self.assertEqual(by_name[f"One {loser.id}"].lead_ids, survivor)
        periods = self.env["merge.probe.period"].search([], order="first")
        self.assertEqual(periods.lead_id, survivor)
        # Of two that overlap the survivor's stays.
        own = 5 if survivor == self.gone else 1
        self.assertEqual(periods.mapped("first"), [own, 20, 60])
        children = self.env["merge.probe.child"].search([])
        self.assertEqual(children.lead_id, survivor)
        self.assertEqual(
            sorted(children.mapped("code")),
            sorted(["both", f"only {survivor.id}", f"only {loser.id}"]),
        )
        both = children.filtered(lambda child: child.code == "both")
        self.assertEqual(
            sorted(both.detail_ids.mapped("number")),
            sorted([1, 10 * survivor.id, 10 * loser.id]),
        )
