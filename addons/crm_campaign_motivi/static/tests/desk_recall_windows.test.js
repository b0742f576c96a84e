import { describe, expect, test } from "@odoo/hoot";
import { callingHours, withinHours } from "@crm_campaign_motivi/desk/desk_recall_windows";

describe.current.tags("headless");

const at = (text) => luxon.DateTime.fromISO(text, { zone: "Europe/Rome" });
// A Monday from 9 to 13 and 14 to 20 in Rome, and the Tuesday after it; in UTC.
const KNOWN = [
    {
        since: "2026-11-22 23:00:00",
        until: "2026-11-25 23:00:00",
        windows: [
            ["2026-11-23 08:00:00", "2026-11-23 12:00:00"],
            ["2026-11-23 13:00:00", "2026-11-23 19:00:00"],
            ["2026-11-24 08:00:00", "2026-11-24 12:00:00"],
        ],
    },
];

test("a window is open from its first moment until just before its last", () => {
    for (const [time, isOpen] of [
        ["08:59", false],
        ["09:00", true],
        ["12:59", true],
        ["13:00", false],
        ["14:00", true],
        ["20:00", false],
    ]) {
        expect(callingHours(KNOWN, at(`2026-11-23T${time}`)).isOpen).toBe(isOpen);
    }
});

test("a closed hour names the next opening, in the operator's time", () => {
    const { opening } = callingHours(KNOWN, at("2026-11-23T21:30"));
    expect(opening.toFormat("yyyy-MM-dd HH:mm")).toBe("2026-11-24 09:00");
    expect(withinHours(KNOWN, at("2026-11-23T13:10")).toFormat("HH:mm")).toBe("14:00");
    const open = at("2026-11-23T15:10");
    expect(withinHours(KNOWN, open)).toBe(open);
});

test("after the last window nothing opens that is known", () => {
    const hours = callingHours(KNOWN, at("2026-11-24T15:00"));
    expect(hours).toEqual({ isKnown: true, isOpen: false, opening: null });
});

test("what the server has not told is left to it", () => {
    expect(callingHours(KNOWN, at("2026-12-24T22:00"))).toEqual({
        isKnown: false,
        isOpen: true,
        opening: null,
    });
    expect(callingHours([], at("2026-11-23T22:00")).isOpen).toBe(true);
    const later = { since: "2026-12-20 00:00:00", until: "2026-12-30 00:00:00", windows: [] };
    expect(callingHours([...KNOWN, later], at("2026-12-24T22:00")).isOpen).toBe(false);
});
