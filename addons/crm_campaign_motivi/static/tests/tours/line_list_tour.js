import { registry } from "@web/core/registry";

const CELL = (name) => `.o_search_row td[data-search='${name}'] .o_search_row_input`;
const ROWS = (count) =>
    `.o_list_view:has(.o_data_row:nth-of-type(${count})):not(:has(.o_data_row:nth-of-type(${
        count + 1
    })))`;

/** An operator opens its list, searches in the row under the headers, edits in place. */
registry.category("web_tour.tours").add("callcenter_line_list", {
    steps: () => [
        {
            content: "the operator's lists, with the names that are left",
            trigger: "td[name='name']:contains('List of the tests')",
            run: "click",
        },
        { content: "all six names", trigger: ROWS(6) },
        {
            content: "search a city",
            trigger: CELL("lead_city"),
            run: "edit bres && press Enter",
        },
        { content: "four are of that city", trigger: ROWS(4) },
        {
            content: "and attempts: all filled cells combine",
            trigger: CELL("attempts"),
            run: "edit >0 && press Enter",
        },
        { content: "two of them were called", trigger: ROWS(2) },
        {
            content: "each cell is a filter of the search bar",
            trigger: ".o_searchview:has(.o_facet_value:contains('bres')):has(.o_facet_value:contains('>0'))",
        },
        {
            content: "what is no number is shown as wrong, and changes nothing",
            trigger: CELL("attempts"),
            run: "edit many && press Enter",
        },
        { content: "marked", trigger: `${ROWS(2)} .o_search_row_wrong` },
        {
            content: "the custom fields of names are columns as well",
            trigger: ".o_optional_columns_dropdown button",
            run: "click",
        },
        {
            content: "show one of them",
            trigger: ".o-dropdown--menu .dropdown-item:contains('People')",
            run: "click",
        },
        {
            content: "search in it",
            trigger: CELL("x_cc_people"),
            run: "edit >2 && press Enter",
        },
        { content: "of the two one has so many", trigger: ROWS(1) },
        {
            content: "change it in place",
            trigger: ".o_data_row:first-child td[name='x_cc_people']",
            run: "click",
        },
        {
            content: "type another number",
            trigger: ".o_selected_row td[name='x_cc_people'] input",
            run: "edit 5",
        },
        { content: "save it", trigger: ".o_list_button_save:visible", run: "click" },
        {
            content: "the name has it",
            trigger:
                ".o_list_view:not(:has(.o_selected_row)) td[name='x_cc_people']:contains('5')",
        },
        {
            content: "remove the filter of the custom field",
            trigger: ".o_searchview_facet:contains('>2') .o_facet_remove",
            run: "click",
        },
        { content: "both again", trigger: ROWS(2) },
        {
            content: "sort by the name's own column",
            trigger: "th[data-name='lead_name']",
            run: "click",
        },
        {
            content: "open in a new tab",
            trigger: ".o_data_row:first-child a.o_open_in_new_tab[target='_blank'][href^='/odoo/names/']",
        },
        {
            content: "edit the city of the first name",
            trigger: ".o_data_row:first-child td[name='lead_city']",
            run: "click",
        },
        {
            content: "its state in the list stays closed",
            trigger: ".o_selected_row td[name='attempts'].o_readonly_modifier",
        },
        {
            content: "type another city",
            trigger: ".o_selected_row td[name='lead_city'] input",
            run: "edit Bressanone",
        },
        { content: "save", trigger: ".o_list_button_save:visible", run: "click" },
        {
            content: "it is saved",
            trigger: ".o_list_view:not(:has(.o_selected_row)) td[name='lead_city']:contains('Bressanone')",
        },
        {
            content: "remove the filter of the city",
            trigger: ".o_searchview_facet:contains('bres') .o_facet_remove",
            run: "click",
        },
        { content: "three were called", trigger: ROWS(3) },
        {
            content: "its cell is empty again",
            trigger: `.o_list_view:not(:has(.o_searchview_facet:contains('bres'))) ${CELL("lead_city")}`,
            run() {
                if (this.anchor.value) {
                    throw new Error(`Still in the cell: ${this.anchor.value}`);
                }
            },
        },
    ],
});
