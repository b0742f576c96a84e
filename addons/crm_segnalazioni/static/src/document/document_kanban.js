import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { RelationalModel } from "@web/model/relational_model/relational_model";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { askBefore } from "./take_transition";

const STATE = "segnalazione_state_id";

/** Dragging a card to another state takes the step that leads there. */
export class DocumentKanbanGroupList extends RelationalModel.DynamicGroupList {
    async moveRecord(recordId, sourceId, refId, targetId) {
        if (sourceId === targetId || this.groupByField.name !== STATE) {
            return super.moveRecord(...arguments);
        }
        const source = this.groups.find((group) => group.id === sourceId);
        const target = this.groups.find((group) => group.id === targetId);
        const record = source.list.records.find((card) => card.id === recordId);
        const steps = record.data.available_transitions || [];
        // Without a step the server is asked all the same: its sentence says why not.
        const step = steps.find((one) => one.to_state_id === target.value) || { name: _t("Move") };
        const answer = await askBefore(this.model.dialog, step);
        if (!answer) {
            return;
        }
        try {
            await this.model.orm.call("sale.order", "take_transition_to", [
                [record.resId],
                target.value,
                source.value,
                answer.reason,
            ]);
        } finally {
            // The card has stayed where it was until now: show what holds.
            await this.model.load();
        }
    }
}

export class DocumentKanbanModel extends RelationalModel {
    setup(params, services) {
        super.setup(...arguments);
        this.dialog = services.dialog;
    }
}
DocumentKanbanModel.DynamicGroupList = DocumentKanbanGroupList;
DocumentKanbanModel.services = [...new Set([...RelationalModel.services, "dialog"])];

export class DocumentKanbanRenderer extends KanbanRenderer {
    get canMoveRecords() {
        // The state is read only, but for the steps that a drag asks the server for.
        const { list } = this.props;
        if (this.canResequenceRecords && list.isGrouped && list.groupByField.name === STATE) {
            return true;
        }
        return false;
    }
}

registry.category("views").add("segnalazione_kanban", {
    ...kanbanView,
    Model: DocumentKanbanModel,
    Renderer: DocumentKanbanRenderer,
});
