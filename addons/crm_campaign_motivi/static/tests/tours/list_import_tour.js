import { inputFiles } from "@web/../tests/utils";
import { registry } from "@web/core/registry";

const LINES = [
    "Cognome Nome;CAP;Telefono;Classe",
    "ROSSI ADA;25121;030/9200669;A",
    "Però Niccolò;4100;348 6955367;B",
    "Bianchi Ugo;25121;chiedere;C",
];

registry.category("web_tour.tours").add("crm_list_import", {
    url: "/odoo/action-crm_campaign_motivi.crm_list_import_action",
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_field_widget[name=file] .o_select_file_button",
            async run() {
                const file = new File([LINES.join("\r\n")], "names.csv", { type: "text/csv" });
                await inputFiles(".o_field_widget[name=file] input[type=file]", [file]);
            },
        },
        {
            content: "Choose the campaign",
            trigger: ".o_field_widget[name=campaign_id] input",
            run: "edit Campaign of the tests",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Campaign of the tests)",
            run: "click",
        },
        {
            content: "It has two lists, so a new one is named",
            trigger: ".o_field_widget[name=new_list_name] input",
            run: "edit November",
        },
        { trigger: "button[name=action_read_file]", run: "click" },
        {
            content: "A column that nobody knows is a note",
            trigger: ".o_data_row:contains(Classe) [name=target]:contains(Notes)",
            run: "click",
        },
        {
            content: "Leave it out",
            trigger: ".o_data_row [name=target] .o_select_menu_toggler, .o_data_row [name=target] input, .o_data_row [name=target] select",
            run: "click",
        },
        { trigger: ".o_select_menu_item:contains(Leave out)", run: "click" },
        { trigger: ".nav-link[name=preview]", run: "click" },
        { trigger: ".o_list_import_preview td:contains(Rossi Ada)" },
        { trigger: ".o_list_import_preview td:contains(+39 030 920 0669)" },
        { trigger: ".o_list_import_preview td:contains(04100)" },
        { trigger: ".o_list_import_preview td:contains(No phone number can be read)" },
        {
            content: "The column left out is gone from the preview",
            trigger: ".o_list_import_preview:not(:has(th:contains(Notes)))",
        },
        { trigger: "button[name=action_import]", run: "click" },
        {
            content: "The report",
            trigger: ".o_list_import_tile [name=accepted_count]:contains(2)",
        },
        { trigger: "td:contains(No phone number can be read: chiedere)" },
        { trigger: "button[name=action_open_rejected]:contains(See)", run: "click" },
        { trigger: ".o_data_row:contains(Bianchi Ugo)" },
        {
            content: "Only that one",
            trigger: ".o_list_renderer:not(:has(.o_data_row:contains(ROSSI)))",
        },
    ],
});
