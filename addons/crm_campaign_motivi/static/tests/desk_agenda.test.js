import { describe, expect, test } from "@odoo/hoot";
import { mockDate } from "@odoo/hoot-mock";
import {
    buildGrid,
    cellOf,
    countOf,
    moveInGrid,
    slotKey,
    slotsInOrder,
} from "@crm_campaign_motivi/desk/desk_agenda_grid";
import { DeskAgendaModel } from "@crm_campaign_motivi/desk/desk_agenda_model";

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

// The day view: agents side by side.

const day = buildGrid(week, null, MON);
const moveByDay = (start, key) => where(moveInGrid(day, start, key));

test("in the day view every agent has a column, also one without free time", () => {
    expect(day.columns).toEqual([9, 4]);
    expect(day.times).toEqual(["09:00", "11:00"]);
    expect(cellOf(day, 9, "09:00").map(where)).toEqual([`9 ${MON} 09:00`]);
    expect(cellOf(day, 4, "11:00").map(where)).toEqual([`4 ${MON} 11:00`]);
    expect(countOf(day, 9)).toBe(1);
    const thursday = buildGrid(week, null, THU);
    expect(thursday.columns).toEqual([9, 4]);
    expect(countOf(thursday, 9)).toBe(0);
    expect(buildGrid(week, 4, MON).columns).toEqual([4]);
});

test("in the day view up and down stay with the agent, left and right compare agents", () => {
    expect(moveByDay(slot(4, MON, "09:00"), "ArrowDown")).toBe(`4 ${MON} 11:00`);
    expect(moveByDay(slot(9, MON, "09:00"), "ArrowDown")).toBe(null);
    expect(moveByDay(slot(9, MON, "09:00"), "ArrowRight")).toBe(`4 ${MON} 09:00`);
    expect(moveByDay(slot(4, MON, "11:00"), "ArrowLeft")).toBe(`9 ${MON} 09:00`);
    expect(moveByDay(slot(4, MON, "11:00"), "ArrowRight")).toBe(null);
    expect(moveByDay(slot(4, MON, "11:00"), "Home")).toBe(`9 ${MON} 09:00`);
    expect(moveByDay(slot(9, MON, "09:00"), "End")).toBe(`4 ${MON} 11:00`);
});

const agendaOf = async (answers = () => week) => {
    const asked = [];
    const agenda = new DeskAgendaModel((method, values) => {
        asked.push(values?.start_date || null);
        return Promise.resolve(answers(values));
    });
    await agenda.load();
    return { agenda, asked };
};

test("the view keeps the time that is looked at, and goes back to the week", async () => {
    const { agenda } = await agendaOf();
    agenda.focusKey = slotKey(slot(9, TUE, "10:00"));
    agenda.toggleView();
    expect(agenda.day).toBe(TUE);
    expect(agenda.focusKey).toBe(slotKey(slot(9, TUE, "10:00")));
    expect(agenda.grid.columns).toEqual([9, 4]);
    agenda.toggleView();
    expect(agenda.day).toBe(null);
    expect(agenda.focusKey).toBe(slotKey(slot(9, TUE, "10:00")));
});

test("page keys go from day to day, and at the end of a week load the next", async () => {
    mockDate("2026-11-20 09:00:00");
    const next = { ...week, start: "2026-11-30", days: ["2026-11-30"], slots: [] };
    const { agenda, asked } = await agendaOf((values) =>
        values?.start_date === "2026-11-30" ? next : { ...week, last_day: "2026-12-20" }
    );
    agenda.showDay(MON);
    await agenda.movePage(1);
    expect(agenda.day).toBe(TUE);
    agenda.showDay("2026-11-29");
    await agenda.movePage(1);
    expect(asked).toEqual([null, "2026-11-30"]);
    expect(agenda.day).toBe("2026-11-30");
});
