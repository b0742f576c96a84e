import { patch } from "@web/core/utils/patch";
import "./desk_by_hand";
import { DeskModel } from "./desk_model";

/**
 * Calls that the telephone exchange announces: the desk takes them by itself when no name
 * is in hand, else they wait for the operator's key.
 */
patch(DeskModel.prototype, {
    /** {call_id, number}: announced, and not on the desk yet. */
    waitingCall: null,

    /** @param {{call_id: number, number: string}} call as the exchange announced it */
    async callAnnounced(call) {
        if (this.frozen) {
            // The other tab answers.
            return;
        }
        this.waitingCall = call;
        if (!this.onPause) {
            await this.takeWaitingCall();
        }
    },

    /** What was announced while the desk was not open waits for the operator's key. */
    async learnWaitingCall() {
        await this.attempt(async () => {
            this.waitingCall = (await this.callQuietly("waiting_call")) || null;
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
            this.waitingCall = null;
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
                this.waitingCall = call;
            }
            throw error;
        }
    },
});
