import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_dedup_value_hints", {
    steps: () => [
        {
            content: "Which of the two Castro? One click says it",
            trigger: ".o_value_hint:contains(73030 Castro (LE))",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=zip] input:value(73030)",
        },
        {
            content: "Nothing is left to ask about the place",
            trigger: ".o_form_view:not(:has(.o_value_hint:contains(Castro)))",
        },
        {
            content: "Typed in capitals, written as people write",
            trigger: ".o_field_widget[name=contact_name] input",
            run: "edit D'ANGELO NICOLO' && press Tab",
        },
        { trigger: ".o_field_widget[name=contact_name] input:value(D'Angelo Nicolò)" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved .o_written_originals summary", run: "click" },
        {
            trigger: ".o_written_originals tr:contains(V.LE ROMA 12) button",
            run: "click",
        },
        {
            trigger: ".o_form_saved .o_field_widget[name=street] input:value(V.LE ROMA 12)",
        },
    ],
});
