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

/** A sale of nothing in particular, where an addon asks what was sold. */
export const withoutProducts = {
    content: "Without products",
    trigger: ".o_desk_outcome_chosen[data-kind=C]",
    run: () => document.querySelector(".o_desk_cart_without input")?.click(),
};

/** A key of the keyboard, wherever the focus is. */
export function press(keys, trigger = ".o_desk") {
    return { content: `press ${keys}`, trigger, run: `press ${keys}` };
}

/** Turn the agenda by a key, or by a click on its button, until it shows another week. */
export function turnWeek(keys = null) {
    return {
        content: `turn the week by ${keys || "mouse"}`,
        trigger: ".o_desk_agenda:not(.o_desk_loading) .o_desk_next_week:enabled",
        async run(helpers) {
            const title = () => document.querySelector(".o_desk_week")?.textContent;
            const before = title();
            await (keys ? helpers.press(keys) : helpers.click());
            for (let tries = 0; tries < 200 && title() === before; tries++) {
                await new Promise((resolve) => setTimeout(resolve, 50));
            }
        },
    };
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

/** The latest outcome of the strip. */
export const firstInStrip = (kind) =>
    `.o_desk_strip_place:first-child[data-kind=${kind}]:contains(${kind})`;
