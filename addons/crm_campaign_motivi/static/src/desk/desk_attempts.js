import { Reactive } from "@web/core/utils/reactive";
import { DeskRefusal } from "./desk_server";

/** Doing things that the server may refuse, and telling the operator about it. */
export class DeskAttempts extends Reactive {
    /**
     * What is being done: "next", "confirm", "release", "dial", "hold", "take" (the name on
     * the screen, which was prefetched), or nothing.
     */
    busy = null;
    /** Kept when nothing is being done any more. */
    idle = Promise.resolve();
    /** The line above the outcomes: {type, text}. */
    message = null;
    /** Where the keyboard focus is wanted; the count makes each wish a new one. */
    focus = { target: null, count: 0 };

    tell(type, text) {
        this.message = { type, text };
    }

    clearMessage() {
        this.message = null;
    }

    /** Ask for the keyboard focus on the element with `data-desk-focus="target"`. */
    askFocus(target) {
        this.focus = { target, count: this.focus.count + 1 };
    }

    /** Run something for which the server may refuse; the desk says so. */
    async attempt(action) {
        try {
            return await action();
        } catch (error) {
            if (!(error instanceof DeskRefusal)) {
                throw error;
            }
            this.tell("danger", error.message);
            if (error.focus) {
                this.askFocus(error.focus);
            }
            return null;
        }
    }

    /** The same, once at a time: a second click or key does nothing. */
    async attemptOnce(busy, action) {
        if (this.busy === "take" && !(await this.isTaken())) {
            return null;
        }
        if (this.busy) {
            return null;
        }
        this.busy = busy;
        let rest;
        this.idle = new Promise((resolve) => (rest = resolve));
        try {
            return await this.attempt(action);
        } finally {
            this.busy = null;
            rest();
        }
    }

    /**
     * A name that was prefetched is on the screen a moment before it is the operator's: what
     * is done on it in that moment waits, and is not lost.
     *
     * @returns {boolean} whether it is still the same name
     */
    isTaken() {
        if (this.busy !== "take") {
            return true;
        }
        const lineId = this.payload?.line_id;
        return this.idle.then(() => this.payload?.line_id === lineId);
    }
}
