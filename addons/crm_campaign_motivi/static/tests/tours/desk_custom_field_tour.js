import { registry } from "@web/core/registry";
import { silenceTelephone } from "./desk_tour_utils";

/** The operator sees the manager's fields on the name in hand and fills them. */
registry.category("web_tour.tours").add("crm_desk_custom_field", {
    steps: () => [
        {
            content: "Next name",
            trigger: ".o_desk_next:enabled",
            run() {
                silenceTelephone();
                this.anchor.click();
            },
        },
        {
            trigger: ".o_desk_custom_row:contains(Roof) select",
            run: "selectByLabel Flat",
        },
        {
            trigger: ".o_desk_custom_row:contains(People) input",
            run: "edit 4 && press Tab",
        },
        {
            content: "A field that doesn't show by default",
            trigger: ".o_desk_custom_add",
            run: "selectByLabel Rare",
        },
        {
            trigger: ".o_desk_custom_row:contains(Rare) input",
            run: "edit Solar tiles && press Tab",
        },
        {
            content: "A value that nobody has thought of",
            trigger: ".o_desk_custom_row:contains(Roof) select",
            run: "selectByLabel Add a value…",
        },
        {
            trigger: ".o_desk_custom_row:contains(Roof) input[type=text]",
            run: "edit Round && press Tab",
        },
        { trigger: ".o_desk_custom_row:contains(Round) select" },
        {
            content: "All of it is saved with the outcome",
            trigger: ".o_desk_outcome[data-kind=N]",
            run: "click",
        },
        { trigger: ".o_desk_confirm:enabled", run: "click" },
        { trigger: ".o_desk_message_success" },
    ],
});
