"""What a role doesn't see it doesn't see by any way, on names and on customers."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .custom_field_case import CustomFieldCase

NAME = "x_cc_bill"


@tagged("post_install", "-at_install")
class TestCustomFieldRoles(CustomFieldCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.leads[0]
        cls.partner = cls.lead._convert_to_opportunity(cls.agent, 100, "2031-01-01")
        cls.lead.write({**cls.values, "user_id": cls.agent.id})
        cls.roles = {
            "operator": cls.operator,
            "coordinator": cls.coordinator,
            "agent": cls.agent,
            "back_office": cls.back_office,
            "campaign_manager": cls.manager,
        }

    def _as_every_role(self, mode):
        for role, user in self.roles.items():
            self._field("bill")[f"access_{role}"] = mode
            with self.subTest(role=role):
                yield user
            self._field("bill")[f"access_{role}"] = "edit"

    def _ways(self, user, record):
        """Return everything that tells of a value, or changes it."""
        record = record.with_user(user)
        model = record.browse()
        ids = [("id", "=", record.id)]
        return {
            "read": lambda: record.read([NAME]),
            "web_read": lambda: record.web_read({NAME: {}}),
            "attribute": lambda: record[NAME],
            "search": lambda: model.search([(NAME, ">", 0)]),
            "not search": lambda: model.search(["!", (NAME, ">", 0)]),
            "list": lambda: model.web_search_read(ids, {NAME: {}}),
            "sort": lambda: model.search(ids, order=NAME),
            "export": lambda: record.export_data([NAME]),
            "group": lambda: model.formatted_read_group(ids, [NAME]),
            "sum": lambda: model.formatted_read_group(ids, [], [f"{NAME}:sum"]),
            "having": lambda: model.formatted_read_group(
                ids, ["city"], [f"{NAME}:sum"], having=[(f"{NAME}:sum", ">", 0)]
            ),
            "write": lambda: record.write({NAME: 1}),
            "create": lambda: model.create({"name": "A", NAME: 1}),
            "load": lambda: self._load(model),
            "copy": lambda: record.copy({NAME: 3}),
        }

    def _is_refused(self, go):
        """Tell whether something is refused; what it has done is taken back."""
        savepoint = self.cr.savepoint()
        try:
            go()
        except (UserError, ValueError):
            return True
        finally:
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.invalidate_all()
        return False

    def test_hidden_is_hidden_by_every_way(self):
        tried = {}
        for user in self.roles.values():
            for record in (self.lead, self.partner):
                open_ways = {
                    way
                    for way, go in self._ways(user, record).items()
                    if not self._is_refused(go)
                }
                tried[user, record] = open_ways
        self.assertGreater(len(tried[self.manager, self.lead]), 12)
        self.assertGreater(len(tried[self.agent, self.lead]), 9)
        self.assertGreater(len(tried[self.back_office, self.partner]), 9)
        for user in self._as_every_role("hidden"):
            for record in (self.lead, self.partner):
                model = record.browse().with_user(user)
                self.assertNotIn(NAME, model.fields_get())
                for view_type in ("form", "list", "search"):
                    arch = model.get_view(view_type=view_type)["arch"]
                    self.assertNotIn(NAME, arch)
                ways = self._ways(user, record)
                for way in tried[user, record]:
                    with self.subTest(model=model._name, way=way):
                        self.assertTrue(self._is_refused(ways[way]))

    def _load(self, model):
        """Import a value; a refusal is among the messages."""
        result = model.load(["name", NAME], [["Imported", "3"]])
        if result["messages"] and not result["ids"]:
            raise AccessError(result["messages"][0]["message"])
        return result

    def _paths(self, user):
        """Return what asks for the field through records that link a name."""
        found = {}
        for model_name, link in (
            ("crm.interaction", "lead_id"),
            ("calendar.event", "opportunity_id"),
            ("crm.lead.process", "lead_id"),
            ("mail.activity", "lead_process_id.lead_id"),
            ("crm.lead.contact", "lead_id"),
            ("crm.call", "lead_id"),
            ("res.users", "partner_id"),
            ("crm.call.list.line", "lead_id"),
            ("res.partner", "opportunity_ids"),
            ("crm.lead", "partner_id"),
        ):
            if model_name not in self.env:
                continue
            model = self.env[model_name].with_user(user)
            for way, domain in {
                "dot": [(f"{link}.{NAME}", ">", 0)],
                "any": [(link, "any", [(NAME, ">", 0)])],
                "not any": [(link, "not any", [(NAME, ">", 0)])],
            }.items():
                found[model_name, way] = lambda model=model, domain=domain: (
                    model.search(domain, limit=1)
                )
            linked = self.partner if link == "partner_id" else self.lead
            found[model_name, "export"] = lambda model=model, link=link, to=linked: (
                self._export_of_some(model.search([(link, "=", to.id)]), link)
            )
            found[model_name, "group"] = lambda model=model, link=link: (
                model.formatted_read_group([], [f"{link}.{NAME}"])
            )
            found[model_name, "sort"] = lambda model=model, link=link: model.search(
                [], order=f"{link}.{NAME}", limit=1
            )
        return found

    def _export_of_some(self, records, link):
        if not records:
            raise ValueError("nothing to export")
        return records.export_data([f"{link.replace('.', '/')}/{NAME}"])

    def test_hidden_is_hidden_through_other_models(self):
        for user in self.roles.values():
            self.lead.with_context(mail_activity_quick_update=True).activity_schedule(
                "crm_callcenter.activity_type_telemarketing", user_id=user.id
            )
        self.env["calendar.event"].create(
            {
                "name": "Visit",
                "opportunity_id": self.lead.id,
                "start": "2031-01-01 10:00:00",
                "stop": "2031-01-01 11:00:00",
                "user_id": self.agent.id,
            }
        )
        open_paths = {
            user: {
                path
                for path, go in self._paths(user).items()
                if not self._is_refused(go)
            }
            for user in self.roles.values()
        }
        self.assertIn(("calendar.event", "any"), open_paths[self.agent])
        self.assertIn(("crm.interaction", "dot"), open_paths[self.operator])
        self.assertGreater(len(open_paths[self.manager]), 25)
        for user in self._as_every_role("hidden"):
            paths = self._paths(user)
            for path in open_paths[user]:
                with self.subTest(path=path):
                    self.assertTrue(self._is_refused(paths[path]))

    def test_values_of_a_hidden_choice_are_not_offered(self):
        """The names of values alone tell nothing; who has which stays hidden."""
        self._field("roof").access_agent = "hidden"
        lead = self.lead.with_user(self.agent)
        choices = self.env["crm.custom.field.choice"].with_user(self.agent)
        found = choices.with_context(custom_field_name="x_cc_roof").name_search("Fl")
        self.assertEqual([name for _id, name in found], ["Flat"])
        with self.assertRaises(AccessError):
            lead.mapped("x_cc_roof")
        self.assertNotIn(f",f{self._field('roof').id},", lead.custom_field_keys)
        self.assertIn(
            f",f{self._field('roof').id},",
            self.lead.with_user(self.manager).custom_field_keys,
        )

    def test_read_only_is_read_and_not_written(self):
        for user in self._as_every_role("readonly"):
            for record in (self.lead.with_user(user), self.partner.with_user(user)):
                if not record.has_access("read"):
                    continue
                self.assertEqual(record[NAME], 812.4)
                with self.assertRaises(AccessError), self.cr.savepoint():
                    record.write({NAME: 1})
                with self.assertRaises(AccessError), self.cr.savepoint():
                    record.web_save({NAME: 1}, {NAME: {}})
                form = record.get_view(view_type="form")["arch"]
                if NAME in form:
                    [node] = [
                        piece for piece in form.split("<field ") if f'"{NAME}"' in piece
                    ][:1]
                    self.assertIn('readonly="1"', node)

    def test_required_is_not_emptied(self):
        roof = self._field("roof")
        for role, user in self.roles.items():
            roof[f"access_{role}"] = "required"
            for record in (self.lead.with_user(user), self.partner.with_user(user)):
                if not record.has_access("write"):
                    continue
                with self.subTest(role=role, model=record._name):
                    self.assertTrue(
                        self._is_refused(
                            lambda record=record: record.write({"x_cc_roof": False})
                        )
                    )
        self.assertEqual(self.lead.x_cc_roof, self.choice["Flat"])

    def test_mass_maintenance_keeps_to_rights_too(self):
        self._field("bill").access_campaign_manager = "readonly"
        job = (
            self.env["crm.custom.field.mass"]
            .with_user(self.manager)
            .create(
                {"custom_field_id": self._field("bill").id, "operation": "clear"},
            )
        )
        with self.assertRaisesRegex(Exception, "may not change Bill"):
            job.action_run()
        self._field("kwh").access_campaign_manager = "hidden"
        job.write(
            {
                "custom_field_id": self._field("people").id,
                "domain": "[('x_cc_kwh', '>', 0)]",
            }
        )
        with self.assertRaises(AccessError):
            job.action_dry_run()
