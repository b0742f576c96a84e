import { registry } from "@web/core/registry";
import { silenceTelephone } from "./desk_tour_utils";

/** The operator finds the manager's new field on the next name and fills it. */
registry.category("web_tour.tours").add("crm_custom_field_at_desk", {
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
            content: "The field is there at once",
            trigger: ".o_desk_custom_row:contains(Kind of Roof) select",
            run: "selectByLabel Flat",
        },
        {
            content: "It stands there while they talk",
            trigger: ".o_desk_custom_row:contains(Kind of Roof) select:has(option:checked:contains(Flat))",
        },
        {
            content: "It is saved with the outcome",
            trigger: ".o_desk_outcome[data-kind=N]",
            run: "click",
        },
        { trigger: ".o_desk_confirm:enabled", run: "click" },
        { trigger: ".o_desk_message_success" },
    ],
});

/** Marketing looks for the field in the names and makes a call list of what it finds. */
registry.category("web_tour.tours").add("crm_custom_field_to_list", {
    steps: () => [
        {
            content: "Look for flat roofs",
            trigger: ".o_searchview_input",
            run: "edit Flat",
        },
        {
            content: "The search bar knows the field, and its values",
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Kind of Roof)",
            run: "click",
        },
        {
            content: "One name is left",
            trigger: ".o_searchview_facet:contains(Kind of Roof)",
        },
        {
            trigger: ".o_list_view:not(:has(.o_data_row:nth-of-type(2))) .o_data_row",
        },
        {
            trigger: ".o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains(Add to a Call List)",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=call_list_id] input",
            run: "edit Flat roofs",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Flat roofs of the tour)",
            run: "click",
        },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=call_list_id]:contains(Flat roofs of the tour)" },
    ],
});
