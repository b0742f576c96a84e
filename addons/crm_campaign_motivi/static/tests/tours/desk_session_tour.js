import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { freshName, press, saved, silenceTelephone } from "./desk_tour_utils";

const start = () => ({
    trigger: ".o_desk_next:enabled",
    run() {
        silenceTelephone();
        this.anchor.click();
    },
});
const no = () => ({ trigger: ".o_desk_outcome[data-kind=N]", run: "click" });
const confirm = () => ({ trigger: ".o_desk_confirm:enabled", run: "click" });

// Another window becomes the desk: this one freezes, and can become it again.
registry.category("web_tour.tours").add("crm_desk_takeover", {
    url: "/odoo/desk",
    steps: () => [
        start(),
        freshName(),
        { trigger: ".o_desk_lead_name:contains(Name 1)" },
        { trigger: ".o_desk_note", run: "edit Half a note" },
        no(),
        { trigger: ".o_desk_outcome_chosen[data-kind=N]" },
        {
            content: "Another window",
            trigger: ".o_desk",
            run: () =>
                rpc("/web/dataset/call_kw/crm.desk/begin", {
                    model: "crm.desk",
                    method: "begin",
                    args: ["another window"],
                    kwargs: {},
                }),
        },
        {
            content: "The outcome comes too late, or something else has",
            trigger: ".o_desk",
            run: () => document.querySelector(".o_desk_confirm").click(),
        },
        { trigger: ".o_desk_freeze[role=alertdialog]:contains(another window)" },
        {
            content: "The keyboard is on the only button",
            trigger: ".o_desk_freeze .o_desk_unfreeze",
            async run() {
                for (let tries = 0; tries < 50 && document.activeElement !== this.anchor; tries++) {
                    await new Promise((resolve) => setTimeout(resolve, 50));
                }
                if (document.activeElement !== this.anchor) {
                    throw new Error(`Focus: ${document.activeElement.outerHTML.slice(0, 200)}`);
                }
            },
        },
        { trigger: ".o_desk_unfreeze", run: "click" },
        { trigger: ".o_desk:not(:has(.o_desk_freeze)) .o_desk_lead_name:contains(Name 1)" },
        {
            trigger: ".o_desk_note",
            run() {
                if (this.anchor.value !== "Half a note") {
                    throw new Error(`The note is ${this.anchor.value}`);
                }
            },
        },
        { trigger: ".o_desk_outcome_chosen[data-kind=N]" },
        confirm(),
        saved("Name 1"),
        freshName(),
        { trigger: ".o_desk_stop", run: "click" },
        { trigger: ".o_desk_close", run: "click" },
        { trigger: ".o_desk_phase_start" },
    ],
});

// A pause is asked for with a name in hand, and begins after it; help is asked for.
registry.category("web_tour.tours").add("crm_desk_pause", {
    url: "/odoo/desk",
    steps: () => [
        start(),
        freshName(),
        { trigger: ".o_desk_state_ready .o_desk_timer" },
        { trigger: ".o_desk_phone[data-field=mobile]", run: "click" },
        { trigger: ".o_desk_state_on_call" },
        { trigger: ".o_desk_end_call", run: "click" },
        { trigger: ".o_desk_state_after_call" },
        press("alt+shift+z"),
        { trigger: ".o_desk_pause:focus", run: "selectByLabel Lunch" },
        { trigger: ".o_desk_resume:contains(Pause after this name)" },
        no(),
        confirm(),
        { trigger: ".o_desk_phase_start .o_desk_state_pause:contains(Lunch)" },
        press("alt+shift+z"),
        { trigger: ".o_desk_phase_start .o_desk_state_ready" },
        press("alt+shift+q"),
        { trigger: ".o_desk_help_line:contains(coordinators)" },
        press("alt+shift+q"),
        { trigger: ".o_desk:not(:has(.o_desk_help_line))" },
    ],
});

// The next name is there before it is asked for.
registry.category("web_tour.tours").add("crm_desk_ahead", {
    url: "/odoo/desk",
    steps: () => [
        start(),
        freshName(),
        { trigger: ".o_desk_lead_name:contains(Name 1)" },
        {
            content: "The next name is being fetched",
            trigger: ".o_desk",
            run: () => new Promise((resolve) => setTimeout(resolve, 2500)),
        },
        no(),
        confirm(),
        saved("Name 1"),
        { trigger: ".o_desk_lead_name:contains(Name 2)" },
        no(),
        confirm(),
        saved("Name 2"),
        { trigger: ".o_desk_lead_name:contains(Name 3)" },
        { trigger: ".o_desk_stop", run: "click" },
        { trigger: ".o_desk_close", run: "click" },
        { trigger: ".o_desk_phase_start" },
    ],
});

// Training: an invented name, all checks, and nothing is kept.
registry.category("web_tour.tours").add("crm_desk_training", {
    url: "/odoo/desk",
    steps: () => [
        { trigger: "#o_desk_campaign", run: "selectByLabel Training of the tests" },
        start(),
        freshName(),
        { trigger: ".o_desk_training:contains(TRAINING)" },
        { trigger: ".o_desk_phone[data-field=phone]", run: "click" },
        { trigger: ".o_desk_state_on_call" },
        { trigger: ".o_desk_note", run: "edit Just to try" },
        no(),
        confirm(),
        saved("Nothing was saved"),
        freshName(),
        { trigger: ".o_desk_stop", run: "click" },
        { trigger: ".o_desk_close", run: "click" },
        { trigger: ".o_desk_phase_start" },
    ],
});
