import { registry } from "@web/core/registry";
import { freshName, saved, silenceTelephone } from "./desk_tour_utils";

/** Write into a many2one or a list of tags, and choose what it offers. */
const choose = (field, text) => [
    { content: `${field}: ${text}`, trigger: `${field} input`, run: `edit ${text}` },
    { trigger: `.o-autocomplete--dropdown-item:contains(${text})`, run: "click" },
];

const work = (note) => [
    { content: note, trigger: ".o_desk_note", run: `edit ${note}` },
    { trigger: ".o_desk_outcome[data-kind=N]", run: "click" },
    { content: "After this name, no other", trigger: ".o_desk_continue input", run: "click" },
    { trigger: ".o_desk_confirm:enabled", run: "click" },
];

const nextName = () => [
    {
        content: "Next name",
        trigger: ".o_desk_next:enabled",
        run() {
            silenceTelephone();
            this.anchor.click();
        },
    },
    freshName(),
];

/** The manager creates a family, and a campaign of it from a template. */
registry.category("web_tour.tours").add("crm_campaign_setup", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_selected_row [name=name] input",
            run: "edit Family of the tour",
        },
        { trigger: ".o_list_button_save:visible", run: "click" },
        {
            content: "The family's campaigns: there is none yet",
            trigger: ".o_data_row:contains(Family of the tour) button[name=action_open_campaigns]",
            run: "click",
        },
        {
            content: "The quickest way is a template",
            trigger: ".o_control_panel button:contains(New from a Template)",
            run: "click",
        },
        {
            trigger: ".o_kanban_record:contains(Photovoltaics, outbound) button:contains(Start from This)",
            run: "click",
        },
        { trigger: ".modal [name=title] input", run: "edit Campaign of the tour" },
        ...choose(".modal [name=family_id]", "Family of the tour"),
        { trigger: ".modal button[name=action_create]", run: "click" },
        {
            content: "The form says what is missing",
            trigger: ".o_form_view .alert:contains(It has no list):contains(Add operators)",
        },
        ...choose("[name=group_ids]", "Callers of the tour"),
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved [name=family_id] input:value(Family of the tour)" },
    ],
});

/** The manager looks for the names of a zone and puts them into a list. */
registry.category("web_tour.tours").add("crm_campaign_list", {
    steps: () => [
        { trigger: ".o_searchview_input", run: "edit Zone of the tour" },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(/^Search Zone for/)",
            run: "click",
        },
        { trigger: ".o_searchview_facet:contains(Zone of the tour)" },
        {
            content: "Five names are of the zone",
            trigger: ".o_list_view:has(.o_data_row:nth-of-type(5)):not(:has(.o_data_row:nth-of-type(6)))",
        },
        { trigger: "thead .o_list_record_selector input", run: "click" },
        { trigger: ".o_cp_action_menus .dropdown-toggle:contains(Actions)", run: "click" },
        { trigger: ".o-dropdown-item:contains(Put into a Call List)", run: "click" },
        ...choose(".modal [name=campaign_id]", "Campaign of the tour"),
        { trigger: ".modal [name=name] input", run: "edit List of the tour" },
        { trigger: ".modal [name=is_live] input", run: "click" },
        {
            content: "All five enter: the window says so first",
            trigger: ".modal [name=entering]:contains(/^5$/)",
        },
        { trigger: ".modal button[name=action_fill]", run: "click" },
        {
            content: "It is done",
            trigger: ".o_form_view:has([name=list_id]:contains(List of the tour)) [name=done]:contains(/^5$/)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_campaign_start", {
    steps: () => [
        { trigger: "[name=call_list_ids] .o_data_row:contains(List of the tour)" },
        { trigger: "button[name=action_start]", run: "click" },
        { trigger: "[name=call_state] .o_arrow_button_current:contains(Running)" },
    ],
});

/** The operator takes a name and confirms an outcome. */
registry.category("web_tour.tours").add("crm_campaign_work", {
    steps: () => [
        ...nextName(),
        ...work("First name of the tour"),
        saved("Name 2"),
        { content: "No name in hand", trigger: ".o_desk_phase_start .o_desk_next:enabled" },
    ],
});

/** The manager lets only the names of one town be called from now on. */
registry.category("web_tour.tours").add("crm_campaign_filter", {
    steps: () => [
        { trigger: ".nav-link[name=calling]", run: "click" },
        {
            trigger: "[name=filter_domain] .o_field_domain_dialog_button",
            run: "click",
        },
        { trigger: ".modal .o_tree_editor a:contains(New Rule)", run: "click" },
        { trigger: ".modal .o_tree_editor_condition .o_model_field_selector", run: "click" },
        { trigger: ".o_model_field_selector_popover_search input", run: "edit City" },
        {
            trigger: ".o_model_field_selector_popover_item[data-name=city] button",
            run: "click",
        },
        {
            trigger: ".modal .o_tree_editor_condition:contains(City) .o_tree_editor_editor:last-child input",
            run: "edit Adro && press Tab",
        },
        { trigger: ".modal .modal-footer .btn-primary", run: "click" },
        { trigger: "[name=filter_domain] .o_tree_editor:contains(Adro)" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
    ],
});

/** The operator's next name obeys. */
registry.category("web_tour.tours").add("crm_campaign_work_on", {
    steps: () => [
        ...nextName(),
        { trigger: ".o_desk:contains(Adro)" },
        ...work("Second name of the tour"),
        saved("Name 5"),
    ],
});
