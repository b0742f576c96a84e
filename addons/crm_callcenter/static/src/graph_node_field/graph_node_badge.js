import { Component } from "@odoo/owl";
import { badgeStyle } from "./colors";

/** A type, an outcome or a state as it is shown everywhere: icon, name, colour. */
export class GraphNodeBadge extends Component {
    static template = "crm_callcenter.GraphNodeBadge";
    static props = {
        name: String,
        color: { type: [String, { value: false }], optional: true },
        icon: { type: [String, { value: false }], optional: true },
    };

    get style() {
        return badgeStyle(this.props.color);
    }
}
