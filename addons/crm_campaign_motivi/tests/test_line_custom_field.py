from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.crm_callcenter.tests.custom_field_case import CustomFieldCase

from .common import CampaignCommon

LINES = "crm.call.list.line"


@tagged("post_install", "-at_install")
class TestLineCustomField(CustomFieldCase, CampaignCommon):
    """The operators' list shows, finds and changes the custom fields of the name."""

    @classmethod
    def _entries(cls):
        return [
            *super()._entries(),
            ("Secret", "text", {"access_operator": "hidden"}),
            ("Origin", "text", {"access_operator": "readonly"}),
        ]

    def setUp(self):
        super().setUp()
        self.lines = self.call_list.line_ids.sorted("rank")

    def columns(self, user):
        view = self.env[LINES].with_user(user).get_views([(False, "list")])
        arch = etree.fromstring(view["views"]["list"]["arch"])
        return {node.get("name"): node for node in arch.xpath("./field")}

    def test_the_list_offers_them_by_role(self):
        columns = self.columns(self.operator)
        for name in self.values:
            self.assertEqual(columns[name].get("optional"), "hide", name)
            self.assertNotEqual(columns[name].get("readonly"), "1", name)
        self.assertNotIn("x_cc_secret", columns)
        self.assertEqual(columns["x_cc_origin"].get("readonly"), "1")
        self.assertIn("x_cc_secret", self.columns(self.manager))
        self._field("story").in_list = False
        self.assertNotIn("x_cc_story", self.columns(self.operator))

    def test_adding_one_locks_no_call_out(self):
        """While a column is added to the names, calls go on writing lines."""
        self.env.cr.execute(
            """SELECT mode FROM pg_locks
                WHERE pid = pg_backend_pid()
                  AND relation = 'crm_call_list_line'::regclass
                  AND mode IN ('ShareRowExclusiveLock', 'ExclusiveLock',
                               'AccessExclusiveLock')"""
        )
        self.assertFalse(self.env.cr.fetchall())

    def test_they_are_changed_in_place(self):
        line = self.lines[0].with_user(self.operator)
        # The contact is none of the operator's.
        values = {**self.values, "x_cc_installer": False}
        [row] = line.web_save(values, {name: {} for name in values})
        self._assert_values(self.leads[0], values)
        self.assertEqual(row["x_cc_people"], 4)
        self.assertEqual(row["x_cc_wishes"], self.choice["Battery"].ids)
        self.assertFalse(self.leads[1].x_cc_people)
        for name in ("x_cc_secret", "x_cc_origin"):
            with self.assertRaises(AccessError):
                line.web_save({name: "x"}, {})

    def test_they_are_searched_sorted_and_grouped(self):
        for number, lead in enumerate(self.leads):
            lead.x_cc_people = number
        self.leads[0].x_cc_roof = self.choice["Flat"]
        self.leads[1].x_cc_wishes = self.choice["Battery"]
        lines = self.env[LINES].with_user(self.operator)
        mine = [("list_id", "=", self.call_list.id)]
        for domain, expected in (
            ([("x_cc_people", ">", 3)], self.leads[4:]),
            ([("x_cc_roof", "ilike", "fla")], self.leads[0]),
            ([("x_cc_wishes", "ilike", "batt")], self.leads[1]),
            ([("x_cc_people", "=", 2), ("attempts", "=", 0)], self.leads[2]),
        ):
            self.assertEqual(lines.search(mine + domain).lead_id, expected, domain)
        found = lines.search(mine, order="x_cc_people desc")
        self.assertEqual(found.lead_id.ids, list(reversed(self.leads.ids)))
        groups = lines._read_group(mine, ["x_cc_roof"], ["__count"])
        self.assertEqual(
            {roof.name: count for roof, count in groups}, {"Flat": 1, False: 5}
        )
        search = lines.get_views([(False, "search")])["views"]["search"]["arch"]
        self.assertIn('name="group_x_cc_roof"', search)
        self.assertNotIn("x_cc_secret", search)

    def test_what_is_hidden_is_not_learnt_from_the_line(self):
        self.leads[0].x_cc_secret = "gold"
        line = self.lines[0].with_user(self.operator)
        self.assertNotIn("x_cc_secret", line.fields_get())
        with self.assertRaises(AccessError):
            line.read(["x_cc_secret"])
        with self.assertRaises(AccessError):
            line.search([("x_cc_secret", "=", "gold")])
        self.assertEqual(self.lines[0].with_user(self.manager).x_cc_secret, "gold")

    def test_many_columns_are_read_at_once(self):
        # Nothing is kept of a catalogue whose changes are not committed yet, but by
        # whoever makes them.
        self.env["crm.custom.field"]._begin_change()
        for lead in self.leads:
            lead.write({**self.values, "x_cc_installer": False})
        few = self._queries(["lead_city"])
        self._queries(list(self.values))
        self.assertLessEqual(self._queries(list(self.values)), few + 6)

    def _queries(self, names):
        lines = self.env[LINES].with_user(self.operator)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        specification = {
            name: {"fields": {"display_name": {}}} if "cc_roof" in name else {}
            for name in names
        }
        lines.web_search_read([("list_id", "=", self.call_list.id)], specification)
        return self.env.cr.sql_log_count - before

    def test_nothing_of_them_is_stored_with_the_line(self):
        self.env.cr.execute(
            "SELECT 1 FROM information_schema.columns"
            " WHERE table_name = 'crm_call_list_line' AND column_name LIKE 'x_cc_%'"
        )
        self.assertFalse(self.env.cr.fetchall())

    def test_labels_follow_the_catalogue(self):
        self._field("people").label = "Inhabitants"
        self.env.flush_all()
        described = self.env[LINES].fields_get(["x_cc_people"])["x_cc_people"]
        self.assertEqual(described["string"], "Inhabitants")

    def test_a_deleted_field_leaves_the_lines(self):
        for name in ("people", "wishes"):
            field = self._field(name)
            field._delete()
            self.assertNotIn(f"x_cc_{name}", self.columns(self.operator))
            field._remove_columns()
            self.assertNotIn(f"x_cc_{name}", self.env[LINES]._fields)
            self.assertFalse(
                self.env["ir.model.fields"].search([("name", "=", f"x_cc_{name}")])
            )
        again = self.env["crm.custom.field"].create(
            {"label": "Heads", "field_type": "integer"}
        )
        self.leads[0][again.name] = 7
        self.assertEqual(self.lines[0][again.name], 7)

    def test_an_older_catalogue_is_shown_when_the_addon_comes(self):
        self._field("people")._line_fields().unlink()
        self.assertNotIn("x_cc_people", self.env[LINES]._fields)
        entries = self.env["crm.custom.field"]
        entries._show_on_lines()
        entries._show_on_lines()
        self.assertEqual(len(self._field("people")._line_fields()), 1)
        self.leads[0].x_cc_people = 3
        self.assertEqual(self.lines[0].x_cc_people, 3)
