import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_segnalazioni_workflow", {
    steps: () => [
        {
            content: "The button on the type opens the drawing",
            trigger: ".oe_stat_button[name=action_open_workflow]",
            run: "click",
        },
        {
            content: "Choose a state",
            trigger: ".o_graph_card[data-state='In administration']",
            run: "click",
        },
        {
            content: "Its steps stand beside it in words",
            trigger:
                ".o_workflow_step[data-step='Confirm'] li:contains('Needs a signed document')",
        },
        {
            content: "Open a step",
            trigger: ".o_workflow_step[data-step='Confirm'] button",
            run: "click",
        },
        {
            content: "Give it another name",
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Confirm it now",
        },
        {
            content: "Save it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "The drawing shows what was saved",
            trigger: ".o_graph_row[data-step='Confirm it now']",
        },
    ],
});
