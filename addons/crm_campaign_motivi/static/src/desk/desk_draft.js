import { browser } from "@web/core/browser/browser";

const KEY = "crm_desk.draft";

/**
 * What the operator has written on the name in hand, kept in this browser until the
 * outcome is confirmed or the name closed: a reload or a crash loses no note.
 */
export const deskDraft = {
    /** @returns {Object|null} the draft of this user, whatever name it belongs to */
    load(userId) {
        try {
            const draft = JSON.parse(browser.localStorage.getItem(KEY));
            return draft?.userId === userId ? draft : null;
        } catch {
            return null;
        }
    },

    save(draft) {
        try {
            browser.localStorage.setItem(KEY, JSON.stringify(draft));
        } catch {
            // A full or forbidden storage takes away this safety net, not the desk.
        }
    },

    clear() {
        browser.localStorage.removeItem(KEY);
    },
};
