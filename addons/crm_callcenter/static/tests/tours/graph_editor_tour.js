import { registry } from "@web/core/registry";

const row = (outcome) => `.o_graph_matrix tr[data-outcome='${outcome}']`;
const card = (type) => `.o_graph_card[data-type='${type}']`;
const arrow = (words) => `.o_graph_arrows .o_graph_arrow[aria-label*='${words}']`;

registry.category("web_tour.tours").add("crm_graph_editor", {
    url: "/odoo/commercial-graph",
    steps: () => [
        {
            content: "The drawn graph shows what is configured",
            trigger: arrow("Call of the tests: Interested in the tests, then Visit of the tests after 2 d"),
        },
        {
            content: "A type that others lead to and that has no outcome is a dead end",
            trigger: `${card("Visit of the tests")} .o_graph_dead`,
        },
        {
            content: "Another next action",
            trigger: `${row("Interested in the tests")} select[name=next_type_id]`,
            run: "selectByLabel Letter of the tests",
        },
        {
            content: "The arrow leads there",
            trigger: arrow("then Letter of the tests after 2 d"),
        },
        {
            trigger: `.o_graph_drawing:not(:has(${arrow("then Visit of the tests")}))`,
        },
        {
            content: "The type that nothing leads to any more is marked with sign and word",
            trigger: `${card("Visit of the tests")} .o_graph_sign:contains(unreachable)`,
        },
        {
            content: "At once instead of after two days",
            trigger: `${row("Interested in the tests")} input[name=delay_days]`,
            run: "edit 0 && press Tab",
        },
        { trigger: arrow("then Letter of the tests at once") },
        {
            content: "One more outcome",
            trigger: `${row("Refuses the tests")} input.o_graph_tick`,
            run: "click",
        },
        {
            content: "After which nobody looks after the name",
            trigger: `${card("Call of the tests")} .o_graph_row[data-outcome='Refuses the tests'] .o_graph_dead`,
        },
        {
            trigger: `${row("Refuses the tests")} select[name=commercial_state_id]`,
            run: "selectByLabel Blocked",
        },
        {
            content: "The state stands in the row, which is no dead end any more",
            trigger: `${card("Call of the tests")} .o_graph_row[data-outcome='Refuses the tests']:not(:has(.o_graph_dead)) .o_graph_state:contains(Blocked)`,
        },
        {
            content: "A card chooses the type",
            trigger: card("Letter of the tests"),
            run: "click",
        },
        { trigger: ".o_graph_matrix h2:contains(Letter of the tests)" },
        {
            content: "What would plan actions for ever is refused",
            trigger: `${row("Refuses the tests")} select[name=next_type_id]`,
            run: "selectByLabel Call of the tests",
        },
        {
            content: "With the sentence of the server",
            trigger: ".o_graph_refusal [role=alert]:contains(would plan actions for ever)",
        },
        {
            content: "And the stored value stands there again",
            trigger: `${row("Refuses the tests")} select[name=next_type_id]`,
            run() {
                if (this.anchor.selectedOptions[0].textContent !== "none") {
                    throw new Error("The refused value is still shown");
                }
            },
        },
    ],
});
