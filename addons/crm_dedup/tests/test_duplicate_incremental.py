from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from odoo.addons.crm_dedup.tools.matching.record import MatchRecord

from .duplicate_case import DuplicateCase


@tagged("post_install", "-at_install")
class TestDuplicateIncremental(DuplicateCase):
    """A name is compared when it is written: by a form, a web page, or by SQL."""

    def test_new_name_is_paired_before_the_commit(self):
        double = self.new_lead("MARIO ROSSI", phone=False)
        [pair] = self.pairs_of(double)
        self.assertEqual(pair.first_lead_id, self.mario)
        self.assertEqual(pair.second_lead_id, double)
        self.assertEqual(pair.verdict, "same")
        self.assertEqual(pair.state, "open")
        self.assertRegex(pair.reasons_text, r"same mobile \+\d")

    def test_somebody_else_is_not_paired(self):
        other = self.new_lead(
            "Bianchi Luca",
            mobile="348 9988776",
            phone="02 33445566",
            street="Corso Como 3",
            city="Milano",
            zip="20154",
        )
        self.assertFalse(self.pairs_of(other))

    def test_household_on_one_landline_is_not_paired(self):
        wife = self.new_lead("Rossi Anna", mobile=False)
        self.assertFalse(self.pairs_of(wife))

    def test_changed_name_is_compared_again(self):
        other = self.new_lead(
            "Verdi Ugo", mobile="348 1231231", phone=False, street="Via Po 3"
        )
        self.assertFalse(self.pairs_of(other))
        other.write({"contact_name": "Mario Rossi", "mobile": "3472213344"})
        self.commit()
        self.assertEqual(self.others(other), self.mario)
        other.write(
            {"contact_name": "Verdi Ugo", "name": "Verdi Ugo", "mobile": "348 1231231"}
        )
        self.commit()
        self.assertFalse(self.pairs_of(other), "The pair holds no more")

    def test_other_fields_cost_nothing(self):
        lead = self.new_lead("Gialli Pia", mobile="348 1112223", phone=False)
        lead.write({"priority": "2"})
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.env.cr.precommit.run()

    def test_all_that_a_pair_is_found_by_is_indexed(self):
        """A large archive has hundreds of thousands of pairs."""
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for column in (
            *("first_lead_id", "second_lead_id"),
            *("first_partner_id", "second_partner_id"),
        ):
            self.env.cr.execute(
                SQL(
                    "EXPLAIN SELECT id FROM crm_duplicate_pair WHERE %s = ANY(%s)",
                    SQL.identifier(column),
                    [1, 2],
                )
            )
            plan = "\n".join(line for (line,) in self.env.cr.fetchall())
            self.assertNotIn("Seq Scan", plan, column)

    def test_decision_stays(self):
        double = self.new_lead("Mario Rossi")
        self.pairs_of(double).action_different()
        double.write({"street": "Via Garibaldi 12/A"})
        self.commit()
        self.run_archive()
        [pair] = self.pairs_of(double)
        self.assertEqual(pair.state, "different")
        self.assertEqual(pair.decided_by_id, self.env.user)
        self.assertFalse(double.duplicate_pair_id, "Nobody is asked again")
        [known] = self.env["crm.dedup"]._records_of([double.id])
        self.assertNotIn(0, self.env["crm.dedup"]._find_known([known]))

    def test_decision_taken_back(self):
        double = self.new_lead("Mario Rossi")
        pair = self.pairs_of(double)
        pair.action_different()
        pair.action_reopen()
        self.assertEqual(double.duplicate_pair_id, pair)
        self.assertFalse(pair.decided_at)

    def test_archived_name_is_not_paired(self):
        self.mario.active = False
        self.commit()
        self.assertFalse(self.pairs_of(self.new_lead("Mario Rossi")))

    def test_names_by_sql_wait_for_the_scheduled_action(self):
        double = self.copy_by_sql(self.mario)
        self.env["crm.dedup.key"]._mark_stale([double.id])
        self.assertFalse(self.pairs_of(double))
        seen, new, _dropped = self.env["crm.dedup"]._compare_stale(1000)
        self.assertGreaterEqual(seen, 1)
        self.assertGreaterEqual(new, 1)
        self.assertEqual(self.others(double), self.mario)
        self.assertFalse(self.env["crm.dedup"]._compare_stale(1000)[0])

    def test_keys_set_based(self):
        double = self.copy_by_sql(self.mario)
        self.env["crm.dedup.key"]._refresh_keys([double.id], compared=True)
        found = self.env["crm.dedup"]._find_duplicates(
            [MatchRecord(0, person="Rossi Mario", phones=("+393472213344",))]
        )
        self.assertEqual(
            {record_id for _model, record_id, _comparison in found[0]},
            {self.mario.id, double.id},
        )

    def test_many_at_once_are_left_to_the_scheduled_action(self):
        values = [{"name": f"Somebody {number}"} for number in range(201)]
        leads = self.env["crm.lead"].create(values)
        self.commit()
        rows = self.env["crm.dedup"]._take_stale(10000)[0]
        self.assertLessEqual(set(leads.ids), set(rows))

    def test_lookup_of_a_batch(self):
        records = [
            MatchRecord(0, person=f"Rossi Mario {number}", phones=("+393472213344",))
            for number in range(300)
        ]
        records.append(MatchRecord(0, person="Mario Rossi", phones=("+393472213344",)))
        records.append(MatchRecord(0, person="Nobody Atall"))
        self.env["crm.dedup"]._matcher()
        with self.assertQueryCount(4):
            found = self.env["crm.dedup"]._find_duplicates(records)
        [(model, record_id, comparison)] = found[300]
        self.assertEqual((model, record_id), ("crm.lead", self.mario.id))
        self.assertEqual(comparison.verdict, "same")
        self.assertNotIn(301, found)
        self.assertFalse(
            self.env["crm.dedup"]
            ._find_duplicates([records[300]], exclude_ids=[self.mario.id])
            .get(0)
        )

    def test_value_of_everybody_finds_nobody(self):
        """61 names on one number: a switchboard, or a number typed to go on."""
        for number in range(61):
            lead = self.copy_by_sql(
                self.mario, contact_name=f"Aa{number} Bb", mobile_e164="+39300000000"
            )
            self.env["crm.dedup.key"]._refresh_keys([lead.id])
        found, crowded = self.env["crm.dedup.key"]._holders_of(
            self.env["crm.dedup"]._keys_of_all(
                self.env["crm.dedup"]._records_of([lead.id])
            )
        )
        self.assertTrue(crowded)
        self.assertLess(len(found.get(0, ())), 61)

    def test_creation_costs_few_statements(self):
        self.env["crm.dedup"]._matcher()
        self.new_lead("Neri Ivo", mobile="349 7778889", phone=False, street=False)
        self.env["crm.lead"].create(
            {"name": "Rosa Eva", "contact_name": "Rosa Eva", "mobile": "3497778880"}
        )
        self.env.flush_all()
        with self.assertQueryCount(4):
            self.env.cr.precommit.run()

    # ------------------------------------------------------------
    # SHOWN
    # ------------------------------------------------------------

    def test_banner_says_why(self):
        double = self.new_lead("Mario Rossi").with_user(self.manager)
        self.assertIn("Rossi Mario", double.duplicate_text)
        self.assertIn("same mobile", double.duplicate_text)
        action = double.action_compare_duplicates()
        self.assertEqual(self.pairs.search(action["domain"]), self.pairs_of(self.mario))
        double.action_not_duplicate()
        self.assertFalse(double.duplicate_text)
        self.assertEqual(self.pairs_of(double).state, "different")

    def test_form_counts_similar_names_while_typing(self):
        form = Form(self.env["crm.lead"].with_user(self.manager))
        form.name = "Mario Rossi"
        form.phone = "030 2211334"
        form.street = "Via Garibaldi 12"
        form.city = "Brescia"
        form.contact_name = "Mario Rossi"
        self.assertEqual(form.duplicate_lead_count, 1)

    def test_names_that_odoo_does_not_find(self):
        double = self.new_lead("Mario Rossi", phone=False)
        self.assertIn(self.mario, double.duplicate_lead_ids)

    def test_operator_learns_nothing(self):
        own = self.new_lead("Mario Rossi", user_id=self.operator.id)
        lead = own.with_user(self.operator)
        self.assertFalse(lead.duplicate_pair_id)
        self.assertFalse(lead.duplicate_text)
        self.assertFalse(lead.duplicate_lead_count)
        with self.assertRaises(AccessError):
            lead.action_compare_duplicates()
        with self.assertRaises(AccessError):
            lead.action_not_duplicate()
        with self.assertRaises(AccessError):
            self.pairs.with_user(self.operator).search([])
