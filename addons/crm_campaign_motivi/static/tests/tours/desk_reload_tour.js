import { registry } from "@web/core/registry";
import { freshName } from "./desk_tour_utils";

// Leaving the desk and coming back: the same name, with the note that was begun.
registry.category("web_tour.tours").add("crm_desk_reload", {
    url: "/odoo/desk",
    steps: () => [
        { trigger: ".o_desk_next:enabled", run: "click" },
        freshName(),
        { trigger: ".o_desk_lead_name:contains(Name 1)" },
        { trigger: ".o_desk_note", run: "edit Half a note" },
        { trigger: ".o_desk_outcome[data-kind=N]", run: "click" },
        { trigger: ".o_desk_outcome_chosen" },
        {
            trigger: ".o_menu_sections [data-menu-xmlid='crm_callcenter.callcenter_menu_names']",
            run: "click",
        },
        { trigger: ".o_list_view" },
        {
            trigger: ".o_menu_sections [data-menu-xmlid='crm_campaign_motivi.crm_desk_menu']",
            run: "click",
        },
        { trigger: ".o_desk_lead_name:contains(Name 1)" },
        { trigger: ".o_desk_outcome_chosen[data-kind=N]" },
        {
            trigger: ".o_desk_note",
            run() {
                if (this.anchor.value !== "Half a note") {
                    throw new Error(`The note is ${this.anchor.value}`);
                }
            },
        },
        { trigger: ".o_desk_confirm", run: "click" },
        { trigger: ".o_desk_message_success:contains(Name 1)" },
        freshName(),
        { content: "Put it back", trigger: ".o_desk_stop", run: "click" },
        { trigger: ".o_desk_close", run: "click" },
        { trigger: ".o_desk_phase_start" },
    ],
});
