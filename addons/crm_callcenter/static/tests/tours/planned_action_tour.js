import { registry } from "@web/core/registry";

/** Mark an action done in Odoo's own chatter, and be asked how it ended. */
registry.category("web_tour.tours").add("callcenter_planned_action", {
    steps: () => [
        {
            content: "the action stands in the chatter with its hour",
            trigger: ".o-mail-Activity:contains('Follow-up call') .o_activity_hour",
        },
        {
            content: "mark it done with Odoo's own button",
            trigger: ".o-mail-Activity-markDone",
            run: "click",
        },
        {
            content: "the outcome is asked for, not just feedback",
            trigger: ".modal .o_field_widget[name='outcome_id'] :contains('Is interested')",
        },
        {
            content: "choose how it ended",
            trigger: ".modal .o_selection_badge:contains('Is interested')",
            run: "click",
        },
        {
            content: "the window says what follows",
            trigger: ".modal .o_field_widget[name='effects']:contains('Won over')",
        },
        {
            content: "write what was said",
            trigger: ".modal .o_field_widget[name='note'] textarea",
            run: "edit Wants an offer",
        },
        {
            content: "confirm",
            trigger: ".modal button[name='action_confirm']",
            run: "click",
        },
        {
            content: "the next action is in the chatter at once",
            trigger: ".o-mail-Activity:contains('Survey')",
        },
        {
            content: "the closed one is gone from there",
            trigger: ".o-mail-Chatter:not(:has(.o-mail-Activity:contains('Follow-up call')))",
        },
        {
            content: "the state of the name has moved without a reload",
            trigger: ".o_field_widget[name='commercial_state_id']:contains('Won over')",
        },
        {
            content: "the timeline has the outcome without a reload, with points and note",
            trigger:
                ".o_callcenter_timeline_row:contains('Wants an offer')"
                + ":contains('Is interested'):contains('+3 points'):contains('Won over')",
        },
        {
            content: "open the legend",
            trigger: ".o_graph_legend_button",
            run: "click",
        },
        {
            content: "it explains types, outcomes and states",
            trigger: ".modal .o_graph_legend:contains('Survey'):contains('Refuses'):contains('Won over')",
        },
    ],
});
