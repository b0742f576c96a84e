import { patch } from "@web/core/utils/patch";
import { telephone } from "@crm_campaign_motivi/desk/desk_telephone";

/** Numbers that were dialled; the test's browser has no telephone. */
export const dialled = [];

export function silenceTelephone() {
    dialled.length = 0;
    patch(telephone, { dial: (url) => dialled.push(url) });
}

export function checkDialled(count) {
    if (dialled.length !== count || dialled.some((url) => !/^tel:\+39\d+$/.test(url))) {
        throw new Error(`Dialled: ${dialled.join(", ")}`);
    }
}

/** A key of the keyboard, wherever the focus is. */
export function press(keys, trigger = ".o_desk") {
    return { content: `press ${keys}`, trigger, run: `press ${keys}` };
}

export function typeNote(text) {
    return {
        content: "The note has the focus as soon as the name is there",
        trigger: ".o_desk_note:focus",
        run: `edit ${text}`,
    };
}

/** A name is in hand on which nothing was chosen yet. */
export function freshName() {
    return {
        content: "A name is in hand",
        trigger: ".o_desk_phase_name .o_desk_quick:not(:has(.o_desk_outcome_chosen))",
    };
}

export function saved(text) {
    return {
        content: `The desk says that it was saved: ${text}`,
        trigger: `.o_desk_message_success:contains(${text})`,
    };
}
