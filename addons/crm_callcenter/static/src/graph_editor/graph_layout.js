/**
 * Where the cards and arrows of the drawn graph stand.
 *
 * Types stand in columns by how many steps they lie from a start; a long way goes on in
 * a second band below, as the lines of a text do. Each outcome is a
 * row of its type's card, and its arrow begins there. Arrows run only between the
 * columns and in free channels between the cards, so that none lies over a card.
 * The same graph is always drawn alike. All measures are pixels.
 */

export const CARD_WIDTH = 236;
export const HEAD_HEIGHT = 30;
export const ROW_HEIGHT = 21;
const CARD_GAP = 26;
/** A way of more steps than this goes on in a second band below the first. */
const MOST_COLUMNS = 5;
const BAND_GAP = 22;
const MARGIN = 20;
const LANE = 9;
const LANE_MARGIN = 18;
const CHANNEL = 7;
const CORNER = 6;

/** Height of the card of a type with this many outcomes. */
export function cardHeight(rowCount) {
    return HEAD_HEIGHT + Math.max(rowCount, 1) * ROW_HEIGHT + 5;
}

/**
 * Lay out a graph.
 *
 * @param {{id: number, level: number}[]} types in the order that the manager gave them
 * @param {{id: number, typeId: number, nextTypeId: number|false}[]} relations in the
 *  order of the rows
 * @returns {{width: number, height: number, cards: Object[], arrows: Object[]}} cards
 *  with `id, x, y, height, relationIds`; arrows with `id, source, target, points, path`
 */
export function layoutGraph(types, relations) {
    const rows = new Map(types.map((type) => [type.id, []]));
    for (const relation of relations) {
        rows.get(relation.typeId)?.push(relation);
    }
    const levels = sortIntoLevels(types, relations, rows);
    const cards = placeCards(levels, rows);
    const columns = columnsOf(cards);
    const links = relations
        .filter((relation) => cards.has(relation.typeId) && cards.has(relation.nextTypeId))
        .map((relation) => makeLink(relation, cards, rows));
    spreadEntries(links, cards);
    const height = Math.max(0, ...[...cards.values()].map((card) => card.y + card.height));
    const lowest = routeChannels(links, cards, height + CARD_GAP);
    const width = placeLanes(links, columns);
    return {
        width,
        height: Math.max(height, lowest) + MARGIN,
        cards: [...cards.values()],
        arrows: links.map((link) => ({
            id: link.id,
            source: link.source.id,
            target: link.target.id,
            points: link.points,
            path: roundedPath(link.points),
        })),
    };
}

/** Sort the types by level, those with common neighbours at the same height. */
function sortIntoLevels(types, relations, rows) {
    const byLevel = [];
    for (const type of types) {
        (byLevel[type.level] ||= []).push(type.id);
    }
    const levels = byLevel.filter((level) => level?.length);
    const middle = new Map();
    const note = (level) => {
        let y = 0;
        for (const id of level) {
            const height = cardHeight(rows.get(id).length);
            middle.set(id, y + height / 2);
            y += height + CARD_GAP;
        }
    };
    levels.forEach(note);
    for (let index = 1; index < levels.length; index++) {
        const before = new Set(levels.slice(0, index).flat());
        const wish = new Map();
        for (const id of levels[index]) {
            const from = relations.filter(
                (relation) => relation.nextTypeId === id && before.has(relation.typeId)
            );
            const sum = from.reduce((total, one) => total + middle.get(one.typeId), 0);
            wish.set(id, from.length ? sum / from.length : middle.get(id));
        }
        levels[index].sort(
            (a, b) => wish.get(a) - wish.get(b) || middle.get(a) - middle.get(b)
        );
        note(levels[index]);
    }
    return levels;
}

/** Stand each level in a column; a long way goes on below, as lines of a text do. */
function placeCards(levels, rows) {
    const bands = Math.ceil(levels.length / MOST_COLUMNS);
    const perBand = Math.ceil(levels.length / bands);
    const cards = new Map();
    let top = MARGIN;
    for (let band = 0; band < bands; band++) {
        let bottom = top;
        levels.slice(band * perBand, (band + 1) * perBand).forEach((level, column) => {
            let y = top;
            for (const id of level) {
                const relationIds = rows.get(id).map((relation) => relation.id);
                const height = cardHeight(relationIds.length);
                const at = band * perBand + column;
                cards.set(id, { id, level: at, column, x: 0, y, height, relationIds });
                y += height + CARD_GAP;
            }
            bottom = Math.max(bottom, y);
        });
        top = bottom + BAND_GAP;
    }
    return cards;
}

function columnsOf(cards) {
    const columns = [];
    for (const card of cards.values()) {
        (columns[card.column] ||= []).push(card);
    }
    return columns;
}

/** Choose the sides at which an arrow leaves its row and reaches its target. */
function makeLink(relation, cards, rows) {
    const source = cards.get(relation.typeId);
    const target = cards.get(relation.nextTypeId);
    const row = rows.get(relation.typeId).indexOf(relation);
    const forward = target.level > source.level;
    const back = target.level < source.level;
    return {
        id: relation.id,
        source,
        target,
        leavesRight: !back,
        entersLeft: forward,
        // A gap is named by the column at its right.
        firstGap: back ? source.column : source.column + 1,
        lastGap: forward ? target.column : target.column + 1,
        startY: source.y + HEAD_HEIGHT + row * ROW_HEIGHT + ROW_HEIGHT / 2,
        endY: 0,
        channelY: null,
    };
}

/** Let the arrows that reach one side of a card end one below the other. */
function spreadEntries(links, cards) {
    for (const card of cards.values()) {
        for (const entersLeft of [true, false]) {
            const entering = links.filter(
                (link) => link.target === card && link.entersLeft === entersLeft
            );
            entering.sort((a, b) => a.startY - b.startY || a.id - b.id);
            const step = Math.min(7, (HEAD_HEIGHT - 8) / Math.max(entering.length, 1));
            const first = card.y + HEAD_HEIGHT / 2 - (step * (entering.length - 1)) / 2;
            entering.forEach((link, index) => {
                link.endY = first + index * step;
            });
        }
    }
}

/** Find, for arrows that pass columns, a free height between the cards there. */
function routeChannels(links, cards, below) {
    const taken = [];
    let lowest = 0;
    const far = links.filter((link) => link.firstGap !== link.lastGap);
    far.sort((a, b) => span(a) - span(b) || a.startY - b.startY || a.id - b.id);
    for (const link of far) {
        const from = Math.min(link.firstGap, link.lastGap);
        const to = Math.max(link.firstGap, link.lastGap);
        const passed = [...cards.values()].filter(
            (card) => card.column >= from && card.column < to
        );
        const isFree = (y) =>
            passed.every((card) => y < card.y - 4 || y > card.y + card.height + 4) &&
            taken.every(
                (one) => one.to <= from || one.from >= to || Math.abs(one.y - y) >= CHANNEL
            );
        const candidates = [];
        for (let y = 6; y < below + taken.length * CHANNEL; y += 1) {
            if (isFree(y)) {
                candidates.push(y);
            }
        }
        const way = (y) => Math.abs(y - link.startY) + Math.abs(y - link.endY);
        candidates.sort((a, b) => way(a) - way(b) || a - b);
        link.channelY = candidates[0] ?? below + (taken.length + 1) * CHANNEL;
        lowest = Math.max(lowest, link.channelY);
        taken.push({ from, to, y: link.channelY });
    }
    return lowest;
}

function span(link) {
    return Math.abs(link.firstGap - link.lastGap);
}

/** Give each vertical stretch a lane of its own; returns the width of the whole. */
function placeLanes(links, columns) {
    const stretches = links.flatMap((link) => {
        if (link.channelY === null) {
            return [{ link, gap: link.firstGap, from: link.startY, to: link.endY, part: 0 }];
        }
        return [
            { link, gap: link.firstGap, from: link.startY, to: link.channelY, part: 0 },
            { link, gap: link.lastGap, from: link.channelY, to: link.endY, part: 1 },
        ];
    });
    let x = 0;
    for (let gap = 0; gap <= columns.length; gap++) {
        const here = stretches.filter((stretch) => stretch.gap === gap);
        here.sort(compareStretches);
        const outer = gap === 0 || gap === columns.length;
        const least = here.length || outer ? 0 : LANE_MARGIN;
        here.forEach((stretch, lane) => {
            stretch.x = x + LANE_MARGIN + lane * LANE;
        });
        x += 2 * LANE_MARGIN + Math.max(here.length - 1, 0) * LANE + least;
        for (const card of columns[gap] || []) {
            card.x = x;
        }
        x += columns[gap] ? CARD_WIDTH : 0;
    }
    for (const link of links) {
        const own = stretches.filter((stretch) => stretch.link === link);
        link.points = pointsOf(link, own);
    }
    return x;
}

/** Arrows that go down turn early when they start low, so that few cross. */
function compareStretches(a, b) {
    const downA = a.to >= a.from;
    const downB = b.to >= b.from;
    if (downA !== downB) {
        return downA ? 1 : -1;
    }
    return (downA ? b.from - a.from : a.from - b.from) || a.link.id - b.link.id;
}

function pointsOf(link, stretches) {
    const { source, target } = link;
    const startX = link.leavesRight ? source.x + CARD_WIDTH : source.x;
    const endX = link.entersLeft ? target.x : target.x + CARD_WIDTH;
    const points = [[startX, link.startY]];
    for (const stretch of stretches) {
        points.push([stretch.x, stretch.from], [stretch.x, stretch.to]);
    }
    points.push([endX, link.endY]);
    return points;
}

/** Write a line of right angles as an SVG path with round corners. */
function roundedPath(points) {
    const parts = [`M ${points[0].join(" ")}`];
    for (let index = 1; index < points.length - 1; index++) {
        const [before, corner, after] = points.slice(index - 1, index + 2);
        const into = toward(corner, before);
        const out = toward(corner, after);
        parts.push(`L ${into.join(" ")}`, `Q ${corner.join(" ")} ${out.join(" ")}`);
    }
    parts.push(`L ${points.at(-1).join(" ")}`);
    return parts.join(" ");
}

function toward([x, y], [otherX, otherY]) {
    const length = Math.hypot(otherX - x, otherY - y);
    const part = length ? Math.min(CORNER, length / 2) / length : 0;
    const round = (value) => Math.round(value * 10) / 10;
    return [round(x + (otherX - x) * part), round(y + (otherY - y) * part)];
}
