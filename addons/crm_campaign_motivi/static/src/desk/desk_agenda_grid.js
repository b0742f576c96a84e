/**
 * The week of the agenda as rows (times) and columns (days), and how the arrow keys
 * move in it. Plain data in, plain data out.
 */

export const slotKey = (slot) => `${slot.agent_id}@${slot.start}`;

/**
 * @param {Object} week as the server's `agenda` returns it
 * @param {number|null} agentId show this agent only
 * @returns {{days: string[], times: string[], cells: Object<string, Object[]>}}
 *  `cells` holds the free slots under "day time", in the order of the agents
 */
export function buildGrid(week, agentId = null) {
    const order = new Map(week.agents.map((agent, index) => [agent.id, index]));
    const slots = week.slots
        .filter((slot) => !agentId || slot.agent_id === agentId)
        .sort((a, b) => order.get(a.agent_id) - order.get(b.agent_id));
    const cells = {};
    for (const slot of slots) {
        (cells[`${slot.day} ${slot.label}`] ||= []).push(slot);
    }
    return {
        days: week.days,
        times: [...new Set(slots.map((slot) => slot.label))].sort(),
        cells,
    };
}

export function cellOf(grid, day, time) {
    return grid.cells[`${day} ${time}`] || [];
}

/** All slots in reading order of an agenda: day by day, from morning to evening. */
export function slotsInOrder(grid) {
    return grid.days.flatMap((day) => grid.times.flatMap((time) => cellOf(grid, day, time)));
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
            return moveInDay(grid, slot, -1);
        case "ArrowDown":
            return moveInDay(grid, slot, 1);
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

/** The next time of the same day, the same agent's if that agent is free then. */
function moveInDay(grid, slot, step) {
    const first = grid.times.indexOf(slot.label) + step;
    for (let row = first; row >= 0 && row < grid.times.length; row += step) {
        const cell = cellOf(grid, slot.day, grid.times[row]);
        if (cell.length) {
            return cell.find((other) => other.agent_id === slot.agent_id) || cell[0];
        }
    }
    return null;
}

/** The next agent at the same time, then the nearest time of the next day with any. */
function moveAcross(grid, slot, step) {
    const cell = cellOf(grid, slot.day, slot.label);
    const beside = cell[cell.findIndex((other) => slotKey(other) === slotKey(slot)) + step];
    if (beside) {
        return beside;
    }
    const row = grid.times.indexOf(slot.label);
    const first = grid.days.indexOf(slot.day) + step;
    for (let column = first; column >= 0 && column < grid.days.length; column += step) {
        const nearest = nearestCell(grid, grid.days[column], row);
        if (nearest.length) {
            return step > 0 ? nearest[0] : nearest.at(-1);
        }
    }
    return null;
}

function nearestCell(grid, day, row) {
    const rows = grid.times
        .map((time, index) => ({ cell: cellOf(grid, day, time), far: Math.abs(index - row) }))
        .filter(({ cell }) => cell.length)
        .sort((a, b) => a.far - b.far);
    return rows.length ? rows[0].cell : [];
}
