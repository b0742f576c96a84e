import { registry } from "@web/core/registry";

/**
 * What is done on a name besides note and outcome: answers, the cart, numbers. Each part
 * is plain data, so that the draft in the browser keeps it, under `name.parts[key]`:
 *
 * - `initial(payload)` returns its value on a name just served;
 * - `isDirty(value)` tells whether something would be lost with it;
 * - `confirmValues(value, name)` returns what it adds to the call of `confirm`, and throws
 *   `missing(sentence, focus)` when something has to be done first;
 * - `revenue(value, name)`, if it is there, returns what the sale is worth when the part
 *   knows it, so that nobody is asked, else null;
 * - `offeredAgain(value)`, if it is there, returns what is left of unsaved work when the
 *   name is served for another call.
 */
export const deskParts = registry.category("crm_desk_parts");

/** @returns {Object} the values of all parts by key, of a name just served */
export function initialParts(payload) {
    return Object.fromEntries(
        deskParts.getEntries().map(([key, part]) => [key, part.initial(payload)])
    );
}

export function arePartsDirty(parts) {
    return deskParts
        .getEntries()
        .some(([key, part]) => parts[key] !== undefined && part.isDirty(parts[key]));
}

/** @returns {Object} the values of all parts by key, for another call of the same name */
export function partsOfferedAgain(parts) {
    const known = deskParts.getEntries().filter(([key]) => parts[key] !== undefined);
    return Object.fromEntries(
        known.map(([key, part]) => [key, part.offeredAgain?.(parts[key]) ?? parts[key]])
    );
}

/** @returns {Object} keyword arguments of the server's `confirm` */
export function partsConfirmValues(parts, name) {
    return Object.assign(
        {},
        ...deskParts.getEntries().map(([key, part]) => part.confirmValues(parts[key], name))
    );
}

/** @returns {number|null} what the sale is worth, when a part knows it */
export function partsRevenue(parts, name) {
    for (const [key, part] of deskParts.getEntries()) {
        const revenue = part.revenue?.(parts[key], name) ?? null;
        if (revenue !== null) {
            return revenue;
        }
    }
    return null;
}
