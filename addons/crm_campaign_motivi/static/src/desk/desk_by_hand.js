import { patch } from "@web/core/utils/patch";
import { DeskModel } from "./desk_model";

/**
 * A name that was opened from its own form: the desk begins with what it was opened for
 * and, when the name is done with, leads back to the form and serves nothing else.
 */
patch(DeskModel.prototype, {
    /** {leadId, name, claimToken} of the name that was opened by hand. */
    byHand: null,
    /** Leads back to the form of a name; set by the component. */
    goBack: () => {},

    /**
     * @param {{lead_id?: number, kind?: string|null}} [params] of the action that opened
     *  the desk
     */
    async beginByHand(params = {}) {
        const { payload } = this;
        if (!params.lead_id || payload?.lead.id !== params.lead_id) {
            return;
        }
        this.byHand = {
            leadId: params.lead_id,
            name: payload.lead.name,
            claimToken: payload.claim_token,
        };
        // What was chosen before a reload stays.
        if (params.kind && !this.name.outcomeId) {
            const outcome = payload.outcomes.find(({ kind }) => kind === params.kind);
            if (outcome) {
                await this.chooseOutcome(outcome.id);
            }
        }
    },

    /** Is there something on the desk to be read before the form comes back? */
    get staysAfterConfirm() {
        return false;
    },

    get isByHand() {
        return Boolean(this.byHand && this.byHand.claimToken === this.payload?.claim_token);
    },

    async afterConfirm() {
        if (!this.isByHand) {
            return super.afterConfirm();
        }
        this.leaveName();
        if (this.staysAfterConfirm) {
            this.askFocus("by_hand_back");
        } else {
            this.backToForm();
        }
    },

    async close() {
        const isByHand = this.isByHand;
        await super.close();
        if (isByHand && this.phase === "start") {
            this.backToForm();
        }
    },

    backToForm() {
        const { leadId } = this.byHand;
        this.byHand = null;
        this.goBack(leadId);
    },
});
