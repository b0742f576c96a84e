import { Component, onMounted, useEffect, useRef, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";

import { CARD_WIDTH, HEAD_HEIGHT, ROW_HEIGHT, layoutGraph } from "./graph_layout";
import { describeDelay, textColor } from "./graph_words";

const SMALLEST_ZOOM = 0.4;
const LARGEST_ZOOM = 1.6;
/** Below this, texts are too small to read: rather scroll. */
const SMALLEST_FIT = 0.7;

/** What an outcome does by itself when no relation plans anything. */
const NEXT_STEP_OF_KIND = {
    R: { icon: "fa-clock-o", label: _t("asks when to call again") },
    T: { icon: "fa-calendar-check-o", label: _t("fixes an appointment") },
    C: { icon: "fa-shopping-cart", label: _t("records a sale") },
};

/**
 * The whole configuration as a drawing: a card per type, a row per outcome, an arrow
 * to the next action.
 */
export class GraphDrawing extends Component {
    static template = "crm_callcenter.GraphDrawing";
    static props = {
        graph: Object,
        typeId: [Number, Boolean],
        select: Function,
    };

    setup() {
        this.textColor = textColor;
        this.cardWidth = CARD_WIDTH;
        this.headHeight = HEAD_HEIGHT;
        this.rowHeight = ROW_HEIGHT;
        this.paper = useRef("paper");
        this.state = useState({ zoom: 1, legend: false, dragging: false });
        this.shownAt = {};
        onMounted(() => this.fit());
        useEffect(
            () => this.showSelected(),
            () => [this.props.typeId]
        );
    }

    // ------------------------------------------------------------
    // WHAT IS DRAWN
    // ------------------------------------------------------------

    get drawing() {
        const { graph } = this.props;
        const levels = new Map(graph.findings.levels);
        const types = graph.types
            .filter((type) => type.active)
            .map((type) => ({ id: type.id, level: levels.get(type.id) || 0 }));
        const place = new Map(graph.outcomes.map((outcome, index) => [outcome.id, index]));
        const relations = graph.relations
            .map((relation) => ({
                id: relation.id,
                typeId: relation.type_id,
                nextTypeId: relation.next_type_id,
                place: place.get(relation.outcome_id),
            }))
            .sort((a, b) => a.place - b.place);
        const layout = layoutGraph(types, relations);
        const byId = (records) => new Map(records.map((record) => [record.id, record]));
        this.types = byId(graph.types);
        this.outcomes = byId(graph.outcomes);
        this.commercialStates = byId(graph.states);
        this.relations = byId(graph.relations);
        return {
            ...layout,
            cards: layout.cards.map((card) => this.describeCard(card)),
            // Those of the selected type lie above the others.
            arrows: layout.arrows
                .map((arrow) => this.describeArrow(arrow))
                .sort((a, b) => a.isSelected - b.isSelected),
        };
    }

    describeCard(card) {
        const { findings } = this.props.graph;
        const type = this.types.get(card.id);
        return {
            ...card,
            type,
            isSelected: card.id === this.props.typeId,
            isStart: findings.starts.includes(card.id),
            isUnreachable: findings.unreachable.includes(card.id),
            isDead: findings.dead_types.includes(card.id),
            rows: card.relationIds.map((id) => this.describeRow(this.relations.get(id))),
        };
    }

    describeRow(relation) {
        const { findings } = this.props.graph;
        const outcome = this.outcomes.get(relation.outcome_id) || { name: "?", color: "#6c757d" };
        const next = this.types.get(relation.next_type_id);
        const ownStep = !next && !relation.is_conclusive && NEXT_STEP_OF_KIND[outcome.kind];
        const row = {
            id: relation.id,
            outcome,
            next,
            state: this.commercialStates.get(relation.state_id),
            delay: next ? describeDelay(relation) : "",
            isLoop: findings.loop_relations.includes(relation.id),
            isDead: findings.dead_relations.includes(relation.id),
            conclusion: relation.is_conclusive ? relation.conclusion : "",
            ownStep,
        };
        return { ...row, sentence: this.describeSentence(row) };
    }

    /** All of a relation in one sentence, for the pointer and for those who listen. */
    describeSentence(row) {
        const parts = [row.outcome.name];
        if (row.next) {
            parts.push(
                row.delay
                    ? _t("then %(type)s after %(delay)s", {
                          type: row.next.name,
                          delay: row.delay,
                      })
                    : _t("then %(type)s at once", { type: row.next.name })
            );
        }
        if (row.state) {
            parts.push(_t("state %s", row.state.name));
        }
        if (row.ownStep) {
            parts.push(row.ownStep.label);
        }
        if (row.conclusion) {
            parts.push(
                row.conclusion === "won" ? _t("closes as won") : _t("closes as lost")
            );
        }
        if (row.isLoop) {
            parts.push(_t("loop"));
        }
        if (row.isDead) {
            parts.push(_t("dead end: the name is left without a next step"));
        }
        return parts.join(", ");
    }

    describeArrow(arrow) {
        const relation = this.relations.get(arrow.id);
        const row = this.describeRow(relation);
        return {
            ...arrow,
            color: row.outcome.color,
            isLoop: row.isLoop,
            isSelected: arrow.source === this.props.typeId,
            isDimmed: Boolean(
                this.props.typeId &&
                    this.types.get(this.props.typeId)?.active &&
                    arrow.source !== this.props.typeId &&
                    arrow.target !== this.props.typeId
            ),
            label: `${this.types.get(arrow.source).name}: ${row.sentence}`,
        };
    }

    get findings() {
        const { findings, relations } = this.props.graph;
        const sources = (ids) =>
            relations.filter((one) => ids.includes(one.id)).map((one) => one.type_id);
        return [
            {
                id: "loop",
                icon: "fa-repeat",
                count: findings.loops.length,
                label: _t("Loops"),
                typeIds: findings.loops.map((loop) => loop[0]),
            },
            {
                id: "unreachable",
                icon: "fa-chain-broken",
                count: findings.unreachable.length,
                label: _t("Unreachable"),
                typeIds: findings.unreachable,
            },
            {
                id: "dead",
                icon: "fa-ban",
                count: findings.dead_relations.length + findings.dead_types.length,
                label: _t("Dead ends"),
                typeIds: [
                    ...new Set([...sources(findings.dead_relations), ...findings.dead_types]),
                ],
            },
        ];
    }

    // ------------------------------------------------------------
    // MOVING AROUND
    // ------------------------------------------------------------

    /** Select the next of the types that have such a finding. */
    showNext(finding) {
        if (finding.typeIds.length) {
            const at = (this.shownAt[finding.id] ?? -1) + 1;
            this.shownAt[finding.id] = at % finding.typeIds.length;
            this.props.select(finding.typeIds[this.shownAt[finding.id]]);
        }
    }

    showSelected() {
        const card = this.paper.el?.querySelector(".o_graph_card_selected");
        card?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    zoomBy(factor) {
        const zoom = this.state.zoom * factor;
        this.state.zoom = Math.min(Math.max(zoom, SMALLEST_ZOOM), LARGEST_ZOOM);
    }

    /** Show the whole width, unless that were too small to read. */
    fit() {
        const { width } = this.drawing;
        if (this.paper.el && width) {
            const fitting = (this.paper.el.clientWidth - 4) / width;
            this.state.zoom = Math.min(Math.max(fitting, SMALLEST_FIT), 1);
        }
    }

    onWheel(ev) {
        if (ev.ctrlKey) {
            ev.preventDefault();
            this.zoomBy(ev.deltaY < 0 ? 1.1 : 1 / 1.1);
        }
    }

    onPointerDown(ev) {
        if (ev.button === 0 && !ev.target.closest("button")) {
            const { el } = this.paper;
            this.drag = { x: ev.clientX + el.scrollLeft, y: ev.clientY + el.scrollTop };
            el.setPointerCapture(ev.pointerId);
            this.state.dragging = true;
        }
    }

    onPointerMove(ev) {
        if (this.drag) {
            this.paper.el.scrollLeft = this.drag.x - ev.clientX;
            this.paper.el.scrollTop = this.drag.y - ev.clientY;
        }
    }

    onPointerUp() {
        this.drag = null;
        this.state.dragging = false;
    }
}
