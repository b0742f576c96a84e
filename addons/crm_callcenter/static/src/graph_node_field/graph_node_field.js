import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { GraphNodeBadge } from "./graph_node_badge";

/** A many2one to a node of the commercial graph, read only: icon, name and colour. */
export class GraphNodeField extends Component {
    static template = "crm_callcenter.GraphNodeField";
    static components = { GraphNodeBadge };
    static props = { ...standardFieldProps };

    get node() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("graph_node", {
    component: GraphNodeField,
    displayName: _t("Icon, name and colour"),
    supportedTypes: ["many2one"],
    relatedFields: [
        { name: "color", type: "char" },
        { name: "icon", type: "char" },
    ],
});
