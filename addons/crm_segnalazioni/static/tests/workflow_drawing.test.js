import { expect, test } from "@odoo/hoot";
import { click, queryAllAttributes, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { mountWithCleanup } from "@web/../tests/web_test_helpers";

import { WorkflowDrawing } from "@crm_segnalazioni/workflow/workflow_drawing";

// The services of mail are loaded with the drawing.
defineMailModels();

function node(id, level, values = {}) {
    return {
        id,
        level,
        name: `State ${id}`,
        color: "#2f9e44",
        category: "open",
        category_name: "Open",
        is_first: level === 0,
        is_unreachable: false,
        locks_lines: false,
        is_confirmed: false,
        type: false,
        ...values,
    };
}

function step(id, from, to, values = {}) {
    return {
        id,
        from_id: from,
        to_id: to,
        name: `Step ${id}`,
        color: "#2f9e44",
        is_backward: false,
        lines: ["Who may: Back Office"],
        ...values,
    };
}

const GRAPH = {
    name: "Contract",
    can_write: true,
    nodes: [
        node(1, 0),
        node(2, 1),
        node(3, 2, { category: "won" }),
        node(4, 0, { is_unreachable: true, is_first: false }),
        node(-1, 2, { type: "Job" }),
    ],
    steps: [
        step(11, 1, 2),
        step(12, 2, 3),
        step(13, 3, 1, { is_backward: true }),
        step(14, 2, -1),
    ],
};

test("states are cards, steps their rows and arrows", async () => {
    await mountWithCleanup(WorkflowDrawing, {
        props: { graph: GRAPH, typeId: false, select: () => {} },
    });
    expect(".o_graph_card").toHaveCount(5);
    expect(".o_graph_arrow").toHaveCount(4);
    expect(".o_graph_arrow_loop").toHaveCount(1);
    expect(queryAllTexts(".o_graph_card[data-state='State 2'] .o_graph_row_name")).toEqual([
        "Step 12",
        "Step 14",
    ]);
});

test("the tooltip of a step names who may take it", async () => {
    await mountWithCleanup(WorkflowDrawing, {
        props: { graph: GRAPH, typeId: false, select: () => {} },
    });
    const [title] = queryAllAttributes(".o_graph_row[data-step='Step 14']", "title");
    expect(title).toBe("Step 14 → Job: State -1\nWho may: Back Office");
});

test("what is unreachable and what is a dead end can be gone through", async () => {
    const selected = [];
    await mountWithCleanup(WorkflowDrawing, {
        props: { graph: GRAPH, typeId: false, select: (id) => selected.push(id) },
    });
    await click(".o_graph_finding_unreachable");
    await click(".o_graph_finding_dead");
    await animationFrame();
    // State 4 is both: nothing leads to it, and no step leads on.
    expect(selected).toEqual([4, 4]);
});
