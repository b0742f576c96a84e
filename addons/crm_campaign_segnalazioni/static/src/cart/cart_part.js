import { _t } from "@web/core/l10n/translation";
import { deskParts } from "@crm_campaign_motivi/desk/desk_parts";
import { missing } from "@crm_campaign_motivi/desk/desk_server";
import { isStepAsked, visibleSteps } from "@crm_campaign_motivi/desk/desk_workflow";
import { cartRequest, emptyCart, isCartDirty } from "./cart_lines";

/** Does this outcome of this name have a cart? */
export function hasCart(name) {
    return Boolean(name.kind === "C" && name.payload.campaign.cart?.is_offered);
}

/** Always, unless the campaign's own step of the products says otherwise. */
function isCartAsked({ payload, parts, outcome }) {
    const { steps = [] } = payload;
    const shown = steps.length ? visibleSteps(steps, parts.steps.answers, outcome) : [];
    const step = shown.find(({ kind }) => kind === "cart");
    return !step || isStepAsked(step, outcome);
}

deskParts.add("cart", {
    initial: (payload) => emptyCart(payload.campaign.cart),
    isDirty: isCartDirty,
    revenue: (cart, name) =>
        hasCart(name) && cart.lines.length ? (cart.totals?.untaxed ?? 0) : null,
    confirmValues(cart, name) {
        if (!hasCart(name)) {
            return {};
        }
        if (cart.lines.length) {
            return { cart: cartRequest(cart) };
        }
        if (cart.without) {
            return { cart: [] };
        }
        if (!isCartAsked(name)) {
            return {};
        }
        throw missing(
            _t("The cart is empty. What was sold? Add it, or tick “Without products”."),
            "step:cart:cart"
        );
    },
});
