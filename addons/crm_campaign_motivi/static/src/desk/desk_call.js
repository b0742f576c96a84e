import { patch } from "@web/core/utils/patch";
import { _t } from "@web/core/l10n/translation";
import "./desk_by_hand";
import { DeskModel } from "./desk_model";
import { deskShortcuts } from "./desk_shortcuts";

/** As on the server: no telephone rings longer. */
const RINGS_FOR = 120 * 1000;
export const DISMISS_CALL = "alt+shift+x";

/**
 * Calls that the telephone exchange announces: the desk takes them by itself when no name
 * is in hand, else they wait for the operator's key, until they are over, dismissed, or have
 * rung for longer than any telephone does.
 */
patch(DeskModel.prototype, {
    /** {call_id, number}: announced, and not on the desk yet; the oldest first. */
    waitingCalls: [],

    get waitingCall() {
        return this.waitingCalls[0] || null;
    },

    /** @param {{call_id: number, number: string}} call as the exchange announced it */
    async callAnnounced(call) {
        if (this.frozen) {
            // The other tab answers.
            return;
        }
        this.keepWaiting(call);
        if (!this.onPause) {
            await this.takeWaitingCall();
        }
    },

    keepWaiting({ call_id, number }) {
        this.forgetCall({ call_id });
        const timer = this.later(() => this.callIsOver({ call_id }), RINGS_FOR);
        this.waitingCalls = [...this.waitingCalls, { call_id, number, timer }];
    },

    forgetCall({ call_id }) {
        const isSame = (call) => call.call_id === call_id;
        this.waitingCalls.filter(isSame).forEach(({ timer }) => this.notLater(timer));
        this.waitingCalls = this.waitingCalls.filter((call) => !isSame(call));
    },

    /** Nobody waits any more; the keyboard may have been on a button that is gone. */
    callIsOver(call) {
        const { length } = this.waitingCalls;
        this.forgetCall(call);
        if (length !== this.waitingCalls.length && this.phase === "start") {
            this.askFocus(this.waitingCall ? "take_call" : "next");
        }
    },

    /** The exchange says that nobody is on the telephone any more. */
    async callEnded(ended) {
        this.callIsOver(ended);
        if (!this.frozen && ended.call_uuid && this.name?.call?.uuid === ended.call_uuid) {
            await this.endCall();
        }
    },

    /** The operator doesn't take it: the desk says nothing of it any more. */
    async dismissCall() {
        const call = this.waitingCall;
        if (!call) {
            return;
        }
        this.forgetCall(call);
        this.askFocus(this.workFocus || (this.waitingCall ? "take_call" : "next"));
        await this.tryQuietly("dismiss_call", { call_id: call.call_id });
    },

    /** Whoever takes another name instead doesn't take the call. */
    async nextName() {
        if (this.phase === "start" && !this.busy) {
            for (const { call_id } of this.waitingCalls) {
                this.forgetCall({ call_id });
                this.tryQuietly("dismiss_call", { call_id });
            }
        }
        await super.nextName();
    },

    /** What was announced while the desk was not open waits for the operator's key. */
    async learnWaitingCall() {
        await this.attempt(async () => {
            const call = await this.callQuietly("waiting_call");
            this.waitingCalls = [];
            if (call) {
                this.keepWaiting(call);
            }
        });
    },

    async continueHere() {
        await super.continueHere();
        await this.learnWaitingCall();
    },

    /** Somebody is on the telephone: no other name comes in between. */
    async afterConfirm() {
        if (!this.waitingCall || this.isByHand) {
            return super.afterConfirm();
        }
        // As on the server, a pause that was asked for begins; taking the call ends it.
        this.beginWantedPause();
        this.leaveName();
    },

    leaveName() {
        super.leaveName();
        if (this.waitingCall) {
            this.askFocus("take_call");
        }
    },

    async takeWaitingCall() {
        const call = this.waitingCall;
        if (!call || this.phase !== "start" || this.busy) {
            return;
        }
        await this.attemptOnce("answer", async () => {
            this.clearMessage();
            if (this.onPause) {
                this.setOperator(await this.call("resume"));
            }
            this.forgetCall(call);
            const payload = await this.answerCall(call);
            this.serve(payload);
            this.name.takeCall(payload.incoming);
            this.saveDraft();
        });
    },

    async answerCall(call) {
        try {
            return await this.call("answer_call", {
                call_id: call.call_id,
                campaign_id: this.campaignId,
            });
        } catch (error) {
            if (error.isOffline) {
                // Somebody may still be on the telephone: the key stays.
                this.keepWaiting(call);
            }
            throw error;
        }
    },
});

deskShortcuts.add("dismiss_call", {
    phases: ["start", "name", "stopped"],
    key: DISMISS_CALL,
    run: (desk) => desk.dismissCall(),
    help: _t("Don't take the call that waits"),
});
