import { Domain } from "@web/core/domain";
import { serializeDateTime } from "@web/core/l10n/dates";

const { DateTime } = luxon;

/** Kinds of cells by the type of their column; other columns have no cell. */
const KINDS = {
    char: "text",
    text: "text",
    many2one: "text",
    many2many: "text",
    integer: "number",
    float: "number",
    monetary: "number",
    selection: "choice",
    boolean: "choice",
    date: "date",
    datetime: "date",
};

/**
 * Returns how a column is searched: "text", "number", "choice" or "date".
 *
 * @param {Object} field description of the field
 * @returns {string|null} null: it is not
 */
export function cellKind(field) {
    return (field && field.searchable !== false && KINDS[field.type]) || null;
}

/** A number, or one with a sign before it: 3, >2, <=5. */
function numberDomain(name, text) {
    const match = /^\s*(<=|>=|<|>|=)?\s*(-?\d+(?:[.,]\d+)?)\s*$/.exec(text);
    if (!match) {
        return null;
    }
    return [[name, match[1] || "=", Number(match[2].replace(",", "."))]];
}

/** The day that a browser's date input holds, as the user lives it. */
function dayDomain(name, type, text) {
    const day = DateTime.fromISO(text);
    if (!day.isValid) {
        return null;
    }
    if (type === "date") {
        return [[name, "=", day.toISODate()]];
    }
    return [
        "&",
        [name, ">=", serializeDateTime(day.startOf("day"))],
        [name, "<", serializeDateTime(day.startOf("day").plus({ days: 1 }))],
    ];
}

/**
 * Returns the domain of what was typed into the cell of a column.
 *
 * @param {string} name of the field
 * @param {Object} field its description
 * @param {string} text what was typed
 * @returns {Array|null} null: nothing, or nothing that can be searched
 */
export function cellDomain(name, field, text) {
    const typed = (text || "").trim();
    if (!typed) {
        return null;
    }
    switch (cellKind(field)) {
        case "number":
            return numberDomain(name, typed);
        case "date":
            return dayDomain(name, field.type, typed);
        case "choice":
            return field.type === "boolean"
                ? [[name, "=", typed === "true"]]
                : [[name, "=", typed]];
        case "text":
            return [[name, "ilike", typed]];
    }
    return null;
}

/** The choices of a cell: value and label. */
export function cellChoices(field, yes, no) {
    if (field.type === "boolean") {
        return [
            ["true", yes],
            ["false", no],
        ];
    }
    return field.selection || [];
}

export function domainText(domain) {
    return new Domain(domain).toString();
}
