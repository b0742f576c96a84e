import { registry } from "@web/core/registry";
import { freshName, press, saved, silenceTelephone, typeNote } from "./desk_tour_utils";

/** The tab of a step is open. */
function tab(name) {
    return { content: `The step ${name}`, trigger: `.o_desk_tab_active:contains(${name})` };
}

registry.category("web_tour.tours").add("crm_desk_steps", {
    url: "/odoo/desk",
    steps: () => [
        { trigger: ".o_desk_next:focus", run: () => silenceTelephone() },
        press("Alt+Enter"),
        freshName(),
        typeNote("Through all steps"),
        // A page with what is merged into it
        tab("Opening"),
        { trigger: ".o_desk_script_text:contains('I am Op One'):contains('Name 1')" },
        { trigger: ".o_desk_tab_done:contains(Opening)" },
        { trigger: ".o_desk_tabs:not(:contains(Shared roof))" },
        // The sale is refused, and the keyboard stands where something is missing
        press("Alt+c"),
        { trigger: ":is(.o_desk_revenue, .o_desk_cart_search):focus" },
        { trigger: ".o_desk_details .o_desk_revenue", run: "edit 8000" },
        press("Alt+Enter"),
        { trigger: ".o_desk_message_danger:contains(Owner)" },
        tab("House"),
        { trigger: ".o_desk_question:contains(Owner) input:focus" },
        { trigger: ".o_desk_question:contains(Owner) input:focus", run: "click" },
        { trigger: ".o_desk_question:contains(Owner) .o_desk_choice_chosen:contains(Yes)" },
        // An answer opens a step
        {
            trigger: ".o_desk_question:contains(Roof) .o_desk_choice:contains(Shared) input",
            run: "click",
        },
        { trigger: ".o_desk_tab:contains(Shared roof)" },
        press("Alt+Shift+PageDown"),
        tab("Shared roof"),
        { trigger: ".o_desk_question input[type=number]:focus", run: "edit 4" },
        press("Alt+Shift+PageUp"),
        tab("House"),
        press("Alt+Shift+PageDown"),
        press("Alt+Shift+PageDown"),
        // The data, checked with the customer
        tab("Address"),
        {
            trigger: ".o_desk_data_check [data-field=street] input:focus",
            run: "edit Via Milano 7",
        },
        { trigger: ".o_desk_address:contains(Via Milano 7)" },
        { trigger: ".o_desk_checked input", run: "click" },
        press("Alt+Shift+PageDown"),
        {
            content: "Past the products, where an addon shows them",
            trigger: ".o_desk_tab_active:not(:contains(Address))",
            async run(helpers) {
                if (document.querySelector(".o_desk_tab_active[data-step=cart]")) {
                    document.querySelector(".o_desk_cart_without input").click();
                    await helpers.press("Alt+Shift+PageDown");
                }
            },
        },
        { content: "The outcome's bar has the keyboard", trigger: ".o_desk_all_outcomes:focus" },
        tab("Outcome"),
        { trigger: ".o_desk_done_steps:not(:contains(mandatory for this))" },
        // The form of every name
        press("Alt+Shift+d"),
        { trigger: ".o_desk_data_panel [data-field=contact_name] input:focus" },
        { trigger: ".o_desk_data_panel [data-field=city] input", run: "edit Lumezzane" },
        press("Alt+Shift+d"),
        { trigger: ".o_desk_note:focus" },
        press("Alt+Enter"),
        saved("Name 1"),
        // With an outcome of kind N its step opens
        freshName(),
        typeNote("No"),
        press("Alt+n"),
        tab("Why not"),
        press("Alt+Enter"),
        { trigger: ".o_desk_message_danger:contains(Reason)" },
        { trigger: ".o_desk_question:contains(Reason) input:focus", run: "edit Price" },
        press("Alt+Enter"),
        saved("Name 2"),
        freshName(),
        press("Alt+Shift+s"),
        press("Alt+Shift+c", ".o_desk_stopped"),
        { trigger: ".o_desk_phase_start .o_desk_next:focus" },
    ],
});

registry.category("web_tour.tours").add("crm_desk_steps_return", {
    url: "/odoo/desk",
    steps: () => [
        { trigger: ".o_desk_next:focus", run: () => silenceTelephone() },
        press("Alt+Enter"),
        freshName(),
        press("Alt+Shift+PageDown"),
        tab("House"),
        {
            trigger: ".o_desk_question:contains(Roof) .o_desk_choice:contains(Shared) input",
            run: "click",
        },
        press("Alt+Shift+d"),
        {
            trigger: ".o_desk_data_panel [data-field=street] input",
            run: "edit Via Nuova 5",
        },
        { trigger: ".o_desk_address:contains(Via Nuova 5)" },
        {
            content: "The desk is left",
            trigger: ".o_menu_sections [data-menu-xmlid='crm_callcenter.callcenter_menu_names']",
            run: "click",
        },
        { trigger: ".o_list_view" },
        {
            trigger: ".o_menu_sections [data-menu-xmlid='crm_campaign_motivi.crm_desk_menu']",
            run: "click",
        },
        { trigger: ".o_desk_tab:contains(Shared roof)" },
        { trigger: ".o_desk_address:contains(Via Nuova 5)" },
        press("Alt+Shift+PageDown"),
        { trigger: ".o_desk_choice_chosen:contains(Shared)" },
        press("Alt+Shift+s"),
        press("Alt+Shift+c", ".o_desk_stopped"),
        { trigger: ".o_desk_phase_start .o_desk_next:focus" },
    ],
});
