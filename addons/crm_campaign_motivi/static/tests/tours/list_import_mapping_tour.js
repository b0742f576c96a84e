import { inputFiles } from "@web/../tests/utils";
import { registry } from "@web/core/registry";

const FILE = "/crm_campaign_motivi/static/tests/files/messy_list.xlsx";

/** A workbook as sellers send it; what its columns mean was saved with the last one. */
registry.category("web_tour.tours").add("crm_list_import_mapping", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_field_widget[name=file] .o_select_file_button",
            async run() {
                const content = await (await fetch(FILE)).blob();
                const file = new File([content], "rossi_novembre.xlsx");
                await inputFiles(".o_field_widget[name=file] input[type=file]", [file]);
            },
        },
        {
            trigger: ".o_field_widget[name=campaign_id] input",
            run: "edit Campaign of the tests",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Campaign of the tests)",
            run: "click",
        },
        { trigger: ".o_field_widget[name=new_list_name] input", run: "edit November" },
        { trigger: "button[name=action_read_file]", run: "click" },
        {
            content: "The saved columns are there by themselves",
            trigger: ".o_field_widget[name=mapping_id] input:value(Rossi Liste)",
        },
        { trigger: ".o_data_row:contains(Colonna A) [name=target]:contains(Name)" },
        { trigger: ".o_data_row:contains(Tetto) [name=target]:contains(Roof of the tour)" },
        { trigger: ".nav-link[name=preview]", run: "click" },
        { trigger: ".o_list_import_preview td:contains(Però Niccolò)" },
        { trigger: "button[name=action_import]", run: "click" },
        {
            content: "Three names, and what was wrong",
            trigger: ".o_list_import_tile [name=accepted_count]:contains(3)",
        },
        { trigger: ".o_list_import_tile [name=merged_count]:contains(1)" },
        { trigger: "td:contains(No phone number can be read: chiedere)" },
        {
            content: "The value that the field doesn't know is told",
            trigger: "button[name=action_open_remarks]",
            run: "click",
        },
        { trigger: ".o_data_row:contains(Verdi Luca):contains(paglia)" },
    ],
});

/** The custom field that a file has filled finds its names. */
registry.category("web_tour.tours").add("crm_list_import_filter", {
    steps: () => [
        { trigger: ".o_searchview_input", run: "edit Falda" },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Roof of the tour)",
            run: "click",
        },
        { trigger: ".o_data_row:contains(Rossi Ada)" },
        {
            content: "Only that one",
            trigger: ".o_list_renderer:not(:has(.o_data_row:contains(Niccolò)))",
        },
    ],
});
