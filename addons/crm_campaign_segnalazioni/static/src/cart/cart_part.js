import { _t } from "@web/core/l10n/translation";
import { deskParts } from "@crm_campaign_motivi/desk/desk_parts";
import { missing } from "@crm_campaign_motivi/desk/desk_server";
import { cartRequest, emptyCart, isCartDirty } from "./cart_lines";

/** Does this outcome of this name have a cart? */
export function hasCart(name) {
    return Boolean(name.kind === "C" && name.payload.campaign.cart?.is_offered);
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
        if (name.payload.campaign.cart.names_products) {
            throw missing(
                _t("The cart is empty. What was sold? Add it, or tick “Without products”."),
                "step:cart:cart"
            );
        }
        return {};
    },
});
