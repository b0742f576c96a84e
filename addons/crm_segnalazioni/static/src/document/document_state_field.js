import { GraphNodeBadge } from "@crm_callcenter/graph_node_field/graph_node_badge";
import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { computeM2OProps, Many2One } from "@web/views/fields/many2one/many2one";
import { buildM2OFieldDescription, Many2OneField } from "@web/views/fields/many2one/many2one_field";

/** A many2one to a state with a colour: a badge, or a choice where it may be changed. */
export class DocumentStateField extends Component {
    static template = "crm_segnalazioni.DocumentStateField";
    static components = { GraphNodeBadge, Many2One };
    static props = { ...Many2OneField.props };

    get state() {
        return this.props.record.data[this.props.name];
    }

    get m2oProps() {
        return computeM2OProps(this.props);
    }
}

registry.category("fields").add("document_state", {
    ...buildM2OFieldDescription(DocumentStateField),
    displayName: _t("Name and colour"),
    relatedFields: [{ name: "color", type: "char" }],
});
