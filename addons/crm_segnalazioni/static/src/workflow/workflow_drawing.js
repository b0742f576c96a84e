import { _t } from "@web/core/l10n/translation";

import { GraphDrawing } from "@crm_callcenter/graph_editor/graph_drawing";
import { layoutGraph } from "@crm_callcenter/graph_editor/graph_layout";

/**
 * The workflow of a document type as a drawing: a card per state, a row per step that
 * leads on from it, an arrow to the state it leads to.
 *
 * Layout, zoom and moving around are those of the commercial graph; here a state is
 * what a type of action is there, and a step what a relation is.
 */
export class WorkflowDrawing extends GraphDrawing {
    static template = "crm_segnalazioni.WorkflowDrawing";

    get drawing() {
        const { nodes, steps } = this.props.graph;
        this.nodes = new Map(nodes.map((node) => [node.id, node]));
        this.steps = new Map(steps.map((step) => [step.id, step]));
        const layout = layoutGraph(
            nodes.map(({ id, level }) => ({ id, level })),
            steps.map((step) => ({
                id: step.id,
                typeId: step.from_id,
                nextTypeId: step.to_id,
            }))
        );
        return {
            ...layout,
            cards: layout.cards.map((card) => this.describeCard(card)),
            // Those of the selected state lie above the others.
            arrows: layout.arrows
                .map((arrow) => this.describeArrow(arrow))
                .sort((a, b) => a.isSelected - b.isSelected),
        };
    }

    describeCard(card) {
        const node = this.nodes.get(card.id);
        return {
            ...card,
            node,
            isSelected: card.id === this.props.typeId,
            isDead: this.deadEnds.includes(card.id),
            rows: card.relationIds.map((id) => this.describeRow(this.steps.get(id))),
        };
    }

    describeRow(step) {
        return {
            id: step.id,
            step,
            target: this.nodes.get(step.to_id),
            sentence: this.describeSentence(step),
        };
    }

    /** All of a step, for the pointer and for those who listen. */
    describeSentence(step) {
        const target = this.nodes.get(step.to_id);
        const to = target.type ? `${target.type}: ${target.name}` : target.name;
        return [`${step.name} → ${to}`, ...step.lines].join("\n");
    }

    describeArrow(arrow) {
        const step = this.steps.get(arrow.id);
        const { typeId } = this.props;
        return {
            ...arrow,
            color: step.color,
            // Dashed, as loops are in the commercial graph.
            isLoop: step.is_backward,
            isSelected: arrow.source === typeId,
            isDimmed: Boolean(
                typeId && arrow.source !== typeId && arrow.target !== typeId
            ),
            label: `${this.nodes.get(arrow.source).name}: ${this.describeSentence(step)}`,
        };
    }

    /** Open states from which no step leads on. */
    get deadEnds() {
        const { nodes, steps } = this.props.graph;
        const sources = new Set(steps.map((step) => step.from_id));
        return nodes
            .filter((node) => !node.type && node.category === "open" && !sources.has(node.id))
            .map((node) => node.id);
    }

    get findings() {
        const unreachable = this.props.graph.nodes
            .filter((node) => node.is_unreachable)
            .map((node) => node.id);
        return [
            {
                id: "unreachable",
                icon: "fa-chain-broken",
                count: unreachable.length,
                label: _t("Unreachable"),
                typeIds: unreachable,
            },
            {
                id: "dead",
                icon: "fa-ban",
                count: this.deadEnds.length,
                label: _t("Dead ends"),
                typeIds: this.deadEnds,
            },
        ];
    }
}
