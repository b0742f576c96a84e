import { describe, expect, test } from "@odoo/hoot";
import { cellDomain, cellKind } from "@crm_campaign_motivi/line_list/search_row";

describe.current.tags("headless");

const CITY = { type: "char" };
const ATTEMPTS = { type: "integer" };

test("each type of column has its kind of cell", () => {
    expect(cellKind(CITY)).toBe("text");
    expect(cellKind({ type: "many2one" })).toBe("text");
    expect(cellKind({ type: "selection" })).toBe("choice");
    expect(cellKind({ type: "datetime" })).toBe("date");
    expect(cellKind({ type: "binary" })).toBe(null);
    expect(cellKind({ type: "char", searchable: false })).toBe(null);
    expect(cellKind(undefined)).toBe(null);
});

test("text is part of what it searches, blanks are nothing", () => {
    expect(cellDomain("city", CITY, " bres ")).toEqual([["city", "ilike", "bres"]]);
    expect(cellDomain("city", CITY, "  ")).toBe(null);
});

test("numbers are compared, anything else is no number", () => {
    expect(cellDomain("attempts", ATTEMPTS, "3")).toEqual([["attempts", "=", 3]]);
    expect(cellDomain("attempts", ATTEMPTS, ">= 2")).toEqual([["attempts", ">=", 2]]);
    expect(cellDomain("attempts", ATTEMPTS, "2,5")).toEqual([["attempts", "=", 2.5]]);
    expect(cellDomain("attempts", ATTEMPTS, "many")).toBe(null);
    expect(cellDomain("attempts", ATTEMPTS, "1 or 1=1")).toBe(null);
});

test("choices are compared as they are", () => {
    expect(cellDomain("done", { type: "boolean" }, "false")).toEqual([["done", "=", false]]);
    expect(cellDomain("scope", { type: "selection" }, "public")).toEqual([
        ["scope", "=", "public"],
    ]);
});

test("a day is from its midnight to the next, where the user lives", () => {
    const [, from, to] = cellDomain("recall_at", { type: "datetime" }, "2031-05-02");
    expect(from[1]).toBe(">=");
    expect(to[1]).toBe("<");
    expect(new Date(`${to[2]}Z`) - new Date(`${from[2]}Z`)).toBe(24 * 3600 * 1000);
    expect(cellDomain("day", { type: "date" }, "2031-05-02")).toEqual([
        ["day", "=", "2031-05-02"],
    ]);
    expect(cellDomain("day", { type: "date" }, "tomorrow")).toBe(null);
});
