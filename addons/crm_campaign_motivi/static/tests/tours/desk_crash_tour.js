import { registry } from "@web/core/registry";
import { rpc } from "@web/core/network/rpc";
import { freshName, silenceTelephone } from "./desk_tour_utils";

const PHONE_ROW = ".o_desk_phone_row:has([data-field=phone])";
const noteIs = (text) => ({
    content: `The note is ${text}`,
    trigger: ".o_desk_note",
    run() {
        if (this.anchor.value !== text) {
            throw new Error(`The note is ${this.anchor.value}`);
        }
    },
});
/** The browser crashes: the page is gone without a word, and opened again. */
const crash = (trigger = ".o_desk") => ({
    content: "The browser crashes",
    trigger,
    expectUnloadPage: true,
    run: () => location.assign("/odoo/desk"),
});
const work = () => [
    { trigger: ".o_desk_next:enabled", run: "click" },
    freshName(),
    { trigger: ".o_desk_note", run: "edit Half a note" },
];

// In the middle of the work everything is lost but what the browser keeps.
registry.category("web_tour.tours").add("crm_desk_crash", {
    url: "/odoo/desk",
    steps: () => [
        ...work(),
        { trigger: ".o_desk_lead_name:contains(Name 1)" },
        { trigger: `${PHONE_ROW} .o_desk_wrong`, run: "click" },
        { trigger: ".o_desk_add_number", run: "click" },
        { trigger: ".o_desk_number_input:focus", run: "edit 347 5556677" },
        { trigger: ".o_desk_keep_number", run: "click" },
        { trigger: "[data-field=phone_second].o_desk_phone" },
        { trigger: ".o_desk_custom_row:contains(People) input", run: "edit 4 && press Tab" },
        { trigger: ".o_desk_outcome[data-kind=R]", run: "click" },
        { trigger: ".o_desk_picks [data-pick=tomorrow]", run: "click" },
        { trigger: ".o_desk_recall_scope", run: "select private" },
        { trigger: ".o_desk_in_words:not(:empty)" },
        crash(),
        { content: "The same name", trigger: ".o_desk_lead_name:contains(Name 1)" },
        noteIs("Half a note"),
        { trigger: ".o_desk_outcome_chosen[data-kind=R]" },
        { trigger: ".o_desk_recall_scope:has(option[value=private]:checked)" },
        { trigger: ".o_desk_in_words:not(:empty)" },
        { trigger: "[data-field=phone].o_desk_phone_wrong" },
        { trigger: "[data-field=phone_second].o_desk_phone:contains(347)" },
        {
            trigger: ".o_desk_custom_row:contains(People) input",
            run() {
                if (this.anchor.value !== "4") {
                    throw new Error(`People: ${this.anchor.value}`);
                }
            },
        },
        { trigger: ".o_desk_confirm:enabled", run: "click" },
        { trigger: ".o_desk_message_success:contains(Name 1)" },
        freshName(),
        { content: "The colour of today is there", trigger: "[data-kind=R].o_desk_strip_place" },
        { content: "Once only: another name, nothing on it", ...crash() },
        { trigger: ".o_desk_lead_name:contains(Name 2)" },
        noteIs(""),
        freshName(),
        { trigger: ".o_desk:not(:has(.o_desk_phone_wrong))" },
        { content: "So is the colour", trigger: "[data-kind=R].o_desk_strip_place" },
        { trigger: ".o_desk_stop", run: "click" },
        { trigger: ".o_desk_close:enabled", run: "click" },
        { trigger: ".o_desk_phase_start" },
    ],
});

// The name went to somebody else while the browser was away: the note is there to copy.
registry.category("web_tour.tours").add("crm_desk_crash_name_gone", {
    url: "/odoo/desk",
    steps: () => [
        ...work(),
        {
            content: "The name leaves the hands",
            trigger: ".o_desk_note",
            async run() {
                const key = Object.keys(localStorage).find((name) =>
                    localStorage.getItem(name).includes("Half a note")
                );
                const { lineId, claimToken } = JSON.parse(localStorage.getItem(key));
                await rpc("/web/dataset/call_kw/crm.desk/release", {
                    model: "crm.desk",
                    method: "release",
                    args: [lineId, claimToken],
                    kwargs: {},
                });
            },
        },
        crash(),
        { trigger: ".o_desk_leftover:contains(Name 1):contains(Half a note)" },
        { content: "Still there after another crash", ...crash() },
        { trigger: ".o_desk_leftover button", run: "click" },
        { trigger: ".o_desk_phase_start:not(:has(.o_desk_leftover))" },
        { content: "Thrown away is away", ...crash() },
        { trigger: ".o_desk_phase_start .o_desk_next:enabled" },
        { trigger: ".o_desk:not(:has(.o_desk_leftover))" },
    ],
});

/** Log in as somebody else in the same browser. */
const logIn = (login) => ({
    content: `${login} logs in`,
    trigger: ".o_desk",
    expectUnloadPage: true,
    async run() {
        await rpc("/web/session/destroy", {});
        // As short names are given longer passwords in tests.
        const password = login.padEnd(8, "x");
        await rpc("/web/session/authenticate", { db: odoo.info.db, login, password });
        location.assign("/odoo/desk");
    },
});

// Two operators share a browser: neither ever sees what the other one wrote.
registry.category("web_tour.tours").add("crm_desk_crash_other_operator", {
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
        { trigger: ".o_desk_lead_name:contains(Name 1)" },
        { trigger: ".o_desk_note", run: "edit A secret of the first one" },
        logIn("op_two"),
        { trigger: ".o_desk_phase_start:not(:has(.o_desk_leftover)) .o_desk_next:enabled" },
        { trigger: ".o_desk_next:enabled", run: "click" },
        { trigger: ".o_desk_lead_name:contains(Name 2)" },
        noteIs(""),
        { trigger: ".o_desk_note", run: "edit A note of the second one" },
        logIn("op_one"),
        { trigger: ".o_desk_lead_name:contains(Name 1)" },
        noteIs("A secret of the first one"),
        { trigger: ".o_desk_stop", run: "click" },
        { trigger: ".o_desk_close:enabled", run: "click" },
        { trigger: ".o_desk_phase_start" },
        logIn("op_two"),
        { trigger: ".o_desk_lead_name:contains(Name 2)" },
        noteIs("A note of the second one"),
        { trigger: ".o_desk_stop", run: "click" },
        { trigger: ".o_desk_close:enabled", run: "click" },
        { trigger: ".o_desk_phase_start" },
    ],
});
