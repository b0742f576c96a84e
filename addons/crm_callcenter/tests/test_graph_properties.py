"""Any graph, any course of events: the ledger tells all of it.

Beside the engine runs a model of a few lines: what states, points and planned
actions must be. Graphs and events are drawn at random.
"""

from collections import Counter
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CallcenterCommon

try:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
except ImportError:  # only the tests that draw at random need it
    given = None

#: A Tuesday, 11:00 in Italy: what has no delay is due at once.
NOW = "2027-05-18 09:00:00"
NODES = 3
NAMES = 3


class GraphModel:
    """What the graph means: one dictionary of relations, and names with their past."""

    def __init__(self, relations, automatic, initial_state):
        self.relations = dict(relations)
        self.automatic = dict(automatic)
        self.states = [initial_state] * NAMES
        self.customers = list(range(NAMES))
        self.points = [0] * NAMES
        self.planned = [Counter() for _name in range(NAMES)]

    def register(self, name, type_, outcome):
        """Apply an outcome, and those of the automatic actions that follow at once."""
        while True:
            relation = self.relations.get((type_, outcome))
            if not relation:
                return
            if relation["state"] is not None:
                self.move(name, relation["state"])
            self.points[name] += relation["points"]
            following = relation["next"]
            if following is None:
                return
            if following not in self.automatic or relation["days"] + relation["hours"]:
                self.planned[name][following] += 1
                return
            type_, outcome = following, self.automatic[following]

    def move(self, name, state):
        """Move a name and the others of its customer."""
        for other, customer in enumerate(self.customers):
            if customer == self.customers[name]:
                self.states[other] = state

    def replace_type(self, old, new):
        moved = {
            (new, outcome): relation
            for (type_, outcome), relation in self.relations.items()
            if type_ == old
        }
        kept = {key: rel for key, rel in self.relations.items() if key[0] != old}
        self.relations = {
            key: {**rel, "next": new if rel["next"] == old else rel["next"]}
            for key, rel in {**moved, **kept}.items()
        }
        for planned in self.planned:
            planned[new] += planned.pop(old, 0)

    def replace_state(self, old, new):
        self.states = [new if state == old else state for state in self.states]
        self.relations = {
            key: {**rel, "state": new if rel["state"] == old else rel["state"]}
            for key, rel in self.relations.items()
        }

    def chain_is_endless(self):
        """Tell whether automatic actions without delay lead to one another."""
        for start in self.automatic:
            seen, type_ = set(), start
            while type_ in self.automatic and type_ not in seen:
                seen.add(type_)
                relation = self.relations.get((type_, self.automatic[type_]))
                if not relation or relation["days"] + relation["hours"]:
                    break
                type_ = relation["next"]
            else:
                if type_ in seen:
                    return True
        return False


if given:
    NODE = st.integers(0, NODES - 1)
    NAME = st.integers(0, NAMES - 1)
    RELATION = st.fixed_dictionaries(
        {
            "state": st.none() | NODE,
            "next": st.none() | NODE,
            "days": st.sampled_from((0, 0, 1, 3)),
            "hours": st.sampled_from((0, 0, 2)),
            "points": st.integers(-2, 15),
            "assignee": st.sampled_from(
                ("me", "salesperson", "contact", "technician", "everyone")
            ),
            "takes_charge": st.booleans(),
            "process": st.sampled_from((None, None, "opens", "won", "lost")),
        }
    )
    RELATIONS = st.dictionaries(st.tuples(NODE, NODE), RELATION, min_size=3)
    AUTOMATIC = st.dictionaries(NODE, NODE, max_size=1)
    EVENTS = st.lists(
        st.one_of(
            st.tuples(st.just("register"), NAME, NODE, NODE),
            st.tuples(st.just("register"), NAME, NODE, NODE),
            st.tuples(st.just("close"), NAME, NODE, NODE),
            st.tuples(st.just("batch"), st.sets(NAME, min_size=1), NODE, NODE),
            st.tuples(st.just("cancel"), NAME),
            st.tuples(st.just("correct"), NAME, NODE),
            st.tuples(st.just("customer"), NAME, NAME),
            st.tuples(st.just("replace_type"), NODE, NODE),
            st.tuples(st.just("replace_state"), NODE, NODE),
        ),
        min_size=3,
        max_size=12,
    )
    THOROUGH = settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        database=None,
        # A failure is told at once: to make it small would take minutes.
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )

    @tagged("post_install", "-at_install")
    class TestGraphProperties(CallcenterCommon):
        @classmethod
        def setUpClass(cls):
            super().setUpClass()
            cls.startClassPatcher(freeze_time(NOW))
            cls.env = cls.env(
                context=dict(cls.env.context, mail_activity_quick_update=True)
            )
            cls.env["crm.scheme"].search([("state", "=", "on")]).action_deactivate()
            cls.company.action_calendar_id = cls.env["resource.calendar"].create(
                {"name": "Monday to Friday", "tz": "Europe/Rome"}
            )
            cls.types = cls.env["mail.activity.type"].create(
                [
                    {"name": f"Type {n}", "is_commercial": True, "channel": "call"}
                    for n in range(NODES)
                ]
            )
            cls.ends = cls.env["crm.outcome"].create(
                [{"name": f"Outcome {n}", "color": "#123456"} for n in range(NODES)]
            )
            cls.states = cls.env["crm.commercial.state"].create(
                [{"name": f"State {n}", "state_class": "suspect"} for n in range(NODES)]
            )
            cls.process = cls.env["crm.process"].create(
                {"name": "Process", "type_ids": cls.types[:2].ids}
            )

        # --------------------------------------------------------
        # GRAPH
        # --------------------------------------------------------

        def build(self, relations, automatic):
            """Configure a drawn graph.

            :raise UserError: it would run for ever
            """
            for type_, outcome in automatic.items():
                self.types[type_].automatic_outcome_id = self.ends[outcome]
            self.env["crm.relation"].create(
                [
                    self.relation_values(*key, relation)
                    for key, relation in relations.items()
                ]
            )

        def relation_values(self, type_, outcome, relation):
            state, following, process = (
                relation["state"],
                relation["next"],
                relation["process"],
            )
            return {
                "activity_type_id": self.types[type_].id,
                "outcome_id": self.ends[outcome].id,
                "commercial_state_id": state is not None and self.states[state].id,
                "next_type_id": following is not None and self.types[following].id,
                "next_assignee": relation["assignee"],
                "delay_days": relation["days"],
                "delay_hours": relation["hours"],
                "points": relation["points"],
                "takes_charge": relation["takes_charge"],
                "process_id": process == "opens" and self.process.id,
                "is_conclusive": process in ("won", "lost"),
                "conclusion": process in ("won", "lost") and process,
            }

        def fresh_names(self, count):
            leads = self.env["crm.lead"].create(
                [
                    {
                        **self._lead_values(number),
                        "user_id": self.agent.id,
                        "contact_user_id": self.back_office.id,
                    }
                    for number in range(count)
                ]
            )
            leads._correct_state(self.states[0])
            return leads

        # --------------------------------------------------------
        # EVENTS
        # --------------------------------------------------------

        def settle(self, leads):
            """Do what the system's job does for automatic actions that are due."""
            for activity in leads.activity_ids:
                activity._close_automatically()

        def do_register(self, leads, model, name, type_, outcome):
            leads[name]._register_outcome(self.ends[outcome], self.types[type_])
            model.register(name, type_, outcome)

        def do_batch(self, leads, model, names, type_, outcome):
            chosen = leads.browse([leads[name].id for name in names])
            chosen._register_outcome_batch(self.ends[outcome], self.types[type_])
            self.settle(chosen)
            for name in names:
                model.register(name, type_, outcome)

        def do_close(self, leads, model, name, type_, outcome):
            planned = leads[name].activity_ids.filtered(
                lambda action: action.activity_type_id == self.types[type_]
            )
            allowed = [key[1] for key in model.relations if key[0] == type_]
            if not planned or (allowed and outcome not in allowed):
                return
            planned[0]._close_with_outcome(self.ends[outcome])
            model.planned[name][type_] -= 1
            model.register(name, type_, outcome)

        def do_cancel(self, leads, model, name):
            planned = leads[name].activity_ids[:1]
            if planned:
                model.planned[name][
                    list(self.types).index(planned.activity_type_id)
                ] -= 1
                planned.unlink()

        def do_correct(self, leads, model, name, state):
            if self.states[state].active:
                leads[name]._correct_state(self.states[state])
                model.move(name, state)

        def do_customer(self, leads, model, name, other):
            """Make a customer of a name, the other name's if that has one."""
            if leads[other].partner_id and not leads[name].partner_id:
                leads[name].partner_id = leads[other].partner_id
                model.customers[name] = model.customers[other]
                model.states[name] = model.states[other]
            leads[name]._convert_to_opportunity(
                self.agent, 1000, date(2027, 5, 18) + timedelta(days=30)
            )

        def do_replace_type(self, leads, model, old, new):
            after = GraphModel(model.relations, model.automatic, 0)
            after.replace_type(old, new)
            possible = self.can_replace(self.types[old], self.types[new])
            try:
                with self.env.cr.savepoint():
                    self.types[old]._replace_by(self.types[new])
            except UserError:
                self.assertFalse(possible and not after.chain_is_endless())
                return
            self.assertTrue(possible and not after.chain_is_endless())
            model.replace_type(old, new)

        def do_replace_state(self, leads, model, old, new):
            if self.can_replace(self.states[old], self.states[new]):
                self.states[old]._replace_by(self.states[new])
                model.replace_state(old, new)

        def can_replace(self, old, new):
            return old != new and new.active and not new.replaced_by_id

        # --------------------------------------------------------
        # WHAT MUST BE TRUE
        # --------------------------------------------------------

        def check(self, leads, model):
            self.env.flush_all()
            self.env.invalidate_all()
            for name, lead in enumerate(leads):
                self.check_replay(lead)
                self.assertEqual(
                    lead.commercial_state_id, self.states[model.states[name]]
                )
                rows = lead.interaction_ids
                self.assertEqual(sum(rows.mapped("points")), model.points[name])
                planned = Counter(
                    list(self.types).index(action.activity_type_id)
                    for action in lead.activity_ids
                )
                self.assertEqual(planned, +model.planned[name])
                if lead.partner_id:
                    self.assertEqual(
                        lead.partner_id.commercial_state_id, lead.commercial_state_id
                    )

        def check_replay(self, lead):
            """Read the ledger from its beginning: it leads to the state of the name."""
            rows = lead.interaction_ids.sorted("id")
            state = self.env["crm.commercial.state"]._get_initial()
            for row in rows:
                self.assertEqual(row.state_before_id, state)
                state = row.state_after_id
            self.assertEqual(lead.commercial_state_id, state)

        @THOROUGH
        @given(RELATIONS, AUTOMATIC, EVENTS)
        def test_the_ledger_tells_all(self, relations, automatic, events):
            with self.env.cr.savepoint() as savepoint:
                model = GraphModel(relations, automatic, 0)
                endless = model.chain_is_endless()
                try:
                    with self.env.cr.savepoint():
                        self.build(relations, automatic)
                except UserError:
                    self.assertTrue(endless)
                    return
                self.assertFalse(endless)
                leads = self.fresh_names(NAMES)
                self.check(leads, model)
                for kind, *arguments in events:
                    getattr(self, f"do_{kind}")(leads, model, *arguments)
                    self.check(leads, model)
                savepoint.rollback()

        @THOROUGH
        @given(RELATIONS, NODE, NODE, st.booleans())
        def test_one_by_one_and_in_bulk_are_the_same(
            self, relations, type_, outcome, opened
        ):
            with self.env.cr.savepoint() as savepoint:
                self.build(relations, {})
                leads = self.fresh_names(4)
                if opened:
                    leads._open_process(self.process)
                for lead in leads[:2]:
                    lead._register_outcome(self.ends[outcome], self.types[type_])
                leads[2:]._register_outcome_batch(self.ends[outcome], self.types[type_])
                self.env.flush_all()
                self.env.invalidate_all()
                first, *others = [self.facts(lead) for lead in leads]
                for other in others:
                    self.assertEqual(other, first)
                savepoint.rollback()

        def facts(self, lead):
            """Return all that an outcome did to a name, without numbers of records."""
            row = lead.interaction_ids.sorted("id")[-1]
            names = (
                "date",
                "user_id",
                "team_id",
                "operator_category_id",
                "activity_type_id",
                "outcome_id",
                "outcome_kind",
                "state_before_id",
                "state_after_id",
                "points",
                "note",
            )
            return (
                [row[name] for name in names],
                row.lead_process_id.process_id,
                lead.commercial_state_id,
                lead.charge_user_id,
                [
                    (
                        action.activity_type_id,
                        action.user_id,
                        action.date_planned,
                        action.date_deadline,
                        action.lead_process_id.process_id,
                        action.res_name == lead.name,
                        action.automated,
                    )
                    for action in lead.activity_ids
                ],
                [
                    (opened.process_id, opened.result, opened.commercial_state_id)
                    for opened in lead.lead_process_ids
                ],
                lead.message_partner_ids,
            )

        @settings(THOROUGH, max_examples=20)
        @given(NODE, NAME)
        def test_a_state_moves_no_other_way(self, state, name):
            lead = self.leads[name].with_user(self.manager)
            before = lead.commercial_state_id
            for attempt in (
                lambda: lead.write({"commercial_state_id": self.states[state].id}),
                lambda: lead.with_context(crm_outcome_engine="x").write(
                    {"commercial_state_id": self.states[state].id}
                ),
                lambda: lead.sudo().write(
                    {"commercial_state_id": self.states[state].id}
                ),
            ):
                with self.assertRaises(UserError):
                    attempt()
            self.assertEqual(lead.commercial_state_id, before)
