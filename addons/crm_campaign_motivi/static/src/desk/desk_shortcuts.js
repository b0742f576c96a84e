import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/**
 * Keys that other files add: {phases, key, run(desk), help}. `phases` are those of the
 * desk in which the key does something.
 */
export const deskShortcuts = registry.category("crm_desk_shortcuts");

/**
 * The desk's own keys. Outcomes have Alt with the letter of their setting, so every
 * other letter needs Alt and Shift. Avoided: what Chromium keeps for itself (Alt+Shift
 * with A, I, T) and what the web client uses (Alt+H, Alt+Shift+U).
 */
export const KEYS = {
    next: "alt+enter",
    confirm: "alt+enter",
    confirmToo: "control+enter",
    dial: ["alt+1", "alt+2", "alt+3"],
    endCall: "alt+0",
    note: "alt+shift+n",
    allOutcomes: "alt+shift+o",
    script: "alt+shift+p",
    agenda: "alt+shift+g",
    previousWeek: "alt+pageup",
    nextWeek: "alt+pagedown",
    stop: "alt+shift+s",
    close: "alt+shift+c",
    back: "escape",
    help: "alt+shift+h",
};

const NAMES = {
    alt: "Alt",
    arrows: "← ↑ ↓ →",
    control: "Ctrl",
    shift: "⇧",
    enter: "↵",
    escape: "Esc",
    pageup: "Page ↑",
    pagedown: "Page ↓",
};

/** How a key is written on the screen: alt+shift+s as Alt+⇧+S. */
export function keyLabel(key) {
    return key
        .split("+")
        .map((part) => NAMES[part] || part.toUpperCase())
        .join("+");
}

/** The desk's own keys go first: an outcome with the digit of one of them has none. */
export function outcomeKey(outcome) {
    const key = outcome.shortcut ? `alt+${outcome.shortcut}` : null;
    return [...KEYS.dial, KEYS.endCall].includes(key) ? null : key;
}

/** What the help shows: [keys, what they do]. */
export function shortcutHelp() {
    return [
        [[KEYS.next, KEYS.confirmToo], _t("Next name; with a name in hand: confirm the outcome")],
        [KEYS.dial, _t("Dial the first, second or third number")],
        [[KEYS.endCall], _t("The call has ended")],
        [[KEYS.note], _t("Write the conversation note")],
        [[KEYS.allOutcomes], _t("Drop-down with all outcomes")],
        [[KEYS.script], _t("Show the script")],
        [[KEYS.agenda], _t("Show the agents' agenda")],
        [[KEYS.previousWeek, KEYS.nextWeek], _t("Agenda: previous and next week")],
        [["arrows"], _t("Agenda: from one free time to another")],
        [["enter"], _t("Agenda: hold the free time; then confirm the appointment")],
        [[KEYS.stop], _t("STOP: end the call without an outcome")],
        [[KEYS.close], _t("CLOSE the name after STOP")],
        [[KEYS.back], _t("Back to the name after STOP; close this help")],
        ...deskShortcuts.getAll().map(({ key, help }) => [[key], help.toString()]),
        [[KEYS.help], _t("Show or hide this help")],
    ];
}
