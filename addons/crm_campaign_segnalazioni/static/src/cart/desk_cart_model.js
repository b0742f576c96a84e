import { patch } from "@web/core/utils/patch";
import "@crm_campaign_motivi/desk/desk_by_hand";
import { DeskModel } from "@crm_campaign_motivi/desk/desk_model";
import { hasCart } from "./cart_part";

export const CART_KEY = "alt+shift+r";

/** Show the cart and go into its search, where the call has one. */
export function showCart(desk) {
    const step = desk.steps.find(({ kind }) => kind === "cart");
    if (step) {
        desk.showTab(step.key);
        desk.askFocus("cart");
    }
}

patch(DeskModel.prototype, {
    /** {number, name} of the contract just made, to be read aloud. */
    protocol: null,

    async chooseOutcome(outcomeId, moveFocus = true) {
        await super.chooseOutcome(outcomeId, moveFocus);
        if (this.phase === "name" && hasCart(this.name)) {
            const step = this.steps.find(({ kind }) => kind === "cart");
            if (step) {
                this.showTab(step.key);
                if (moveFocus) {
                    this.askFocus("cart");
                }
            }
        }
    },

    focusDetails(otherwise = null) {
        if (hasCart(this.name)) {
            return this.askFocus("step:cart:cart");
        }
        return super.focusDetails(otherwise);
    },

    async saveOutcome(values) {
        const saved = await super.saveOutcome(values);
        const isSale = saved.outcome?.kind === "C" && saved.protocol;
        this.protocol = isSale ? { number: saved.protocol, name: this.payload.lead.name } : null;
        return saved;
    },

    get staysAfterConfirm() {
        return super.staysAfterConfirm || Boolean(this.protocol);
    },
});
