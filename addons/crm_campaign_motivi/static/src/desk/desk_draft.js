import { browser } from "@web/core/browser/browser";

/** Operators who share a computer have a draft each. */
const keyOf = (userId) => `crm_desk.draft.${userId}`;
/** What was written on a name that is in hand no more. */
const leftoverKeyOf = (userId) => `crm_desk.leftover.${userId}`;
let owner = null;

function read(key, userId) {
    try {
        const draft = JSON.parse(browser.localStorage.getItem(key));
        return draft?.userId === userId && draft.values ? draft : null;
    } catch {
        return null;
    }
}

function write(key, draft) {
    try {
        browser.localStorage.setItem(key, JSON.stringify(draft));
    } catch {
        // A full or forbidden storage takes away this safety net, not the desk.
    }
}

/**
 * What the operator has written on the name in hand, kept in this browser until the
 * outcome is confirmed or the name closed: a reload or a crash loses no note. When the name
 * is gone it is set aside, until the name is served again or the operator throws it away.
 */
export const deskDraft = {
    /** @returns {Object|null} the draft of this user, whatever name it belongs to */
    load(userId) {
        owner = userId;
        return read(keyOf(userId), userId);
    },

    save(draft) {
        owner = draft.userId;
        write(keyOf(owner), draft);
    },

    clear() {
        browser.localStorage.removeItem(keyOf(owner));
    },

    /** @returns {Object|null} what this user has written on a name that is gone */
    leftover(userId) {
        return read(leftoverKeyOf(userId), userId);
    },

    setAside(draft) {
        write(leftoverKeyOf(draft.userId), draft);
    },

    dropLeftover(userId) {
        browser.localStorage.removeItem(leftoverKeyOf(userId));
    },
};

/** Was a draft written on the name of this payload, while it was in hand as it is now? */
export function isDraftOf(draft, payload) {
    return Boolean(
        draft &&
            payload &&
            draft.lineId === payload.line_id &&
            draft.claimToken === payload.claim_token
    );
}
