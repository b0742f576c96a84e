import { describe, expect, test } from "@odoo/hoot";
import { CARD_WIDTH, layoutGraph } from "@crm_callcenter/graph_editor/graph_layout";
import { textColor } from "@crm_callcenter/graph_editor/graph_words";

describe.current.tags("headless");

/** Numbers that look random and are the same every time (Lehmer generator). */
function numbers(seed) {
    let state = seed;
    return (below) => {
        state = (state * 48271) % 2147483647;
        return state % below;
    };
}

function anyGraph(seed, typeCount, relationCount) {
    const next = numbers(seed);
    const types = [...Array(typeCount).keys()].map((index) => ({
        id: index + 1,
        level: index && next(9),
    }));
    const relations = [...Array(relationCount).keys()].map((index) => ({
        id: 100 + index,
        typeId: 1 + next(typeCount),
        nextTypeId: next(4) ? 1 + next(typeCount) : false,
    }));
    return [types, relations];
}

/** Whether a straight line runs inside a card. */
function crosses([[x1, y1], [x2, y2]], card) {
    return (
        Math.max(x1, x2) > card.x + 1 &&
        Math.min(x1, x2) < card.x + CARD_WIDTH - 1 &&
        Math.max(y1, y2) > card.y + 1 &&
        Math.min(y1, y2) < card.y + card.height - 1
    );
}

test("a chain goes from left to right", () => {
    const types = [1, 2, 3].map((id) => ({ id, level: id - 1 }));
    const relations = [
        { id: 10, typeId: 1, nextTypeId: 2 },
        { id: 11, typeId: 2, nextTypeId: 3 },
    ];
    const { cards, arrows, width, height } = layoutGraph(types, relations);
    expect(cards.map((card) => card.id)).toEqual([1, 2, 3]);
    expect(cards[0].x).toBeLessThan(cards[1].x);
    expect(cards[1].x).toBeLessThan(cards[2].x);
    expect(new Set(cards.map((card) => card.y)).size).toBe(1);
    expect(arrows.map((arrow) => [arrow.source, arrow.target])).toEqual([
        [1, 2],
        [2, 3],
    ]);
    expect(width).toBeGreaterThan(3 * CARD_WIDTH);
    expect(height).toBeGreaterThan(cards[0].height);
});

test("a long way goes on below, so that it needs no more than five columns", () => {
    const types = [...Array(8).keys()].map((id) => ({ id: id + 1, level: id }));
    const { cards } = layoutGraph(types, []);
    const columns = new Set(cards.map((card) => card.x));
    expect(columns.size).toBe(4);
    expect(cards[4].x).toBe(cards[0].x);
    expect(cards[4].y).toBeGreaterThan(cards[3].y + cards[3].height);
});

test("no card lies over another and no arrow over a card", () => {
    for (let seed = 1; seed <= 25; seed++) {
        const { cards, arrows, width, height } = layoutGraph(...anyGraph(seed, 15, 30));
        for (const card of cards) {
            const others = cards.filter((other) => other !== card && other.x === card.x);
            expect(
                others.every(
                    (other) =>
                        other.y >= card.y + card.height || other.y + other.height <= card.y
                )
            ).toBe(true);
        }
        const crossing = arrows.filter((arrow) =>
            arrow.points
                .slice(1)
                .some((point, index) =>
                    cards.some((card) => crosses([arrow.points[index], point], card))
                )
        );
        expect(crossing.map((arrow) => arrow.id)).toEqual([]);
        const points = arrows.flatMap((arrow) => arrow.points);
        expect(points.every(([x, y]) => x >= 0 && y >= 0 && x <= width && y <= height)).toBe(
            true
        );
    }
});

test("the same graph is always drawn alike", () => {
    const first = layoutGraph(...anyGraph(7, 12, 25));
    expect(layoutGraph(...anyGraph(7, 12, 25))).toEqual(first);
});

test("an arrow to a type that is not drawn is left out", () => {
    const types = [{ id: 1, level: 0 }];
    const relations = [
        { id: 10, typeId: 1, nextTypeId: 99 },
        { id: 11, typeId: 98, nextTypeId: 1 },
        { id: 12, typeId: 1, nextTypeId: 1 },
    ];
    const { cards, arrows } = layoutGraph(types, relations);
    expect(cards[0].relationIds).toEqual([10, 12]);
    expect(arrows.map((arrow) => arrow.id)).toEqual([12]);
    expect(layoutGraph([], []).cards).toEqual([]);
});

test("texts on a colour are readable", () => {
    expect(textColor("#ffffff")).toBe("#000000");
    expect(textColor("#212529")).toBe("#ffffff");
    expect(textColor("#f08c00")).toBe("#000000");
});
