import { registry } from "@web/core/registry";
import { press, silenceTelephone, turnWeek } from "./desk_tour_utils";

const onTheForm = () => ({
    content: "Back on the form of the name",
    trigger: ".o_callcenter_name_form button[name=action_desk_outcome]:enabled",
});
const enter = (field, value) => ({
    trigger: `.o_desk_recall_${field}`,
    run: ({ anchor }) => {
        anchor.value = value();
        anchor.dispatchEvent(new Event("input", { bubbles: true }));
    },
});
const tomorrow = () => luxon.DateTime.local().plus({ days: 1 }).toISODate();

/** Fix Appointment by mouse: the desk's own agenda, then the form again. */
registry.category("web_tour.tours").add("crm_desk_by_hand_appointment", {
    steps: () => [
        {
            trigger: "button[name=action_desk_appointment]:enabled",
            run() {
                silenceTelephone();
                this.anchor.click();
            },
        },
        {
            content: "The outcome is chosen already",
            trigger: ".o_desk_outcome_chosen[data-kind=T]",
        },
        { trigger: ".o_desk_name_page:contains(Name 4)" },
        { trigger: ".o_desk_note", run: "edit Came in by himself" },
        turnWeek(),
        { trigger: ".o_desk_agenda:not(.o_desk_loading) .o_desk_previous_week:enabled" },
        { trigger: ".o_desk_agent:contains(Agent One)", run: "click" },
        { trigger: ".o_desk_slot:contains(10:00)", run: "click" },
        { trigger: ".o_desk_accept_appointment:enabled", run: "click" },
        { trigger: ".o_desk_accepted" },
        { trigger: ".o_desk_confirm:enabled", run: "click" },
        onTheForm(),
    ],
});

/** Register Outcome by keyboard; then STOP and CLOSE also lead back. */
registry.category("web_tour.tours").add("crm_desk_by_hand_outcome", {
    steps: () => [
        {
            trigger: "button[name=action_desk_outcome]:enabled",
            async run(helpers) {
                silenceTelephone();
                this.anchor.focus();
                await helpers.press("Enter");
            },
        },
        { content: "Nothing is chosen", trigger: ".o_desk_note:focus", run: "edit Wrote to us" },
        { trigger: ".o_desk:not(:has(.o_desk_outcome_chosen))" },
        press("Alt+n"),
        { trigger: ".o_desk_outcome_chosen[data-kind=N]" },
        press("Control+Enter"),
        onTheForm(),
        {
            trigger: "button[name=action_desk_outcome]:enabled",
            async run(helpers) {
                this.anchor.focus();
                await helpers.press("Enter");
            },
        },
        { trigger: ".o_desk_note:focus", run: "edit Not kept" },
        press("Alt+Shift+s"),
        { trigger: ".o_desk_close:focus" },
        press("Alt+Shift+c", ".o_desk_stopped"),
        onTheForm(),
    ],
});

/** A second name leads to the desk, where the first one is. */
registry.category("web_tour.tours").add("crm_desk_by_hand_second", {
    steps: () => [
        { trigger: "button[name=action_desk_outcome]:enabled", run: "click" },
        { trigger: ".modal:contains(Name 1 in hand) .btn-primary", run: "click" },
        { trigger: ".o_desk_name_page:contains(Name 1)" },
    ],
});

/** The address of the exchange opens the desk on the caller. */
registry.category("web_tour.tours").add("crm_desk_call", {
    steps: () => [
        { trigger: ".o_desk_phase_name .o_desk_call_on .o_desk_timer" },
        { trigger: ".o_desk_name_page:contains(Caller +39 347 123 4567)" },
        { trigger: ".o_desk_note", run: "edit Asks a price" },
        { trigger: ".o_desk_outcome[data-kind=N]", run: "click" },
        { trigger: ".o_desk_continue input", run: "click" },
        { trigger: ".o_desk_confirm:enabled", run: "click" },
        { trigger: ".o_desk_phase_start .o_desk_message_success:contains(347)" },
    ],
});

/** A time outside the calling hours: the next opening by one click, or the wish. */
registry.category("web_tour.tours").add("crm_desk_recall_hours", {
    steps: () => [
        { trigger: ".o_desk_next:enabled", run: "click" },
        { trigger: ".o_desk_phase_name .o_desk_outcome[data-kind=R]", run: "click" },
        {
            content: "The quick picks are moved into the calling hours, and say so",
            trigger: ".o_desk_pick[data-pick=hour] .o_desk_pick_instead",
        },
        enter("date", tomorrow),
        enter("time", () => "23:30"),
        { trigger: ".o_desk_outside_text" },
        { trigger: ".o_desk_confirm:enabled", run: "click" },
        { trigger: ".o_desk_message_danger:contains(calling hours begin again)" },
        { content: "The next step has the focus", trigger: ".o_desk_take_opening:focus" },
        { trigger: ".o_desk_wish input", run: "click" },
        { trigger: ".o_desk_confirm:enabled", run: "click" },
        { trigger: ".o_desk_message_danger:contains(what the customer said)" },
        { trigger: ".o_desk_note:focus", run: "edit Works at night" },
        { trigger: ".o_desk_confirm:enabled", run: "click" },
        { trigger: ".o_desk_message_success:contains(Name 1)" },
        { trigger: ".o_desk_name_page:contains(Name 2)" },
        { trigger: ".o_desk_outcome[data-kind=R]", run: "click" },
        enter("time", () => "23:30"),
        enter("date", tomorrow),
        { trigger: ".o_desk_take_opening", run: "click" },
        { trigger: ".o_desk_in_words" },
        { trigger: ".o_desk_continue input", run: "click" },
        { trigger: ".o_desk_confirm:enabled", run: "click" },
        { trigger: ".o_desk_message_success:contains(Name 2)" },
        { trigger: ".o_desk_phase_start" },
    ],
});
