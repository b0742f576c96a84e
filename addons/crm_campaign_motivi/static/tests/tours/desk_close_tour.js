import { registry } from "@web/core/registry";
import { freshName, silenceTelephone } from "./desk_tour_utils";

const row = (field) => `.o_desk_phone_row:has([data-field=${field}])`;

// Everything that can be done on a name, and then none of it.
registry.category("web_tour.tours").add("crm_desk_everything_then_close", {
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
        { content: "Dial", trigger: "[data-field=mobile].o_desk_phone", run: "click" },
        { content: "The call has ended", trigger: ".o_desk_end_call", run: "click" },
        { content: "Its timer, and that of what comes after", trigger: ".o_desk_wrap_up" },
        { content: "Wrong", trigger: `${row("mobile")} .o_desk_wrong`, run: "click" },
        { trigger: "[data-field=mobile].o_desk_phone_wrong s" },
        { content: "Correct", trigger: `${row("phone")} .o_desk_correct`, run: "click" },
        { trigger: ".o_desk_number_input:focus", run: "edit 030 555 9999" },
        { trigger: ".o_desk_keep_number", run: "click" },
        { trigger: "[data-field=phone].o_desk_phone:contains(555 9999)", run: "click" },
        { content: "The typed number is dialled", trigger: ".o_desk_call_on" },
        { trigger: ".o_desk_add_number", run: "click" },
        { trigger: ".o_desk_number_input:focus", run: "edit 347 5556677" },
        { trigger: ".o_desk_keep_number", run: "click" },
        { trigger: "[data-field=phone_second].o_desk_phone:contains(347)" },
        { trigger: ".o_desk_custom_row:contains(People) input", run: "edit 4 && press Tab" },
        {
            trigger: ".o_desk_custom_row:contains(Roof) select",
            run: "selectByLabel Add a value…",
        },
        {
            trigger: ".o_desk_custom_row:contains(Roof) input[type=text]",
            run: "edit Round && press Tab",
        },
        { trigger: ".o_desk_custom_row:contains(Round) select" },
        { content: "Correct the data", trigger: ".o_desk_edit_data_button", run: "click" },
        { trigger: ".o_desk_data_panel [data-field=city] input", run: "edit Lumezzane" },
        { trigger: ".o_desk_address:contains(Lumezzane)" },
        { trigger: ".o_desk_edit_data_button", run: "click" },
        { trigger: ".o_desk_outcome[data-kind=R]", run: "click" },
        { trigger: ".o_desk_picks [data-pick=tomorrow]", run: "click" },
        { trigger: ".o_desk_outcome[data-kind=T]", run: "click" },
        { trigger: ".o_desk_slot", run: "click" },
        { trigger: ".o_desk_accept_appointment:enabled", run: "click" },
        { trigger: ".o_desk_accepted" },
        { content: "STOP", trigger: ".o_desk_stop", run: "click" },
        { trigger: ".o_desk_stopped:contains(no note, no appointment, no sale)" },
        { content: "CLOSE", trigger: ".o_desk_close:enabled", run: "click" },
        { trigger: ".o_desk_phase_start .o_desk_next:enabled" },
        { trigger: ".o_desk_message_info:contains(Nothing was saved)" },
        {
            content: "Nothing is kept in the browser either",
            trigger: ".o_desk_phase_start",
            run() {
                const kept = Object.entries(localStorage).filter(([, value]) =>
                    value.includes("no trace")
                );
                if (kept.length) {
                    throw new Error(`Kept: ${kept}`);
                }
            },
        },
    ],
});
