import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { GraphNodeBadge } from "../graph_node_field/graph_node_badge";

/** What the icons and colours of types, outcomes and states mean. */
export class GraphLegendDialog extends Component {
    static template = "crm_callcenter.GraphLegendDialog";
    static components = { Dialog, GraphNodeBadge };
    static props = { close: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ sections: [] });
        onWillStart(async () => {
            const legend = await this.orm.call("mail.activity.type", "get_graph_legend", []);
            this.state.sections = [
                { key: "types", title: _t("Actions"), nodes: legend.types },
                { key: "outcomes", title: _t("Outcomes"), nodes: legend.outcomes },
                { key: "states", title: _t("Commercial States"), nodes: legend.states },
            ];
        });
    }

    get title() {
        return _t("Legend");
    }
}

/** The button that opens it, in control panels and in forms. */
export class GraphLegendButton extends Component {
    static template = "crm_callcenter.GraphLegendButton";
    static props = { "*": true };

    setup() {
        this.dialog = useService("dialog");
    }

    onClick() {
        this.dialog.add(GraphLegendDialog);
    }
}

class GraphLegendWidget extends GraphLegendButton {
    static props = { ...standardWidgetProps };
}

registry.category("view_widgets").add("graph_legend", { component: GraphLegendWidget });
