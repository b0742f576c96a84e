import { registry } from "@web/core/registry";

const operator = (name) => [
    { trigger: ".modal [name=operator_ids] input", run: `edit ${name}` },
    { trigger: `.o-autocomplete--dropdown-item:contains(${name})`, run: "click" },
    { trigger: `.modal [name=operator_ids] .o_tag:contains(${name})` },
];

/** The coordinator asks why a campaign, and one of its names, is not served. */
registry.category("web_tour.tours").add("crm_why_not", {
    steps: () => [
        {
            content: "Why doesn't the campaign serve all its names?",
            trigger: "button[name=action_why_not]",
            run: "click",
        },
        { trigger: ".modal [name=summary]:contains(5 of 6)" },
        {
            content: "As counts",
            trigger: ".modal .o_data_row:has([name=name_count]:contains(/^1$/))",
        },
        { trigger: ".modal .modal-footer button:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal)) button[name=action_open_lines]", run: "click" },
        {
            content: "Why not this name?",
            trigger: ".o_data_row:contains(Name 3) button[name=action_why_not]",
            run: "click",
        },
        { trigger: ".modal .modal-title:contains(Name 3)" },
        {
            content: "Each reason is a sentence, with its time if it goes by itself",
            trigger: ".modal .o_data_row:first-child [name=until]:not(:empty)",
        },
        { trigger: ".modal .modal-footer button:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

/** The coordinator shares a list out among two operators. */
registry.category("web_tour.tours").add("crm_share_list", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(List of the tests) .o_list_record_selector input",
            run: "click",
        },
        { trigger: ".o_cp_action_menus .dropdown-toggle:contains(Actions)", run: "click" },
        { trigger: ".o-dropdown-item:contains(Assign to)", run: "click" },
        { trigger: ".modal [name=how] input[data-value=even]", run: "click" },
        ...operator("Op One"),
        ...operator("Op Two"),
        {
            content: "The window says how many each will get",
            trigger: ".modal [name=per_operator]:contains(/^3$/)",
        },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { content: "It is done", trigger: ".o_form_view [name=done]:contains(/^6$/)" },
    ],
});
