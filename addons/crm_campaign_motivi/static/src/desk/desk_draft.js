import { browser } from "@web/core/browser/browser";
import { arePartsDirty, partsOfferedAgain } from "./desk_parts";

/** Operators who share a computer have a draft each. */
const keyOf = (userId) => `crm_desk.draft.${userId}`;
/** What was done on names that are in hand no more. */
const leftoversKeyOf = (userId) => `crm_desk.leftover.${userId}`;
/** So many names; the oldest give way. */
const MOST_LEFTOVERS = 10;
let owner = null;

function read(key) {
    try {
        return JSON.parse(browser.localStorage.getItem(key));
    } catch {
        return null;
    }
}

function write(key, value) {
    try {
        browser.localStorage.setItem(key, JSON.stringify(value));
    } catch {
        // A full or forbidden storage takes away this safety net, not the desk.
    }
}

const isOwn = (draft, userId) => Boolean(draft?.userId === userId && draft.values);
const isSame = (draft, { lineId, leadId }) =>
    draft.lineId === lineId || Boolean(leadId && draft.leadId === leadId);

/**
 * What the operator has done on the name in hand, kept in this browser until the outcome
 * is confirmed or the name closed: a reload or a crash loses nothing. When the name is gone
 * it is set aside, until the name is served again or the operator throws it away.
 */
export const deskDraft = {
    /** @returns {Object|null} the draft of this user, whatever name it belongs to */
    load(userId) {
        owner = userId;
        const draft = read(keyOf(userId));
        return isOwn(draft, userId) ? draft : null;
    },

    save(draft) {
        owner = draft.userId;
        write(keyOf(owner), draft);
    },

    clear() {
        browser.localStorage.removeItem(keyOf(owner));
    },

    /** @returns {Object[]} what this user has done on names that are gone, the oldest first */
    leftovers(userId) {
        return [read(leftoversKeyOf(userId))].flat().filter((draft) => isOwn(draft, userId));
    },

    /** One for each name: what was done on it last. */
    setAside(draft) {
        const others = this.leftovers(draft.userId).filter((other) => !isSame(other, draft));
        const kept = [...others, { ...draft, setAsideAt: Date.now() }];
        write(leftoversKeyOf(draft.userId), kept.slice(-MOST_LEFTOVERS));
    },

    /** @param {Object} draft of the name whose work was saved, taken up or thrown away */
    dropLeftover(draft) {
        const { userId } = draft;
        const others = this.leftovers(userId).filter((other) => !isSame(other, draft));
        if (others.length) {
            write(leftoversKeyOf(userId), others);
        } else {
            browser.localStorage.removeItem(leftoversKeyOf(userId));
        }
    },
};

/** Would something be lost with the values of a draft? */
export function isUnsaved({ note, outcomeId, custom, parts }) {
    return Boolean(
        note?.trim() ||
            outcomeId ||
            Object.keys(custom?.values || {}).length ||
            custom?.shown?.length ||
            arePartsDirty(parts || {})
    );
}

/**
 * What is left of a draft in another call: the work, but neither the call nor the token of
 * the contact before, nor what only that customer's words have made good.
 *
 * @param {Object} values of the draft
 * @param {Object} payload of the name that is served again
 */
export function offeredAgain(values, payload) {
    const { note = "", custom, parts, revenue, deadline } = values;
    const outcome = payload.outcomes.find(({ id }) => id === values.outcomeId);
    const scope = outcome?.recall_scope || "public";
    const again = {
        note,
        outcomeId: outcome?.id ?? null,
        recall: { date: "", time: "", scope, wish: false },
        custom,
        parts: parts && partsOfferedAgain(parts),
        revenue,
        deadline,
    };
    return Object.fromEntries(Object.entries(again).filter(([, value]) => value !== undefined));
}

/** Was a draft written on the name of this payload, while it was in hand as it is now? */
export function isDraftOf(draft, payload) {
    return Boolean(
        draft &&
            payload &&
            draft.lineId === payload.line_id &&
            draft.claimToken === payload.claim_token
    );
}

/** Was a draft written on the person of this payload, whatever list they came from? */
export function isDraftOfPerson(draft, payload) {
    return isSame(draft, { lineId: payload.line_id, leadId: payload.lead.id });
}
