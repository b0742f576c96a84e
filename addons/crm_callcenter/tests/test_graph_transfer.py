import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests.common import tagged

from ..tools.graph_file import LARGEST_FILE
from .graph_editor_case import GraphEditorCase


@tagged("post_install", "-at_install")
class TestGraphTransfer(GraphEditorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("it_IT")
        cls.interested.with_context(lang="it_IT").name = "Interessato"
        cls.north = cls.env["crm.operator.category"].create({"name": "North"})
        cls.milan = cls.env["crm.operator.category"].create(
            {"name": "Milan", "parent_id": cls.north.id}
        )
        cls.env["crm.planning.right"].create(
            {
                "activity_type_id": cls.visit.id,
                "planner_group_id": cls.env.ref("crm_callcenter.group_coordinator").id,
                "planner_category_id": cls.milan.id,
                "target": "group",
                "target_group_id": cls.env.ref("crm_callcenter.group_agent").id,
            }
        )
        cls.env["crm.relation"].create(
            {
                "activity_type_id": cls.visit.id,
                "outcome_id": cls.refuses.id,
                "next_type_id": cls.letter.id,
                "next_assignee": "fixed",
                "next_user_id": cls.agent.id,
                "delay_hours": 4,
                "process_id": cls.process.id,
                "is_conclusive": True,
                "conclusion": "lost",
            }
        )
        cls.letter.automatic_outcome_id = cls.refuses

    def export(self):
        return self.env["crm.graph.file"].with_user(self.manager)._export()

    def content(self):
        return json.loads(self.export())

    def upload(self, raw, **values):
        if isinstance(raw, dict):
            raw = json.dumps(raw).encode()
        return (
            self.env["crm.graph.transfer"]
            .with_user(self.manager)
            .create({"file": base64.b64encode(raw), **values})
        )

    def check(self, raw, **values):
        """Upload a file, compare it, and return the window."""
        transfer = self.upload(raw, **values)
        transfer.action_check()
        return transfer

    @staticmethod
    def find(content, section, key):
        return next(item for item in content[section] if item["key"] == key)

    def relation_of(self, content, activity_type, outcome):
        return next(
            item
            for item in content["relations"]
            if item["activity_type"] == activity_type.name
            and item["outcome"] == outcome.name
        )

    def empty(self):
        """Delete the configuration; what is in use is bent out of shape instead."""
        self.env["crm.relation"].with_context(active_test=False).search([]).unlink()
        self.env["crm.planning.right"].search([]).unlink()
        sections = self.env["crm.graph.file"]._sections()
        types = self.env["mail.activity.type"].with_context(active_test=False)
        types.search([("automatic_outcome_id", "!=", False)]).write(
            {"automatic_outcome_id": False}
        )
        if "crm.segnalazione.transition" in self.env:
            steps = self.env["crm.segnalazione.transition"]
            steps.with_context(active_test=False).search([("id", "!=", False)]).write(
                {
                    "activity_type_id": False,
                    "outcome_id": False,
                    "outcome_type_id": False,
                }
            )
        for name in ("processes", "types", "outcomes", "commercial_states"):
            records = self.env["crm.graph.file"]._records(sections[name])
            if "replaced_by_id" in records._fields:
                records.write({"replaced_by_id": False})
            for record in records:
                if name == "processes":
                    used = bool(record.lead_process_ids)
                else:
                    used = record._count_references(
                        record._graph_references() + record._history_references()
                    )
                if used:
                    record.write({"active": False, "sequence": 777})
                else:
                    record.unlink()
        self.milan.unlink()
        self.north.unlink()

    # ------------------------------------------------------------
    # THE SAME AGAIN
    # ------------------------------------------------------------

    def test_no_id_stands_in_the_file(self):
        content = self.content()
        self.assertEqual(
            self.relation_of(content, self.visit, self.refuses)["next_user"],
            "agent_one",
        )
        ids = [
            value
            for section, items in content.items()
            if isinstance(items, list)
            for item in items
            for entry, value in item.items()
            if entry.endswith(("_id", "_ids", "id")) and entry != "external_id"
        ]
        self.assertFalse(ids)
        self.assertNotIn("Correction", {item["key"] for item in content["types"]})

    def test_its_own_export_would_change_nothing(self):
        transfer = self.check(self.export())
        self.assertFalse(
            transfer.line_ids.mapped(lambda line: (line.name, line.field, line.new))
        )
        transfer.action_apply()
        self.assertEqual(transfer.state, "done")

    def test_an_emptied_configuration_becomes_the_same_again(self):
        # A type that is off keeps its relations.
        self.relation.next_type_id = self.letter
        self.visit.active = False
        visit_name, before = self.visit.name, self.export()
        self.empty()
        self.assertNotEqual(self.export(), before)
        transfer = self.check(before)
        self.assertFalse(transfer.wrong_count, transfer.line_ids.mapped("new"))
        self.assertTrue(transfer.create_count)
        transfer.action_apply()
        self.assertEqual(self.export().decode(), before.decode())
        relation = self.env["crm.relation"].search(
            [("activity_type_id.name", "=", visit_name)]
        )
        self.assertEqual(relation.next_user_id, self.agent)
        process = relation.process_id.with_context(active_test=False)
        self.assertEqual(process.type_ids, relation.activity_type_id)
        self.assertFalse(relation.activity_type_id.active)
        outcome = relation.next_type_id.automatic_outcome_id
        self.assertEqual(outcome, relation.outcome_id)

    def test_external_ids_return_with_what_was_deleted(self):
        outcome = self.env["crm.outcome"].create({"name": "Named", "color": "#111111"})
        self.env["ir.model.data"].create(
            {
                "module": "crm_callcenter",
                "name": "crm_outcome_of_the_tests",
                "model": "crm.outcome",
                "res_id": outcome.id,
            }
        )
        exported = self.export()
        outcome.unlink()
        self.check(exported).action_apply()
        again = self.env.ref("crm_callcenter.crm_outcome_of_the_tests")
        self.assertEqual(again.name, "Named")

    def test_two_of_one_name_stay_two(self):
        doubles = self.env["crm.outcome"].create(
            [
                {"name": "Double", "color": "#111111", "sequence": 2},
                {"name": "Double", "color": "#222222", "sequence": 1},
            ]
        )
        exported = self.export()
        self.assertFalse(self.check(exported).line_ids)
        doubles.unlink()
        self.check(exported).action_apply()
        self.assertEqual(self.export(), exported)

    # ------------------------------------------------------------
    # THE DRY RUN
    # ------------------------------------------------------------

    def test_the_dry_run_tells_all_and_changes_nothing(self):
        content = self.content()
        relation = self.relation_of(content, self.call, self.interested)
        relation["delay_days"] = 9
        relation["commercial_state"] = "Blocked"
        content["relations"].remove(self.relation_of(content, self.visit, self.refuses))
        new = dict(self.find(content, "outcomes", self.refuses.name))
        content["outcomes"].append(new | {"key": "Brand new", "name": "Brand new"})
        self.find(content, "types", self.letter.name)["active"] = False
        before = self.export()
        transfer = self.check(content)
        lines = {
            (line.kind, line.name, line.field, line.old, line.new)
            for line in transfer.line_ids
        }
        arrow = f"{self.call.name} → {self.interested.name}"
        self.assertIn(("change", arrow, "Days", "2", "9"), lines)
        self.assertIn(
            ("change", arrow, "Commercial State", "Prospect", "Blocked"),
            {(*line[:2], line[2].title(), *line[3:]) for line in lines},
        )
        self.assertIn("Brand new", {line[1] for line in lines if line[0] == "create"})
        self.assertIn(("off", self.letter.name, "Active", "Yes", "No"), lines)
        self.assertIn(
            f"{self.visit.name} → {self.refuses.name}",
            {line[1] for line in lines if line[0] == "off"},
        )
        self.assertFalse(transfer.wrong_count)
        self.assertEqual(self.export(), before, "the dry run changed something")
        relation = self.env["crm.relation"]._get(self.visit, self.refuses)
        self.assertTrue(relation, "what is looked up is as before")

    def test_it_applies_what_it_listed(self):
        content = self.content()
        self.relation_of(content, self.call, self.interested)["delay_days"] = 9
        content["relations"].remove(self.relation_of(content, self.visit, self.refuses))
        self.check(content).action_apply()
        self.assertEqual(self.relation.delay_days, 9)
        self.assertFalse(self.env["crm.relation"]._get(self.visit, self.refuses))

    def test_what_the_file_does_not_name_may_stay(self):
        content = self.content()
        content["relations"] = []
        content["planning_rights"] = []
        self.assertFalse(self.check(content, switch_off=False).line_ids)
        self.assertTrue(self.check(content).off_count)

    def test_a_language_that_the_file_does_not_know_is_left_alone(self):
        content = self.content()
        self.find(content, "outcomes", self.interested.name)["translations"] = {}
        self.assertFalse(self.check(content).line_ids)
        self.find(content, "outcomes", self.interested.name)["translations"] = {
            "it_IT": "Molto interessato"
        }
        self.check(content).action_apply()
        self.assertEqual(
            self.interested.with_context(lang="it_IT").name, "Molto interessato"
        )
        self.assertEqual(self.interested.name, "Interested in the tests")

    def test_what_no_addon_here_knows_is_named(self):
        content = self.content()
        content["telepathy"] = []
        content["types"][0]["aura"] = "green"
        lines = self.check(content).line_ids
        self.assertEqual(set(lines.mapped("kind")), {"left"})
        self.assertEqual(set(lines.mapped("name")), {"telepathy", "aura"})

    def test_shortcuts_can_change_places(self):
        self.interested.shortcut, self.refuses.shortcut = "7", "8"
        content = self.content()
        self.find(content, "outcomes", self.interested.name)["shortcut"] = "8"
        self.find(content, "outcomes", self.refuses.name)["shortcut"] = "7"
        self.check(content).action_apply()
        self.assertEqual(self.interested.shortcut, "8")
        self.assertEqual(self.refuses.shortcut, "7")

    def test_branches_of_the_tree_can_change_places(self):
        content = self.content()
        north = self.find(content, "operator_categories", "North")
        milan = self.find(content, "operator_categories", "North / Milan")
        north["parent"], milan["parent"] = "North / Milan", None
        self.check(content).action_apply()
        self.assertEqual(self.north.parent_id, self.milan)
        self.assertFalse(self.milan.parent_id)

    def test_what_changed_meanwhile_is_looked_at_again(self):
        content = self.content()
        self.relation_of(content, self.call, self.interested)["delay_days"] = 9
        transfer = self.check(content)
        self.relation.points = 77
        with self.assertRaisesRegex(UserError, "has changed since"):
            transfer.action_apply()
        self.assertEqual(self.relation.delay_days, 2)

    # ------------------------------------------------------------
    # BROKEN FILES
    # ------------------------------------------------------------

    def test_no_configuration_at_all(self):
        whole = self.content()
        twice = (
            self.export()
            .decode()
            .replace('"version": 1,', '"version": 1, "version": 1,', 1)
        )
        broken = {
            "binary": (b"\x89PNG\r\n\xff\xfe", "can't be read as JSON"),
            "empty object": (b"{}", "is no configuration"),
            "list": (b"[1, 2]", "is no configuration"),
            "text": (b'"hello"', "is no configuration"),
            "cut": (self.export()[:500], "can't be read as JSON"),
            "nested": (b"[" * 200_000, "can't be read as JSON"),
            "not a number": (b'{"format": NaN}', "can't be read as JSON"),
            "other format": (json.dumps({**whole, "format": "x"}).encode(), "is no"),
            "version": (json.dumps({**whole, "version": 2}).encode(), "version 2,"),
            "version true": (
                json.dumps({**whole, "version": True}).encode(),
                "version True",
            ),
            "twice": (twice.encode(), "holds “version” twice"),
        }
        for label, (raw, sentence) in broken.items():
            transfer = self.upload(raw)
            with self.subTest(file=label):
                with self.assertRaisesRegex(UserError, sentence):
                    transfer.action_check()
                with self.assertRaisesRegex(UserError, sentence):
                    transfer.action_apply()

    def test_a_huge_file_is_refused_before_it_is_read(self):
        with self.assertRaisesRegex(UserError, "larger than 5 MB"):
            self.env["crm.graph.transfer"].with_user(self.manager).create(
                {"file": b"A" * (LARGEST_FILE * 20)}
            )
        transfer = self.upload(b"{}")
        with self.assertRaisesRegex(UserError, "larger than 5 MB"):
            transfer.file = b"A" * (LARGEST_FILE * 2)

    def test_no_file(self):
        transfer = self.env["crm.graph.transfer"].with_user(self.manager).create({})
        with self.assertRaisesRegex(UserError, "Choose the file"):
            transfer.action_check()

    def broken_contents(self):
        """Return content broken in one way each, and the sentence it must get."""
        call_key, visit_key = self.call.name, self.visit.name

        def change(section, key, **values):
            return lambda content: self.find(content, section, key).update(values)

        def relation(**values):
            return lambda content: self.relation_of(
                content, self.call, self.interested
            ).update(values)

        def append(section, item):
            return lambda content: content[section].append(item)

        def double(content):
            content["types"].append(dict(content["types"][0]))

        def double_relation(content):
            content["relations"].append(dict(content["relations"][0]))

        def circle(content):
            change("types", call_key, replaced_by=visit_key)(content)
            change("types", visit_key, replaced_by=call_key)(content)

        def own_parent(content):
            change("operator_categories", "North", parent="North / Milan")(content)

        def shortcuts(content):
            for outcome in (self.interested, self.refuses):
                change("outcomes", outcome.name, shortcut="9")(content)

        def chain(content):
            own = self.relation_of(content, self.visit, self.refuses)
            own.update(next_type=visit_key, delay_hours=0, next_user=None)
            own["next_assignee"] = "me"
            change("types", visit_key, automatic_outcome=self.refuses.name)(content)

        return {
            "section": (lambda content: content.pop("types"), "no list “types”"),
            "section kind": (
                lambda content: content.update(outcomes={}),
                "no list “outcomes”",
            ),
            "item": (append("types", "x"), "is an object"),
            "no key": (append("types", {"name": "x"}), "“key” is missing"),
            "no name": (append("types", {"key": "x"}), "“name” is missing"),
            "no outcome": (
                append("relations", {"activity_type": call_key}),
                "“outcome” is missing",
            ),
            "double": (double, "stands twice"),
            "double relation": (double_relation, "stands twice"),
            "circle": (circle, "runs in a circle"),
            "parent": (own_parent, "runs in a circle"),
            "user": (
                relation(next_user="nobody@nowhere", next_assignee="fixed"),
                "login “nobody@nowhere”",
            ),
            "user by number": (relation(next_user=2), "login “2”"),
            "type": (relation(next_type="Teleport"), "“Teleport”, which is not"),
            "list as key": (relation(next_type=[call_key]), "which is not in the"),
            "role": (
                lambda content: content["planning_rights"][0].update(
                    planner_group="no.group"
                ),
                "no role “no.group”",
            ),
            "text": (relation(points="many"), "“many” is no value"),
            "truth": (relation(points=True), "“True” is no value"),
            "huge": (relation(points=10**30), "is no value for “points”"),
            "past": (relation(delay_days=-1), "is no value for “delay_days”"),
            "choice": (relation(next_assignee="boss"), "“boss” is no value"),
            "conclusion": (
                relation(is_conclusive=True, conclusion=None),
                "won or lost",
            ),
            "fixed": (
                relation(next_assignee="fixed", next_user=None),
                "Choose the fixed user",
            ),
            "colour": (change("types", call_key, color="red"), "“red” is no value"),
            "null": (change("types", call_key, name="a\0b"), "is no value for “name”"),
            "external id": (
                change("types", call_key, external_id="x'; DROP"),
                "external id can't be read",
            ),
            "translations": (
                change("types", call_key, translations=["x"]),
                "translations can't be read",
            ),
            "shortcut": (shortcuts, "same shortcut"),
            "switched off": (
                change("types", visit_key, active=False),
                "which is switched off",
            ),
            "chain": (chain, "plan actions for ever"),
        }

    def test_broken_content_gets_a_sentence_and_changes_nothing(self):
        before = self.export()
        # A relation is checked when it is written: touch the one in question.
        self.relation.points = 6
        changed = self.export()
        for label, (spoil, sentence) in self.broken_contents().items():
            content = json.loads(before)
            spoil(content)
            with self.subTest(fault=label):
                transfer = self.check(content)
                wrong = transfer.line_ids.filtered(lambda line: line.kind == "wrong")
                self.assertIn(sentence, " ".join(wrong.mapped("new")))
                with self.assertRaisesRegex(UserError, "can't be imported"):
                    transfer.action_apply()
                self.assertEqual(self.export(), changed)

    def test_a_user_without_access_is_refused(self):
        employee = self._new_user("stranger", "group_agent")
        employee.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        content = self.content()
        self.relation_of(content, self.call, self.interested).update(
            next_assignee="fixed", next_user="stranger"
        )
        transfer = self.check(content)
        self.assertIn("no access to names", transfer.line_ids[0].new)

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def test_only_campaign_managers_transfer(self):
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            transfers = self.env["crm.graph.transfer"].with_user(user)
            with self.subTest(role=user.login):
                with self.assertRaises(AccessError):
                    transfers.create({"file": base64.b64encode(b"{}")})
                with self.assertRaises(AccessError):
                    transfers.action_export()

    def test_the_export_is_a_download(self):
        action = self.env["crm.graph.transfer"].with_user(self.manager).action_export()
        self.assertEqual(action["type"], "ir.actions.act_url")
        transfer = self.env["crm.graph.transfer"].search([], order="id desc", limit=1)
        self.assertEqual(base64.b64decode(transfer.file), self.export())
