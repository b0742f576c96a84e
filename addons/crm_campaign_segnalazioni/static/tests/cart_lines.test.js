import { beforeEach, describe, expect, test } from "@odoo/hoot";
import {
    addProduct,
    cartRequest,
    changeLine,
    emptyCart,
    isCartDirty,
    removeLine,
} from "@crm_campaign_segnalazioni/cart/cart_lines";
import "@crm_campaign_segnalazioni/cart/cart_part";
import { deskParts } from "@crm_campaign_motivi/desk/desk_parts";
import { makeMockEnv } from "@web/../tests/web_test_helpers";

describe.current.tags("headless");

const PLANT = { product_id: 1, name: "Plant" };
const BATTERY = { product_id: 2, name: "Battery" };
const part = deskParts.get("cart");
const nameOf = (kind, cart = {}) => ({
    kind,
    payload: { campaign: { cart: { is_offered: true, ...cart } } },
});

beforeEach(() => makeMockEnv());

test("a product added twice is two of it", () => {
    let cart = addProduct(emptyCart(), PLANT);
    cart = addProduct(addProduct(cart, BATTERY), PLANT);
    expect(cart.lines.map((line) => [line.name, line.quantity])).toEqual([
        ["Plant", "2"],
        ["Battery", "1"],
    ]);
});

test("what isn't typed is left to the server", () => {
    const cart = changeLine(addProduct(emptyCart(), PLANT), 1, { quantity: "1.5" });
    expect(cartRequest(cart)).toEqual([{ product_id: 1, quantity: 1.5, discount: 0 }]);
    const priced = changeLine(cart, 1, { price: "8,500.50", discount: "10" });
    expect(cartRequest(priced)).toEqual([
        { product_id: 1, quantity: 1.5, price: 8500.5, discount: 10 },
    ]);
});

test("what is no number is a sentence that leads to the lines", () => {
    const cart = addProduct(emptyCart(), PLANT);
    for (const [values, sentence] of [
        [{ quantity: "0" }, /quantity above zero/],
        [{ quantity: "" }, /quantity above zero/],
        [{ quantity: "two" }, /quantity above zero/],
        [{ price: "cheap" }, /price is not a number/],
        [{ price: "-1" }, /price is not a number/],
        [{ discount: "101" }, /between 0 and 100/],
    ]) {
        let refused = null;
        try {
            cartRequest(changeLine(cart, 1, values));
        } catch (error) {
            refused = error;
        }
        expect(refused?.message).toMatch(sentence);
        expect(refused?.focus).toBe("step:cart:cart_lines");
    }
});

test("a cart is unsaved work as soon as it is touched", () => {
    const cart = emptyCart({ only: PLANT });
    expect(cart.lines).toHaveLength(1);
    expect(isCartDirty(cart)).toBe(false);
    expect(isCartDirty(removeLine(cart, 1))).toBe(true);
    expect(removeLine(cart, 1).lines).toEqual([]);
});

test("only a closing has a cart", () => {
    const cart = addProduct(emptyCart(), PLANT);
    for (const kind of ["R", "N", "T", null]) {
        expect(part.confirmValues(cart, nameOf(kind))).toEqual({});
        expect(part.revenue(cart, nameOf(kind))).toBe(null);
    }
    expect(part.confirmValues(cart, nameOf("C")).cart).toHaveLength(1);
    expect(part.confirmValues(cart, nameOf("C", { is_offered: false }))).toEqual({});
});

test("an empty cart is asked about, unless its step is not mandatory", () => {
    const cart = emptyCart();
    expect(() => part.confirmValues(cart, nameOf("C"))).toThrow(/cart is empty/);
    expect(part.confirmValues({ ...cart, without: true }, nameOf("C"))).toEqual({ cart: [] });
    const step = { id: 1, kind: "cart", name: "Products", condition: null, questions: [] };
    const withStep = (required_for, condition = null) => ({
        ...nameOf("C"),
        outcome: { id: 3, kind: "C" },
        parts: { steps: { answers: {} } },
        payload: { ...nameOf("C").payload, steps: [{ ...step, required_for, condition }] },
    });
    for (const requiredFor of ["deal", "talked", "always"]) {
        expect(() => part.confirmValues(cart, withStep(requiredFor))).toThrow(/cart is empty/);
    }
    expect(part.confirmValues(cart, withStep("never"))).toEqual({});
    const hidden = { kind: "outcome", outcome_ids: [9], outcome_kind: null };
    expect(() => part.confirmValues(cart, withStep("never", hidden))).toThrow(/cart is empty/);
});

test("what the sale is worth is the cart's total without taxes", () => {
    const cart = addProduct(emptyCart(), PLANT);
    expect(part.revenue(emptyCart(), nameOf("C"))).toBe(null);
    expect(part.revenue({ ...cart, totals: { untaxed: 9000 } }, nameOf("C"))).toBe(9000);
});
