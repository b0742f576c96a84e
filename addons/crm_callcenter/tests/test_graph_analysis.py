from odoo.tests.common import BaseCase, tagged

from ..tools.graph_analysis import Arrow, analyse

CALL, VISIT, QUOTE, OLD = 1, 2, 3, 4


@tagged("post_install", "-at_install")
class TestGraphAnalysis(BaseCase):
    def test_a_plain_way_has_nothing_to_mark(self):
        found = analyse(
            [CALL, VISIT],
            [Arrow(1, CALL, VISIT), Arrow(2, VISIT, None, ends=True)],
        )
        self.assertEqual(found.starts, [CALL])
        self.assertEqual(found.levels, {CALL: 0, VISIT: 1})
        self.assertFalse(found.loops or found.unreachable)
        self.assertFalse(found.dead_arrows or found.dead_types)

    def test_the_arrow_that_leads_back_closes_the_loop(self):
        found = analyse(
            [CALL, VISIT, QUOTE],
            [Arrow(1, CALL, VISIT), Arrow(2, VISIT, QUOTE), Arrow(3, QUOTE, CALL)],
            planned=[CALL],
        )
        self.assertEqual(found.loop_arrows, [3])
        self.assertEqual(found.loops, [[CALL, VISIT, QUOTE]])

    def test_a_type_that_follows_itself_is_a_loop_and_a_start(self):
        found = analyse([CALL], [Arrow(1, CALL, CALL)])
        self.assertEqual(found.loops, [[CALL]])
        self.assertEqual(found.starts, [CALL])
        self.assertFalse(found.unreachable)

    def test_two_ways_to_one_type_are_no_loop(self):
        found = analyse(
            [CALL, VISIT, QUOTE],
            [Arrow(1, CALL, VISIT), Arrow(2, CALL, QUOTE), Arrow(3, VISIT, QUOTE)],
        )
        self.assertFalse(found.loops)
        self.assertEqual(found.levels, {CALL: 0, VISIT: 1, QUOTE: 1})

    def test_each_circle_is_marked_once_where_two_types_lie_equally_far(self):
        found = analyse(
            [CALL, VISIT, QUOTE],
            [
                Arrow(1, CALL, VISIT),
                Arrow(2, CALL, QUOTE),
                Arrow(3, VISIT, QUOTE),
                Arrow(4, QUOTE, VISIT),
            ],
        )
        self.assertEqual(found.loop_arrows, [4])

    def test_a_circle_that_nobody_enters_is_unreachable(self):
        arrows = [Arrow(1, VISIT, QUOTE), Arrow(2, QUOTE, VISIT), Arrow(3, CALL, None)]
        found = analyse([CALL, VISIT, QUOTE], arrows)
        self.assertEqual(found.unreachable, [VISIT, QUOTE])
        self.assertEqual(found.loop_arrows, [2])
        entered = analyse([CALL, VISIT, QUOTE], arrows, planned=[QUOTE])
        self.assertFalse(entered.unreachable)

    def test_a_type_that_nothing_concerns_is_unreachable(self):
        found = analyse([CALL, OLD], [Arrow(1, CALL, None, ends=True)])
        self.assertEqual(found.unreachable, [OLD])
        self.assertIn(OLD, found.levels, "it must be drawn all the same")
        self.assertFalse(found.dead_types)

    def test_what_only_an_unreachable_type_leads_to_is_unreachable(self):
        found = analyse(
            [CALL, VISIT, QUOTE, OLD],
            [
                Arrow(1, CALL, None, ends=True),
                Arrow(2, VISIT, QUOTE),
                Arrow(3, QUOTE, VISIT),
                Arrow(4, QUOTE, OLD),
            ],
        )
        self.assertEqual(found.unreachable, [VISIT, QUOTE, OLD])

    def test_an_outcome_after_which_nothing_happens_is_a_dead_end(self):
        found = analyse([CALL], [Arrow(1, CALL, None), Arrow(2, CALL, None, ends=True)])
        self.assertEqual(found.dead_arrows, [1])

    def test_a_type_that_is_switched_off_leads_nowhere(self):
        found = analyse([CALL], [Arrow(1, CALL, OLD)])
        self.assertEqual(found.dead_arrows, [1])

    def test_a_type_without_outcomes_that_is_planned_is_a_dead_end(self):
        found = analyse([CALL, VISIT], [Arrow(1, CALL, VISIT)])
        self.assertEqual(found.dead_types, [VISIT])
        self.assertFalse(found.dead_arrows or found.unreachable)

    def test_an_empty_graph_and_a_very_long_one(self):
        self.assertFalse(analyse([], []).levels)
        chain = list(range(5000))
        found = analyse(chain, [Arrow(at, at, at + 1) for at in chain[:-1]])
        self.assertEqual(found.levels[4999], 4999)
        self.assertEqual(found.dead_types, [4999])
