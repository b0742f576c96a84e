import { _t } from "@web/core/l10n/translation";
import { deskParts } from "./desk_parts";
import { missing } from "./desk_server";
import { deskShortcuts } from "./desk_shortcuts";

/**
 * What the operator says of the numbers of the name in hand, unsaved until CONFIRM:
 *
 * - `changes`, by field: {phone, wrong}. `phone` is the number that was typed, as the
 *   server has read it; `wrong` the one (E.164) that turned out to be wrong.
 * - `editing`: {field, text} while a number is being typed, a field of null adds one.
 */
const NOTHING = { changes: {}, editing: null };

export const NUMBER_KEYS = { wrong: "alt+shift+w", correct: "alt+shift+m" };

// ------------------------------------------------------------
// What is shown
// ------------------------------------------------------------

/**
 * The numbers as the desk shows them: those of the name, with what was said of them, then
 * those that were added.
 *
 * @param {Object[]} phones of the payload
 * @param {Object} changes of the part
 * @returns {Object[]} with `typed`, `wrong` and `before`: the number that is corrected
 */
export function shownPhones(phones, changes = {}) {
    const known = phones.map((phone) => {
        const { phone: typed, wrong } = changes[phone.field] || {};
        return typed
            ? { ...typed, typed: true, wrong: false, before: phone }
            : { ...phone, typed: false, wrong: Boolean(wrong), before: null };
    });
    const added = Object.entries(changes)
        .filter(([field, { phone }]) => phone && !phones.some((own) => own.field === field))
        .map(([, { phone }]) => ({ ...phone, typed: true, wrong: false, before: null }));
    return [...known, ...added];
}

/** May this number be dialled, and is there a point in it? */
export function isDialable(phone) {
    return Boolean(phone?.e164 && !phone.blocked && !phone.without_consent && !phone.wrong);
}

/** Every number was tried or looked at, and none is right. */
export function areAllWrong(phones) {
    return phones.length > 0 && phones.some(({ wrong }) => wrong) && !phones.some(isDialable);
}

/** The outcome for wrong numbers, if the campaign has one: of kind N before others. */
export function wrongNumberOutcome(outcomes) {
    const found = outcomes.filter(({ number_result }) => number_result === "wrong");
    return found.find(({ kind }) => kind === "N") || found[0] || null;
}

/**
 * What is known of a number: whether it is doubtful, how and when it was tried last, and at
 * what hour somebody answers.
 *
 * @param {(moment: string) => string} format of a moment of the server
 * @returns {string[]}
 */
export function triesInWords({ doubt, last_result, last_call, best_hour }, format) {
    const last = [last_result, last_call && format(last_call)].filter(Boolean).join(" ");
    return [doubt, last, best_hour && _t("best %s", best_hour)].filter(Boolean);
}

/** Fields of the name that may get a number and have none. */
export function freeFields(fields, shown) {
    return fields.filter(
        ({ field, editable }) => editable && !shown.some((phone) => phone.field === field)
    );
}

const ITALIAN_MOBILE = /^\s*(?:(?:\+|00)\s*39)?\s*3/;

/**
 * Where an added number belongs: a mobile among the mobiles, others among the others.
 *
 * @param {string} text as it was typed
 * @param {Object[]} free fields
 * @returns {string|null} a field
 */
export function fieldForNumber(text, free) {
    const wanted = ITALIAN_MOBILE.test(text) ? ["mobile"] : ["phone", "phone_second"];
    const found = free.find(({ field }) => wanted.includes(field)) || free[0];
    return found ? found.field : null;
}

/**
 * Of which number the keys speak: the one that was dialled last, else the first that is
 * not wrong yet.
 */
export function currentPhone(shown, call) {
    const called = shown.find(({ field, e164 }) => call?.field === field && e164 === call.number);
    return called || shown.find(({ wrong }) => !wrong) || shown[0] || null;
}

/** What `confirm` gets: {field: {number?, wrong?}}. */
export function numbersToSend(changes) {
    return Object.fromEntries(
        Object.entries(changes).map(([field, { phone, wrong }]) => [
            field,
            { ...(phone ? { number: phone.raw } : {}), ...(wrong ? { wrong } : {}) },
        ])
    );
}

deskParts.add("numbers", {
    initial: () => structuredClone(NOTHING),
    isDirty: ({ changes, editing }) =>
        Boolean(Object.keys(changes).length || editing?.text.trim()),
    confirmValues({ changes, editing }) {
        if (editing?.text.trim()) {
            throw missing(
                _t("Keep the number that you are typing with Enter, or leave it with Esc."),
                "number"
            );
        }
        return Object.keys(changes).length ? { numbers: numbersToSend(changes) } : {};
    },
});

// ------------------------------------------------------------
// What is done
// ------------------------------------------------------------

const part = (desk) => desk.name.parts.numbers;

function change(desk, field, values) {
    const { [field]: before, ...others } = part(desk).changes;
    const { phone, wrong } = { ...before, ...values };
    desk.name.parts.numbers = {
        editing: null,
        changes: phone || wrong ? { ...others, [field]: { phone, wrong } } : others,
    };
    desk.saveDraft();
}

/**
 * This number is wrong, or it is not after all. One that was typed is taken back. The keys
 * then dial the next one.
 */
export function toggleWrong(desk, phone) {
    if (desk.phase !== "name" || !phone || (phone.blocked && !phone.typed)) {
        return;
    }
    desk.clearMessage();
    if (phone.typed) {
        change(desk, phone.field, { phone: null });
    } else if (phone.e164) {
        change(desk, phone.field, { wrong: phone.wrong ? null : phone.e164 });
    }
    if (areAllWrong(desk.phones) && wrongNumberOutcome(desk.payload.outcomes)) {
        desk.askFocus("wrong-outcome");
    }
}

export function mayChange(desk, field) {
    return Boolean(
        desk.numberFields.some((own) => own.field === field && own.editable)
    );
}

/** @param {string|null} field whose number is corrected; null: one is added */
export function startTyping(desk, field) {
    if (desk.phase !== "name" || (field && !mayChange(desk, field))) {
        return;
    }
    if (!field && !freeFields(desk.numberFields, desk.phones).length) {
        return;
    }
    desk.name.parts.numbers = { ...part(desk), editing: { field, text: "" } };
    desk.saveDraft();
    desk.askFocus("number");
}

/** The key: correct the number in question; pressed again, the next one, then a new one. */
export function startTypingNext(desk) {
    if (desk.phase !== "name") {
        return;
    }
    const fields = desk.phones.map(({ field }) => field).filter((field) => mayChange(desk, field));
    if (freeFields(desk.numberFields, desk.phones).length) {
        fields.push(null);
    }
    const { editing } = part(desk);
    const current = currentPhone(desk.phones, desk.name.call)?.field ?? null;
    const next = editing ? fields[fields.indexOf(editing.field) + 1] : current;
    if (fields.length) {
        startTyping(desk, fields.includes(next) ? next : fields[0]);
    }
}

export function typeNumber(desk, text) {
    const { editing, changes } = part(desk);
    desk.name.parts.numbers = { changes, editing: { ...editing, text } };
    desk.saveDraft();
}

export function stopTyping(desk) {
    desk.name.parts.numbers = { ...part(desk), editing: null };
    desk.saveDraft();
    desk.askFocus("note");
}

/** The server reads what was typed; from then on it can be dialled. */
export async function keepNumber(desk) {
    const { editing } = part(desk);
    if (!editing || desk.phase !== "name") {
        return;
    }
    if (!editing.text.trim()) {
        stopTyping(desk);
        return;
    }
    const name = desk.name;
    const free = freeFields(desk.numberFields, desk.phones);
    const field = editing.field || fieldForNumber(editing.text, free);
    await desk.attemptOnce("number", async () => {
        const phone = await desk.call("check_number", {
            ...desk.claim,
            field,
            number: editing.text,
        });
        if (desk.name === name) {
            change(desk, field, { phone });
            desk.clearMessage();
            desk.askFocus(`dial-${field}`);
        }
    });
}

deskShortcuts
    .add("number_wrong", {
        phases: ["name"],
        key: NUMBER_KEYS.wrong,
        run: (desk) =>
            toggleWrong(
                desk,
                currentPhone(
                    desk.phones.filter(({ wrong }) => !wrong),
                    desk.name.call
                )
            ),
        help: _t("The number that was dialled last is wrong"),
    })
    .add("number_correct", {
        phases: ["name"],
        key: NUMBER_KEYS.correct,
        run: startTypingNext,
        help: _t("Correct a number; again: the next one, or a new one"),
    });
