import { describe, expect, test } from "@odoo/hoot";
import { nextTab } from "@crm_campaign_motivi/desk/desk_tabs";
import { STRIP_LENGTH, stripInWords, stripPlaces } from "@crm_campaign_motivi/desk/desk_today";

describe.current.tags("headless");

const outcome = (id, kind) => ({ id, kind, name: kind, color: "#123456" });

test("the strip has the same number of places, whatever was done", () => {
    expect(stripPlaces([]).length).toBe(STRIP_LENGTH);
    expect(stripPlaces([]).every((place) => place.outcome === null)).toBe(true);
    const many = Array.from({ length: 20 }, (_, index) => outcome(index, "N"));
    expect(stripPlaces(many).length).toBe(STRIP_LENGTH);
});

test("the latest outcome is first, and places have keys of their own", () => {
    const places = stripPlaces([outcome(9, "T"), outcome(8, "R")], 4);
    expect(places.map((place) => place.outcome?.kind || "")).toEqual(["T", "R", "", ""]);
    expect(new Set(places.map((place) => place.key)).size).toBe(4);
});

test("the strip is told in the order of the kinds", () => {
    expect(stripInWords([outcome(3, "T"), outcome(2, "R"), outcome(1, "R")])).toBe("R 2, T 1");
    expect(stripInWords([])).toBe("");
});

test("arrows go round the tabs, Home and End to their ends", () => {
    expect(nextTab("ArrowRight", 0, 3)).toBe(1);
    expect(nextTab("ArrowRight", 2, 3)).toBe(0);
    expect(nextTab("ArrowLeft", 0, 3)).toBe(2);
    expect(nextTab("Home", 2, 3)).toBe(0);
    expect(nextTab("End", 0, 3)).toBe(2);
    expect(nextTab("Enter", 0, 3)).toBe(null);
    expect(nextTab("toString", 0, 3)).toBe(null);
    expect(nextTab("End", 0, 0)).toBe(null);
});
