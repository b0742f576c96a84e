/**
 * The agenda as rows (times) and columns (the days of a week, or the agents of a day),
 * and how the arrow keys move in it. Plain data in, plain data out.
 */

export const slotKey = (slot) => `${slot.agent_id}@${slot.start}`;

/**
 * The grid of a week: days are columns; or that of a day: agents are columns, side by
 * side, also those who have no time on that day.
 *
 * @param {Object} week as the server's `agenda` returns it
 * @param {number|null} agentId show this agent only
 * @param {string|null} day show this day only, "yyyy-mm-dd"
 * @returns {{columns: (string|number)[], times: string[], cells: Object<string, Object[]>,
 *  columnOf: (slot: Object) => string|number}} `cells` holds the free slots under
 *  "column time", in the order of the agents
 */
export function buildGrid(week, agentId = null, day = null) {
    const order = new Map(week.agents.map((agent, index) => [agent.id, index]));
    const slots = week.slots
        .filter((slot) => (!agentId || slot.agent_id === agentId) && (!day || slot.day === day))
        .sort((a, b) => order.get(a.agent_id) - order.get(b.agent_id));
    const columnOf = day ? (slot) => slot.agent_id : (slot) => slot.day;
    const agents = week.agents.map((agent) => agent.id);
    const cells = {};
    for (const slot of slots) {
        (cells[`${columnOf(slot)} ${slot.label}`] ||= []).push(slot);
    }
    return {
        columns: day ? agents.filter((id) => !agentId || id === agentId) : week.days,
        times: [...new Set(slots.map((slot) => slot.label))].sort(),
        cells,
        columnOf,
    };
}

export function cellOf(grid, column, time) {
    return grid.cells[`${column} ${time}`] || [];
}

/** All slots in reading order of an agenda: column by column, from morning to evening. */
export function slotsInOrder(grid) {
    return grid.columns.flatMap((column) =>
        grid.times.flatMap((time) => cellOf(grid, column, time))
    );
}

/** How many slots are free in a column. */
export function countOf(grid, column) {
    return grid.times.reduce((sum, time) => sum + cellOf(grid, column, time).length, 0);
}

/**
 * Where an arrow key leads from a slot.
 *
 * @param {Object} grid of `buildGrid`
 * @param {Object} slot that has the focus
 * @param {string} key of the keyboard event
 * @returns {Object|null} the slot that gets the focus, null when there is none that way
 */
export function moveInGrid(grid, slot, key) {
    switch (key) {
        case "ArrowUp":
            return moveInColumn(grid, slot, -1);
        case "ArrowDown":
            return moveInColumn(grid, slot, 1);
        case "ArrowLeft":
            return moveAcross(grid, slot, -1);
        case "ArrowRight":
            return moveAcross(grid, slot, 1);
        case "Home":
            return slotsInOrder(grid)[0] || null;
        case "End":
            return slotsInOrder(grid).at(-1) || null;
    }
    return null;
}

/** The next time of the same column, the same agent's if that agent is free then. */
function moveInColumn(grid, slot, step) {
    const first = grid.times.indexOf(slot.label) + step;
    for (let row = first; row >= 0 && row < grid.times.length; row += step) {
        const cell = cellOf(grid, grid.columnOf(slot), grid.times[row]);
        if (cell.length) {
            return cell.find((other) => other.agent_id === slot.agent_id) || cell[0];
        }
    }
    return null;
}

/** The next agent at the same time, then the nearest time of the next column with any. */
function moveAcross(grid, slot, step) {
    const cell = cellOf(grid, grid.columnOf(slot), slot.label);
    const beside = cell[cell.findIndex((other) => slotKey(other) === slotKey(slot)) + step];
    if (beside) {
        return beside;
    }
    const row = grid.times.indexOf(slot.label);
    const first = grid.columns.indexOf(grid.columnOf(slot)) + step;
    for (let column = first; column >= 0 && column < grid.columns.length; column += step) {
        const nearest = nearestCell(grid, grid.columns[column], row);
        if (nearest.length) {
            return step > 0 ? nearest[0] : nearest.at(-1);
        }
    }
    return null;
}

function nearestCell(grid, column, row) {
    const rows = grid.times
        .map((time, index) => ({ cell: cellOf(grid, column, time), far: Math.abs(index - row) }))
        .filter(({ cell }) => cell.length)
        .sort((a, b) => a.far - b.far);
    return rows.length ? rows[0].cell : [];
}
