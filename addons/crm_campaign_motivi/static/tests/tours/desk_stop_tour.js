import { registry } from "@web/core/registry";
import { freshName, silenceTelephone } from "./desk_tour_utils";

registry.category("web_tour.tours").add("crm_desk_stop_close", {
    url: "/odoo/desk",
    steps: () => [
        {
            trigger: ".o_desk_next:enabled",
            run() {
                silenceTelephone();
                this.anchor.click();
            },
        },
        freshName(),
        { trigger: ".o_desk_note", run: "edit This note must leave no trace" },
        { trigger: ".o_desk_phone[data-field=phone]", run: "click" },
        { trigger: ".o_desk_call_on" },
        { trigger: ".o_desk_outcome[data-kind=T]", run: "click" },
        { trigger: ".o_desk_slot", run: "click" },
        { trigger: ".o_desk_accept_appointment:enabled", run: "click" },
        { trigger: ".o_desk_accepted" },
        { content: "STOP", trigger: ".o_desk_stop", run: "click" },
        { trigger: ".o_desk_stopped:contains(no note, no appointment, no sale)" },
        { content: "The call has ended", trigger: ".o_desk_call:not(.o_desk_call_on)" },
        { content: "Back: all is still there", trigger: ".o_desk_back", run: "click" },
        {
            trigger: ".o_desk_phase_name .o_desk_note",
            run() {
                if (!this.anchor.value.includes("no trace")) {
                    throw new Error("The note is lost");
                }
            },
        },
        { trigger: ".o_desk_accepted" },
        { content: "STOP again", trigger: ".o_desk_stop", run: "click" },
        { content: "CLOSE", trigger: ".o_desk_close", run: "click" },
        { trigger: ".o_desk_phase_start .o_desk_next:enabled" },
        { trigger: ".o_desk_message_info:contains(Nothing was saved)" },
    ],
});
