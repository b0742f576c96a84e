import { registry } from "@web/core/registry";
import {
    borderProblems,
    contrastProblems,
    focusProblems,
    schemeProblems,
} from "./desk_contrast";
import { freshName, press, silenceTelephone } from "./desk_tour_utils";

const desk = () => document.querySelector(".o_desk");

function fail(what, problems) {
    if (problems.length) {
        throw new Error(`${what} at ${innerWidth}x${innerHeight}: ${problems.join("; ")}`);
    }
}

/** Whatever is on the screen now can be read. */
const readable = (trigger) => ({
    content: "Everything can be read",
    trigger,
    run() {
        fail("Contrast", contrastProblems(desk()));
        fail("Borders", borderProblems(desk()));
    },
});
const focusSeen = (trigger) => ({
    content: "The focus is seen",
    trigger: `${trigger}:focus`,
    run() {
        fail("Focus", focusProblems(this.anchor));
    },
});

/** All that was looked at in one scheme. */
const inOneScheme = (scheme) => [
    {
        trigger: `.o_desk_${scheme}`,
        run: () => fail(scheme, schemeProblems(desk())),
    },
    readable(".o_desk_start"),
    press("Alt+Enter"),
    freshName(),
    focusSeen(".o_desk_note"),
    readable(".o_desk_phase_name"),
    { trigger: "[data-field=mobile].o_desk_phone", run: "click" },
    { trigger: ".o_desk_call_on" },
    readable(".o_desk_phone_called"),
    press("Alt+Shift+w"),
    { trigger: "[data-field=mobile].o_desk_phone_wrong" },
    press("Alt+Shift+m"),
    focusSeen(".o_desk_number_input"),
    readable(".o_desk_number_form"),
    press("Escape", ".o_desk_number_input"),
    press("Alt+r"),
    focusSeen(".o_desk_picks [data-pick=hour]"),
    readable(".o_desk_recall_date"),
    press("Alt+Enter"),
    readable(".o_desk_message_danger"),
    press("Alt+t"),
    focusSeen(".o_desk_slot"),
    press("Enter"),
    focusSeen(".o_desk_accept_appointment"),
    readable(".o_desk_slot_held"),
    press("Enter"),
    readable(".o_desk_accepted"),
    press("Alt+Shift+s"),
    focusSeen(".o_desk_close"),
    readable(".o_desk_stopped"),
    press("Alt+Shift+h"),
    readable(".o_desk_help"),
    press("Escape"),
    { trigger: ".o_desk:not(:has(.o_desk_help))" },
    press("Alt+Shift+c", ".o_desk_stopped"),
    { trigger: ".o_desk_phase_start .o_desk_message_info" },
];

registry.category("web_tour.tours").add("crm_desk_readable", {
    url: "/odoo/desk",
    steps: () => [
        { trigger: ".o_desk_next:enabled", run: () => silenceTelephone() },
        ...inOneScheme("light"),
        { trigger: ".o_desk_scheme", run: "click" },
        ...inOneScheme("dark"),
    ],
});

// ------------------------------------------------------------
// Layout
// ------------------------------------------------------------

/** What must not move while somebody works, and must be in sight all the time. */
const STEADY = [
    ".o_desk_strip",
    ".o_desk_figures",
    ".o_desk_name",
    ".o_desk_phones",
    ".o_desk_call",
    ".o_desk_note",
    ".o_desk_history",
    ".o_desk_tabs",
    ".o_desk_outcome_bar",
    ".o_desk_quick",
    ".o_desk_confirm",
    ".o_desk_stop",
];
let places = {};

const box = (selector) => {
    const { left, top, right, bottom } = document.querySelector(selector).getBoundingClientRect();
    return [left, top, right, bottom].map(Math.round);
};

function checkSight() {
    const outside = STEADY.filter((selector) => {
        const [left, top, right, bottom] = box(selector);
        return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
    });
    fail("Out of sight", outside);
}

function checkWidth() {
    const page = document.scrollingElement;
    fail("Scrolls sideways", page.scrollWidth > page.clientWidth ? [page.scrollWidth] : []);
    const wide = [...desk().querySelectorAll("*")].filter(
        (element) =>
            element.checkVisibility() &&
            element.getBoundingClientRect().right > innerWidth + 1 &&
            !element.closest(".o_desk_quick, .o_desk_week_scroll, .o_desk_tabs, .visually-hidden")
    );
    const overflowing = [...document.querySelectorAll(".o_desk_name_page > *")].filter(
        (column) => column.scrollWidth > column.clientWidth + 1
    );
    fail("Over its neighbour", overflowing.map((column) => column.className));
    fail("Too wide", wide.map((element) => element.className).slice(0, 5));
}

/** How much of a text can be seen: labels aren't cut, and the note has three lines. */
function checkRoom() {
    const cut = [".o_desk_confirm", ".o_desk_stop", ".o_desk_figures", ".o_desk_call"].filter(
        (selector) => {
            const element = document.querySelector(selector);
            return element.scrollWidth > element.clientWidth + 1;
        }
    );
    fail("Cut", cut);
    const note = document.querySelector(".o_desk_note");
    fail("Note too low", note.clientHeight < 60 ? [note.clientHeight] : []);
}

/**
 * Capitals of the strip are 8 mm high at least on panels of 15.6 inches: 32 points of 768
 * lines, 44 of 1080, 26 at a zoom of 125 %. The eye needs 5.8 mm at four metres.
 */
function checkStrip(place) {
    const style = getComputedStyle(place);
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const height = pen.measureText(place.textContent.trim()).actualBoundingBoxAscent;
    const needed = innerHeight >= 900 ? 44 : innerHeight > 700 ? 32 : 26;
    const room = place.getBoundingClientRect().height;
    fail("Letters too small", Math.min(height, room) < needed ? [height, room] : []);
}

const remember = () => ({
    content: "Where everything is",
    trigger: ".o_desk_phase_name",
    run() {
        places = Object.fromEntries(STEADY.map((selector) => [selector, box(selector).join()]));
        checkSight();
        checkWidth();
        checkRoom();
    },
});
const steady = (trigger) => ({
    content: "Nothing has moved",
    trigger,
    run() {
        const moved = STEADY.filter((selector) => box(selector).join() !== places[selector]);
        fail(
            "Moved",
            moved.map((selector) => `${selector} ${places[selector]} to ${box(selector)}`)
        );
        checkWidth();
        checkRoom();
    },
});

registry.category("web_tour.tours").add("crm_desk_steady", {
    url: "/odoo/desk",
    steps: () => [
        { trigger: ".o_desk_next:enabled", run: () => silenceTelephone() },
        press("Alt+Enter"),
        freshName(),
        remember(),
        {
            trigger: ".o_desk_note",
            run: "edit A long note that goes on and on, line after line, about the roof, the"
                + " neighbours, the bill of the electricity and the dog.",
        },
        steady(".o_desk_phase_name"),
        { trigger: "[data-field=mobile].o_desk_phone", run: "click" },
        steady(".o_desk_call_on"),
        press("Alt+0"),
        steady(".o_desk_wrap_up"),
        press("Alt+Shift+w"),
        steady(".o_desk_phone_wrong"),
        press("Alt+Shift+m"),
        steady(".o_desk_number_input:focus"),
        { trigger: ".o_desk_number_input", run: "edit 347 5556677" },
        press("Enter", ".o_desk_number_input"),
        steady(".o_desk_phones:not(:has(form))"),
        press("Alt+Shift+w"),
        press("Alt+r"),
        steady(".o_desk_recall_date"),
        press("Alt+Enter"),
        steady(".o_desk_message_danger"),
        press("Alt+c"),
        steady(".o_desk_details .o_desk_revenue"),
        press("Alt+t"),
        steady(".o_desk_slot:focus"),
        press("Enter"),
        steady(".o_desk_slot_held"),
        press("Enter"),
        steady(".o_desk_accepted"),
        press("Alt+n"),
        steady(".o_desk_outcome_chosen[data-kind=N]"),
        press("Alt+Enter"),
        { trigger: ".o_desk_message_success" },
        freshName(),
        {
            content: "Its letter is read from four metres",
            trigger: "[data-kind=N].o_desk_strip_place",
            run() {
                checkStrip(this.anchor);
            },
        },
        steady(".o_desk_phase_name"),
        press("Alt+Shift+s"),
        press("Alt+Shift+c", ".o_desk_stopped"),
        { trigger: ".o_desk_phase_start" },
    ],
});

// On a phone everything is one column that scrolls; nothing scrolls sideways.
registry.category("web_tour.tours").add("crm_desk_phone_width", {
    url: "/odoo/desk",
    steps: () => [
        { trigger: ".o_desk_next:enabled", run: "click" },
        freshName(),
        { trigger: ".o_desk_phase_name", run: checkWidth },
        { trigger: ".o_desk_note", run: "edit On a phone" },
        { trigger: ".o_desk_outcome[data-kind=R]", run: "click" },
        { trigger: ".o_desk_recall_date", run: checkWidth },
        { trigger: ".o_desk_picks [data-pick=tomorrow]", run: "click" },
        {
            trigger: ".o_desk_confirm",
            run() {
                checkWidth();
                const [, , right, bottom] = box(".o_desk_confirm");
                fail("Out of sight", right > innerWidth || bottom > innerHeight ? ["confirm"] : []);
                this.anchor.click();
            },
        },
        { trigger: ".o_desk_message_success" },
        freshName(),
        { trigger: ".o_desk_stop", run: "click" },
        { trigger: ".o_desk_close:enabled", run: "click" },
        { trigger: ".o_desk_phase_start" },
    ],
});
