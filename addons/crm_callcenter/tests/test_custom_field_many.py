"""Sixty fields cost no more queries than five: Odoo reads none of them ahead."""

from lxml import etree

from odoo.fields import Command
from odoo.tests import tagged

from ..models.crm_custom_field_view import MOST_OFFERED
from ..tools.custom_field import TYPES
from .custom_field_case import CustomFieldCase

#: Of each type so many more.
MORE = 6


@tagged("post_install", "-at_install")
class TestCustomFieldMany(CustomFieldCase):
    def _add_fields(self):
        """Add fields of each type; return a value for each of them."""
        made = self.env["crm.custom.field"].create(
            [
                {
                    "label": f"More {field_type} {number}",
                    "field_type": field_type,
                    "choice_ids": [Command.create({"name": "Some"})]
                    if field_type in ("choice", "choices")
                    else [],
                }
                for field_type, _label, _ttype in TYPES
                for number in range(MORE)
            ]
        )
        usual = {field.field_type: field for field in self.fields_made}
        values = {}
        for field in made:
            value = self.values[usual[field.field_type].name]
            if field.field_type == "choice":
                value = field.choice_ids.id
            elif field.field_type == "choices":
                value = [Command.set(field.choice_ids.ids)]
            values[field.name] = value
        return values

    def _queries(self, work, *args):
        """Return how many queries some work takes, when Odoo has warmed up."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _specification(self, names):
        links = ("many2one", "many2many")
        fields = self.env["crm.lead"]._fields
        return {
            name: {"fields": {"display_name": {}}} if fields[name].type in links else {}
            for name in (*names, "custom_field_keys")
        }

    def _measure(self, lead, names):
        """Return how many queries each screen takes, when Odoo has warmed up."""
        self._measure_once(lead, names, 5)
        return self._measure_once(lead, names, 6)

    def _measure_once(self, lead, names, people):
        mine = lead.with_user(self.manager)
        wanted = self._specification(names)
        domain = [("id", "in", self.leads.ids)]
        sheet = self.env["report.crm_callcenter.report_custom_fields"]
        sheet = sheet.with_user(self.manager)
        return {
            "open": self._queries(mine.web_read, wanted),
            "list": self._queries(mine.web_search_read, domain, wanted),
            "keys": self._queries(lambda: mine.custom_field_keys),
            "save": self._queries(mine.web_save, {"x_cc_people": people}, wanted),
            "export": self._queries(mine.export_data, list(names)),
            "sheet": self._queries(sheet._get_report_values, mine.ids),
            "copy": self._queries(lead.copy),
        }

    def test_queries_do_not_grow_with_fields(self):
        lead, other = self.leads[:2]
        (lead | other).write(self.values)
        few = self._measure(lead, list(self.values))
        few["convert"] = self._queries(self._convert, other)
        more = self._add_fields()
        third, fourth = self.leads[2:4]
        (third | fourth).write({**self.values, **more})
        many = self._measure(third, [*self.values, *more])
        many["convert"] = self._queries(self._convert, fourth)
        grown = {
            name: (few[name], count)
            for name, count in many.items()
            # A field of several choices is a table of its own: copying and converting
            # write into each.
            if count > few[name] + (4 * MORE if name in ("copy", "convert") else 0)
        }
        self.assertFalse(grown, "queries with few and with many fields")

    def _convert(self, lead):
        return lead._convert_to_opportunity(self.agent, 100, "2031-01-01")

    def test_lists_and_search_offer_forty(self):
        self._add_fields()
        for model_name, view_type, view in (
            ("crm.lead", "list", "crm_callcenter.crm_lead_view_list_names"),
            ("crm.lead", "search", "crm_callcenter.crm_lead_view_search_names"),
            ("crm.lead", "list", "crm.crm_case_tree_view_oppor"),
            ("res.partner", "list", "base.view_partner_tree"),
        ):
            for user in (self.manager, self.operator):
                model = self.env[model_name].with_user(user)
                arch = model.get_view(self.env.ref(view).id, view_type)["arch"]
                nodes = etree.fromstring(arch).xpath(
                    "//field[starts-with(@name, 'x_cc_')]"
                )
                with self.subTest(view=view, user=user.login):
                    self.assertLessEqual(len(nodes), MOST_OFFERED)
                    self.assertGreater(len(nodes), 10)

    def test_a_conversion_of_many_fields_is_taken_back(self):
        """Also fields beyond the hundred that an SQL function takes."""
        values = {**self.values, **self._add_fields()}
        self.assertGreater(len(values), 60)
        lead = self.leads[0]
        lead.write(values)
        partner = self._convert(lead)
        self.env.cr.precommit.run()
        self._assert_values(partner, values)
        lead.write(dict.fromkeys(values, False))
        lead.with_user(self.back_office).action_undo_conversion()
        self.env.invalidate_all()
        self._assert_values(lead, values)
        self.assertFalse(lead.partner_id)

    def test_names_are_merged_with_many_fields(self):
        first, second = self.leads[:2]
        second.write(self.values)
        before = self._queries(lambda: (first | second)._merge_data())
        self._add_fields()
        (first | second)._merge_data()
        self.assertLessEqual(
            self._queries(lambda: (first | second)._merge_data()), before + 2
        )
