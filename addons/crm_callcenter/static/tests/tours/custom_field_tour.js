import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_custom_field", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: ".o_field_widget[name=label] input", run: "edit Kind of Roof" },
        {
            content: "A choice",
            trigger: ".o_field_widget[name=field_type] input",
            run: "click",
        },
        { trigger: ".o_select_menu_item:contains(/^Choice$/)", run: "click" },
        {
            content: "On a portfolio branch",
            trigger: ".o_field_widget[name=binding] input",
            run: "click",
        },
        { trigger: ".o_select_menu_item:contains(some portfolios)", run: "click" },
        {
            trigger: ".o_field_widget[name=portfolio_ids] input",
            run: "edit Photovoltaic of the tour",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Photovoltaic of the tour)",
            run: "click",
        },
        { trigger: ".nav-link[name=values]", run: "click" },
        {
            trigger: ".o_field_widget[name=choice_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=choice_ids] .o_data_row [name=name] input",
            run: "edit Flat",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved .o_field_widget[name=name]:contains(x_cc_kind_of_roof)" },
    ],
});

registry.category("web_tour.tours").add("crm_custom_field_on_name", {
    steps: () => [
        { trigger: ".nav-link[name=custom_fields]", run: "click" },
        {
            content: "The field is there at once",
            trigger: ".o_form_view label:contains(Kind of Roof)",
        },
        {
            trigger: ".o_field_widget[name=x_cc_kind_of_roof] input",
            run: "edit Flat",
        },
        { trigger: ".o-autocomplete--dropdown-item:contains(Flat)", run: "click" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved" },
    ],
});
