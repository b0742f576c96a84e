import { Component, onWillStart, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { WorkflowDrawing } from "./workflow_drawing";

/** The drawn workflow of a document type, and the steps of the selected state in words. */
export class WorkflowAction extends Component {
    static template = "crm_segnalazioni.WorkflowAction";
    static components = { Layout, WorkflowDrawing };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.display = { controlPanel: {} };
        this.state = useState({ graph: null, nodeId: false });
        this.typeId = this.props.action.context?.active_id;
        onWillStart(() => this.reload());
    }

    async reload() {
        if (this.typeId) {
            this.state.graph = await this.orm.call(
                "crm.segnalazione.type",
                "get_workflow_graph",
                [[this.typeId]]
            );
        }
    }

    get node() {
        return this.state.graph.nodes.find((node) => node.id === this.state.nodeId);
    }

    get steps() {
        return this.state.graph.steps.filter((step) => step.from_id === this.state.nodeId);
    }

    targetOf(step) {
        return this.state.graph.nodes.find((node) => node.id === step.to_id);
    }

    select(nodeId) {
        this.state.nodeId = nodeId;
    }

    openStep(stepId) {
        this.openForm(_t("Step"), stepId, {});
    }

    newStep() {
        const context = { default_type_id: this.typeId };
        if (this.node && !this.node.type) {
            context.default_from_state_id = this.node.id;
        }
        this.openForm(_t("New Step"), false, context);
    }

    openForm(title, resId, context) {
        this.dialog.add(FormViewDialog, {
            resModel: "crm.segnalazione.transition",
            resId,
            title,
            context,
            canExpand: false,
            onRecordSaved: () => this.reload(),
        });
    }

    openTypes() {
        this.action.doAction("crm_segnalazioni.crm_segnalazione_type_action");
    }
}

registry.category("actions").add("crm_segnalazioni.workflow", WorkflowAction);
