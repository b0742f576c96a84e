import { registry } from "@web/core/registry";
import {
    checkDialled,
    firstInStrip,
    freshName,
    saved,
    silenceTelephone,
    turnWeek,
    withoutProducts,
} from "./desk_tour_utils";

const note = (text) => ({ trigger: ".o_desk_note", run: `edit ${text}` });
const outcome = (kind) => ({
    content: `Outcome of kind ${kind}`,
    trigger: `.o_desk_outcome[data-kind=${kind}]`,
    run: "click",
});
const chosen = (kind) => ({
    content: "The chosen outcome is marked",
    trigger: `.o_desk_outcome_chosen[data-kind=${kind}][aria-pressed=true]`,
});
const confirm = () => ({
    content: "Confirm the outcome",
    trigger: ".o_desk_confirm:enabled",
    run: "click",
});

const phoneRow = (field) => `.o_desk_phone_row:has([data-field=${field}])`;

registry.category("web_tour.tours").add("crm_desk_mouse", {
    url: "/odoo/desk",
    steps: () => [
        {
            content: "Next name",
            trigger: ".o_desk_next:enabled",
            run() {
                silenceTelephone();
                this.anchor.click();
            },
        },
        freshName(),
        { content: "The script is there", trigger: ".o_desk_script_text:contains(Good morning)" },
        // R, dialled first, with a time of the quick picks
        { content: "Dial", trigger: ".o_desk_phone[data-field=mobile]", run: "click" },
        {
            content: "The call runs",
            trigger: ".o_desk_call_on .o_desk_timer",
            run: () => checkDialled(1),
        },
        { content: "The call has ended", trigger: ".o_desk_end_call", run: "click" },
        { trigger: ".o_desk_call:not(.o_desk_call_on) .o_desk_timer" },
        note("Call back, mouse"),
        { content: "Too early", ...confirm() },
        { content: "A sentence", trigger: ".o_desk_message_danger:contains(Choose an outcome)" },
        outcome("R"),
        chosen("R"),
        { content: "No time yet", ...confirm() },
        { trigger: ".o_desk_message_danger:contains(date and time)" },
        { trigger: ".o_desk_picks [data-pick=tomorrow]", run: "click" },
        { trigger: ".o_desk_recall_scope", run: "select private" },
        confirm(),
        saved("Name 1"),
        // N, from the list of all outcomes
        freshName(),
        {
            content: "The note of the name before is gone",
            trigger: ".o_desk_note",
            run() {
                if (this.anchor.value) {
                    throw new Error(`The note is ${this.anchor.value}`);
                }
            },
        },
        note("Not interested, mouse"),
        { content: "The last outcome is in the strip", trigger: firstInStrip("R") },
        { trigger: ".o_desk_figures_kinds [data-figure=R]:contains(R 1)" },
        { trigger: `${phoneRow("phone")} .o_desk_wrong`, run: "click" },
        { trigger: `${phoneRow("mobile")} .o_desk_wrong`, run: "click" },
        {
            content: "No number is right: the outcome for it is offered",
            trigger: ".o_desk_wrong_outcome:focus:contains(Wrong number)",
            run: "click",
        },
        chosen("N"),
        { content: "The mobile is right", trigger: `${phoneRow("mobile")} .o_desk_wrong`, run: "click" },
        { trigger: ".o_desk_phones:not(:has(.o_desk_wrong_outcome))" },
        { trigger: ".o_desk_add_number", run: "click" },
        { trigger: ".o_desk_number_input:focus", run: "edit 02 7000 1234" },
        { trigger: ".o_desk_keep_number", run: "click" },
        { trigger: "[data-field=phone_second].o_desk_phone:contains(Added)" },
        { trigger: ".o_desk_all_outcomes", run: "selectByLabel Not interested" },
        chosen("N"),
        confirm(),
        saved("Name 2"),
        // C, with the value of the sale
        freshName(),
        note("Sold, mouse"),
        outcome("C"),
        withoutProducts,
        { trigger: ".o_desk_details .o_desk_revenue", run: "clear" },
        { content: "Without a value", ...confirm() },
        { trigger: ".o_desk_message_danger:contains(expected revenue)" },
        { trigger: ".o_desk_details .o_desk_revenue", run: "edit 7500" },
        confirm(),
        saved("Name 3"),
        // T, in the agent's agenda
        freshName(),
        note("Appointment, mouse"),
        outcome("T"),
        turnWeek(),
        { trigger: ".o_desk_agenda:not(.o_desk_loading) .o_desk_previous_week:enabled" },
        { content: "The agent", trigger: ".o_desk_agent:contains(Agent One)", run: "click" },
        { content: "A free time", trigger: ".o_desk_slot:contains(10:00)", run: "click" },
        { content: "The summary", trigger: ".o_desk_appointment_when:contains(Agent One)" },
        { trigger: ".o_desk_appointment_who:contains(Via Roma 4)" },
        { content: "Not yet accepted", ...confirm() },
        { trigger: ".o_desk_message_danger:contains(confirm the appointment)" },
        { trigger: ".o_desk_accept_appointment:enabled", run: "click" },
        { trigger: ".o_desk_accepted" },
        { content: "After this name, no other", trigger: ".o_desk_continue input", run: "click" },
        confirm(),
        saved("Name 4"),
        { content: "No name in hand", trigger: ".o_desk_phase_start .o_desk_next:enabled" },
    ],
});
