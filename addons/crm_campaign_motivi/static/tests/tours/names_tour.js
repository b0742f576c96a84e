import { registry } from "@web/core/registry";

/** An operator works in the list: the manager's filter, sort, edit, open in a new tab. */
registry.category("web_tour.tours").add("callcenter_names", {
    steps: () => [
        {
            content: "open filters and favourites",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "choose the filter that the manager shares",
            trigger: ".o_favorite_menu .o-dropdown-item:contains('Zone Brescia shared')",
            run: "click",
        },
        {
            content: "only the names of the zone are there",
            trigger: ".o_list_view:not(:has(.o_data_row:nth-of-type(3))) .o_data_row",
        },
        {
            content: "sort by city on a click",
            trigger: "th[data-name='city']",
            run: "click",
        },
        {
            content: "the first city of the alphabet comes first",
            trigger: ".o_data_row:first-child td[name='city']:contains('Adro')",
        },
        {
            content: "the card opens in a new tab, by a plain link at the end of the row",
            trigger: ".o_data_row:first-child a.o_open_in_new_tab[target='_blank']"
                + "[href^='/odoo/names/']",
        },
        {
            content: "edit the city in the list",
            trigger: ".o_data_row:first-child td[name='city']",
            run: "click",
        },
        {
            content: "states stay closed while the row is edited",
            trigger: ".o_selected_row td[name='commercial_state_id'].o_readonly_modifier",
        },
        {
            content: "type another city",
            trigger: ".o_selected_row td[name='city'] input",
            run: "edit Lumezzane",
        },
        {
            content: "save",
            trigger: ".o_list_button_save:visible",
            run: "click",
        },
        {
            content: "it is saved",
            trigger: ".o_list_view:not(:has(.o_selected_row))"
                + " td[name='city']:contains('Lumezzane')",
        },
    ],
});
