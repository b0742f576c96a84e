import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/views/fields/formatters";
import { parseFloat } from "@web/views/fields/parsers";
import { missing } from "@crm_campaign_motivi/desk/desk_server";

/** Where a wrong number is put right. */
const LINES = "step:cart:cart_lines";

/**
 * The cart as plain data, so that the browser's draft keeps it:
 *
 * - `lines`: {product_id, name, quantity, price, discount}, the last three as they were
 *   typed; an empty price is the price list's;
 * - `without`: nothing of what the campaign sells was sold;
 * - `totals`: what the server computed of these lines last, or null.
 *
 * Every change returns a new cart.
 */
export function emptyCart(settings = {}) {
    const only = settings?.only;
    return {
        lines: only ? [newLine(only)] : [],
        without: false,
        totals: null,
    };
}

function newLine({ product_id, name }) {
    return { product_id, name, quantity: "1", price: "", discount: "" };
}

/** Has anything been put in, changed or taken out? */
export function isCartDirty(cart) {
    return Boolean(cart.isTouched);
}

/** Add a product; the same once more is one more of it. */
export function addProduct(cart, product) {
    const known = cart.lines.find(({ product_id }) => product_id === product.product_id);
    const lines = known
        ? cart.lines.map((line) => (line === known ? { ...line, quantity: oneMore(line) } : line))
        : [...cart.lines, newLine(product)];
    return { ...cart, lines, without: false, isTouched: true };
}

function oneMore({ quantity }) {
    return formatFloat(asNumber(quantity, 0) + 1, { digits: [16, 2], trailingZeros: false });
}

export function changeLine(cart, productId, values) {
    const lines = cart.lines.map((line) =>
        line.product_id === productId ? { ...line, ...values } : line
    );
    return { ...cart, lines, isTouched: true };
}

export function removeLine(cart, productId) {
    const lines = cart.lines.filter(({ product_id }) => product_id !== productId);
    return { ...cart, lines, totals: lines.length ? cart.totals : null, isTouched: true };
}

/** @returns {number} NaN when it is no number */
function asNumber(text, otherwise) {
    if (!String(text).trim()) {
        return otherwise;
    }
    try {
        return parseFloat(String(text));
    } catch {
        return NaN;
    }
}

/**
 * What the server gets of the lines.
 *
 * @throws {DeskRefusal} a number can't be read, or makes no sense
 */
export function cartRequest(cart) {
    return cart.lines.map((line) => {
        const quantity = asNumber(line.quantity, NaN);
        const price = asNumber(line.price, null);
        const discount = asNumber(line.discount, 0);
        if (!(quantity > 0)) {
            throw missing(_t("%s: enter a quantity above zero.", line.name), LINES);
        }
        if (price !== null && !(price >= 0)) {
            throw missing(_t("%s: the price is not a number.", line.name), LINES);
        }
        if (!(discount >= 0 && discount <= 100)) {
            throw missing(_t("%s: a discount lies between 0 and 100 percent.", line.name), LINES);
        }
        const { product_id } = line;
        return price === null
            ? { product_id, quantity, discount }
            : { product_id, quantity, price, discount };
    });
}
