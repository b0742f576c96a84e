import { browser } from "@web/core/browser/browser";

/** Operators who share a computer have a draft each. */
const keyOf = (userId) => `crm_desk.draft.${userId}`;
let owner = null;

/**
 * What the operator has written on the name in hand, kept in this browser until the
 * outcome is confirmed or the name closed: a reload or a crash loses no note.
 */
export const deskDraft = {
    /** @returns {Object|null} the draft of this user, whatever name it belongs to */
    load(userId) {
        owner = userId;
        try {
            const draft = JSON.parse(browser.localStorage.getItem(keyOf(userId)));
            return draft?.userId === userId ? draft : null;
        } catch {
            return null;
        }
    },

    save(draft) {
        owner = draft.userId;
        try {
            browser.localStorage.setItem(keyOf(owner), JSON.stringify(draft));
        } catch {
            // A full or forbidden storage takes away this safety net, not the desk.
        }
    },

    clear() {
        browser.localStorage.removeItem(keyOf(owner));
    },
};
