import { describe, expect, test } from "@odoo/hoot";
import { recallQuickPicks } from "@crm_campaign_motivi/desk/desk_recall_picks";

describe.current.tags("headless");

const { DateTime } = luxon;
const at = (text) => DateTime.fromISO(text, { zone: "Europe/Rome" });
const picksAt = (text) => {
    const picks = recallQuickPicks(at(text));
    return Object.fromEntries(
        Object.entries(picks).map(([id, moment]) => [id, moment.toFormat("yyyy-MM-dd HH:mm:ss")])
    );
};

test("in the morning", () => {
    expect(picksAt("2026-11-23T09:42:17")).toEqual({
        hour: "2026-11-23 10:45:00",
        evening: "2026-11-23 18:30:00",
        tomorrow: "2026-11-24 09:42:00",
    });
});

test("in one hour is never less than one hour, and a round time", () => {
    expect(picksAt("2026-11-23T10:00:30").hour).toBe("2026-11-23 11:00:00");
    expect(picksAt("2026-11-23T10:01:00").hour).toBe("2026-11-23 11:05:00");
    expect(picksAt("2026-11-23T23:30:00").hour).toBe("2026-11-24 00:30:00");
});

test("in the evening it is tomorrow's evening", () => {
    expect(picksAt("2026-11-23T18:29:59").evening).toBe("2026-11-23 18:30:00");
    expect(picksAt("2026-11-23T18:30:00").evening).toBe("2026-11-24 18:30:00");
});

test("the same time tomorrow, also when the clocks change in between", () => {
    const tomorrow = recallQuickPicks(at("2026-10-24T15:00:00")).tomorrow;
    expect(tomorrow.toFormat("yyyy-MM-dd HH:mm")).toBe("2026-10-25 15:00");
    expect(tomorrow.toUTC().toFormat("HH:mm")).toBe("14:00");
});
