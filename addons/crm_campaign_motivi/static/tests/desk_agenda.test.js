import { describe, expect, test } from "@odoo/hoot";
import {
    buildGrid,
    cellOf,
    moveInGrid,
    slotsInOrder,
} from "@crm_campaign_motivi/desk/desk_agenda_grid";

describe.current.tags("headless");

const slot = (agent_id, day, label) => ({
    agent_id,
    day,
    label,
    start: `${day} ${label}:00`,
    stop: `${day} ${label}:59`,
});
const MON = "2026-11-23";
const TUE = "2026-11-24";
const THU = "2026-11-26";
const week = {
    start: MON,
    days: [MON, TUE, "2026-11-25", THU, "2026-11-27", "2026-11-28", "2026-11-29"],
    agents: [
        { id: 9, name: "Nora" },
        { id: 4, name: "Ugo" },
    ],
    slots: [
        slot(4, MON, "09:00"),
        slot(9, MON, "09:00"),
        slot(4, MON, "11:00"),
        slot(9, TUE, "10:00"),
        slot(4, THU, "09:00"),
    ],
};
const grid = buildGrid(week);
const where = (found) => found && `${found.agent_id} ${found.day} ${found.label}`;
const move = (start, key) => where(moveInGrid(grid, start, key));

test("times are rows, days are columns, agents stand in their order", () => {
    expect(grid.times).toEqual(["09:00", "10:00", "11:00"]);
    expect(cellOf(grid, MON, "09:00").map((found) => found.agent_id)).toEqual([9, 4]);
    expect(cellOf(grid, TUE, "09:00")).toEqual([]);
    expect(slotsInOrder(grid).map(where)).toEqual([
        `9 ${MON} 09:00`,
        `4 ${MON} 09:00`,
        `4 ${MON} 11:00`,
        `9 ${TUE} 10:00`,
        `4 ${THU} 09:00`,
    ]);
});

test("one agent only", () => {
    const own = buildGrid(week, 9);
    expect(own.times).toEqual(["09:00", "10:00"]);
    expect(slotsInOrder(own).map(where)).toEqual([`9 ${MON} 09:00`, `9 ${TUE} 10:00`]);
});

test("a week without free time", () => {
    const empty = buildGrid({ ...week, slots: [] });
    expect(empty.times).toEqual([]);
    expect(slotsInOrder(empty)).toEqual([]);
});

test("up and down stay in the day and with the agent", () => {
    expect(move(slot(4, MON, "09:00"), "ArrowDown")).toBe(`4 ${MON} 11:00`);
    expect(move(slot(4, MON, "11:00"), "ArrowUp")).toBe(`4 ${MON} 09:00`);
    expect(move(slot(9, MON, "09:00"), "ArrowDown")).toBe(`4 ${MON} 11:00`);
    expect(move(slot(4, MON, "11:00"), "ArrowDown")).toBe(null);
});

test("left and right go over the agents of a time, then to the nearest time of a day", () => {
    expect(move(slot(9, MON, "09:00"), "ArrowRight")).toBe(`4 ${MON} 09:00`);
    expect(move(slot(4, MON, "09:00"), "ArrowRight")).toBe(`9 ${TUE} 10:00`);
    expect(move(slot(9, TUE, "10:00"), "ArrowRight")).toBe(`4 ${THU} 09:00`);
    expect(move(slot(4, THU, "09:00"), "ArrowRight")).toBe(null);
    expect(move(slot(9, TUE, "10:00"), "ArrowLeft")).toBe(`4 ${MON} 09:00`);
    expect(move(slot(9, MON, "09:00"), "ArrowLeft")).toBe(null);
});

test("home, end, and keys that mean nothing", () => {
    expect(move(slot(9, TUE, "10:00"), "Home")).toBe(`9 ${MON} 09:00`);
    expect(move(slot(9, TUE, "10:00"), "End")).toBe(`4 ${THU} 09:00`);
    expect(move(slot(9, TUE, "10:00"), "a")).toBe(null);
});
