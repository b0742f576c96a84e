import { Component, useState } from "@odoo/owl";

import { textColor } from "./graph_words";

/** The action types, to choose the one whose outcomes the matrix shows. */
export class GraphTypes extends Component {
    static template = "crm_callcenter.GraphTypes";
    static props = {
        graph: Object,
        typeId: [Number, Boolean],
        select: Function,
        edit: Function,
    };

    setup() {
        this.textColor = textColor;
        this.state = useState({ filter: "", inactive: false });
    }

    get types() {
        const filter = this.state.filter.trim().toLowerCase();
        return this.props.graph.types.filter(
            (type) =>
                (type.active || this.state.inactive || type.id === this.props.typeId) &&
                (!filter || type.name.toLowerCase().includes(filter))
        );
    }

    get hasInactive() {
        return this.props.graph.types.some((type) => !type.active);
    }

    isStart(type) {
        return this.props.graph.findings.starts.includes(type.id);
    }

    isUnreachable(type) {
        return this.props.graph.findings.unreachable.includes(type.id);
    }
}
