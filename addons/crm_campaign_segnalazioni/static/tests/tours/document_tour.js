import { registry } from "@web/core/registry";

const step = (name) => ({
    content: `The step ${name}`,
    trigger: `.o_form_statusbar [data-step]:enabled:contains(${name})`,
    run: "click",
});
const state = (name) => ({
    content: `The state is ${name}`,
    trigger: `.o_form_statusbar .o_graph_node:contains(/^${name}$/)`,
});
const openContract = () => [
    { trigger: ".o_document_list .o_data_cell:contains(CON/)", run: "click" },
    { trigger: ".o_document_form .o_field_widget[name=name]:contains(CON/)" },
];
const addProduct = (name, row) => [
    { trigger: ".o_field_x2many_list_row_add a:contains(Add a product)", run: "click" },
    {
        trigger: `.o_data_row:nth-child(${row}).o_selected_row [name=product_id] input`,
        run: `edit ${name}`,
    },
    { trigger: `.o-autocomplete--dropdown-item a:contains(${name})`, run: "click" },
    {
        content: "The price is there",
        trigger: `.o_data_row:nth-child(${row}) [name=price_subtotal]:contains(000)`,
    },
];

registry.category("web_tour.tours").add("document_sale_on_the_desk", {
    url: "/odoo/desk",
    steps: () => [
        { content: "Next name", trigger: ".o_desk_next:enabled", run: "click" },
        { trigger: ".o_desk_phase_name .o_desk_note", run: "edit Wants it before winter" },
        { trigger: ".o_desk_outcome[data-kind=C]", run: "click" },
        { trigger: ".o_desk_outcome_chosen[data-kind=C][aria-pressed=true]" },
        { trigger: ".o_desk_details .o_desk_revenue", run: "edit 14000" },
        {
            content: "What was sold is added later",
            trigger: ".o_desk_cart_without input",
            run: "click",
        },
        { content: "Confirm", trigger: ".o_desk_confirm:enabled", run: "click" },
        {
            content: "The desk tells the number of the contract",
            trigger: ".o_desk_message_success:contains(CON/)",
        },
    ],
});

registry.category("web_tour.tours").add("document_checked", {
    url: "/odoo/documents-archive",
    steps: () => [
        ...openContract(),
        {
            content: "The note of the call is there",
            trigger: "[name=call_note] textarea:value(Wants it before winter)",
        },
        ...addProduct("Plant 6 kW", 1),
        ...addProduct("Battery 10 kWh", 2),
        { content: "Open the check", trigger: "button[name=action_open_check]", run: "click" },
        { trigger: "button[name=action_pass]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Passed)" },
    ],
});

registry.category("web_tour.tours").add("document_signed_on_the_telephone", {
    url: "/odoo/my-documents",
    steps: () => [
        {
            content: "A card, no list",
            trigger: ".o_document_kanban_mine .o_kanban_record:contains(CON/)",
            run: "click",
        },
        {
            content: "Have it signed",
            trigger: ".o_document_phone .o_document_sign",
            run: "click",
        },
        { trigger: ".modal .o_web_sign_auto_button", run: "click" },
        { trigger: ".modal input[name=signer]", run: "edit Anna Rossi" },
        { trigger: ".o_document_sign_confirm:enabled", run: "click" },
        { trigger: "body:not(:has(.modal))" },
        {
            content: "One tap",
            trigger: ".o_document_phone .o_document_step_large:enabled:contains(/^Signed$/)",
            run: "click",
        },
        { trigger: ".o_form_statusbar .o_graph_node:contains(/^Signed$/)" },
        { trigger: ".o_document_phone:not(:has(.o_document_sign))" },
    ],
});

registry.category("web_tour.tours").add("document_confirmed_and_invoiced", {
    url: "/odoo/documents-archive",
    steps: () => [
        ...openContract(),
        state("Signed"),
        step("To administration"),
        state("In administration"),
        {
            content: "The plant is confirmed, the battery is not",
            trigger: ".o_data_row:contains(Plant 6 kW) td[name=line_state_id]",
            run: "click",
        },
        { trigger: ".o_selected_row [name=line_state_id] input", run: "edit Confirmed" },
        { trigger: ".o-autocomplete--dropdown-item a:contains(Confirmed)", run: "click" },
        step("Confirm"),
        state("Confirmed"),
        { trigger: ".o_statusbar_buttons button:contains(Create Invoice)", run: "click" },
        { trigger: ".modal #create_invoice_open", run: "click" },
        {
            content: "The invoice",
            trigger: ".o_form_view .o_field_widget[name=invoice_line_ids] .o_data_row:contains(Plant 6 kW)",
        },
    ],
});
