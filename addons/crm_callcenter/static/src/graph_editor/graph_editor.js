import { Component, onWillStart, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";

import { GraphDrawing } from "./graph_drawing";
import { GraphMatrix } from "./graph_matrix";
import { GraphTypes } from "./graph_types";

/**
 * The relations editor: types left, their outcomes as a matrix right, the drawn graph
 * of the whole configuration below.
 *
 * The server sends the whole graph after every saved change, so that what is shown is
 * what is stored, whoever changed it.
 */
export class GraphEditor extends Component {
    static template = "crm_callcenter.GraphEditor";
    static components = { GraphDrawing, GraphMatrix, GraphTypes, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        // One change after the other: an older answer must not come last.
        this.mutex = new Mutex();
        this.display = { controlPanel: {} };
        this.views = [
            { id: "both", label: _t("Matrix and graph"), icon: "fa-columns" },
            { id: "matrix", label: _t("Matrix only"), icon: "fa-table" },
            { id: "graph", label: _t("Graph only"), icon: "fa-sitemap" },
        ];
        this.state = useState({
            graph: null,
            typeId: false,
            view: "both",
            saving: false,
            refusal: null,
            showsInactive: false,
        });
        onWillStart(() => this.reload());
    }

    get graph() {
        return this.state.graph;
    }

    get type() {
        return this.graph.types.find((type) => type.id === this.state.typeId);
    }

    get hasActiveType() {
        return this.graph.types.some((type) => type.active);
    }

    async reload() {
        this.accept(await this.orm.call("crm.graph", "get_graph", []));
    }

    accept(graph) {
        this.state.graph = graph;
        if (!this.type) {
            const first =
                graph.types.find((type) => graph.findings.starts.includes(type.id)) ||
                graph.types.find((type) => type.active) ||
                graph.types[0];
            this.state.typeId = first ? first.id : false;
        }
    }

    selectType(typeId) {
        this.state.typeId = typeId;
        this.state.refusal = null;
    }

    // ------------------------------------------------------------
    // CHANGES
    // ------------------------------------------------------------

    /**
     * Save one change of the matrix.
     *
     * @param {number} outcomeId
     * @param {Object|null} values what changes, `null` to take the tick away
     * @returns {Promise<boolean>} whether it was saved; if not, the sentence is shown
     */
    save(outcomeId, values) {
        const { typeId } = this.state;
        return this.mutex.exec(() => this.saveNow(typeId, outcomeId, values));
    }

    async saveNow(typeId, outcomeId, values) {
        const [method, rest] = values ? ["save_relation", [values]] : ["remove_relation", []];
        this.state.saving = true;
        this.state.refusal = null;
        try {
            this.accept(
                await this.orm.call("crm.graph", method, [typeId, outcomeId, ...rest])
            );
            return true;
        } catch (error) {
            this.state.refusal = {
                outcomeId,
                sentence:
                    error.data?.message ||
                    _t("The connection was lost, so the change was not saved. Try again."),
            };
            return false;
        } finally {
            this.state.saving = false;
        }
    }

    /** Say why a value is not even sent. */
    refuse(outcomeId, sentence) {
        this.state.refusal = { outcomeId, sentence };
    }

    openForm(resModel, title, resId = false) {
        const isType = resModel === "mail.activity.type";
        this.dialog.add(FormViewDialog, {
            resModel,
            resId,
            title,
            canExpand: false,
            context:
                isType && !resId
                    ? { default_is_commercial: true, default_res_model: "crm.lead" }
                    : {},
            onRecordSaved: async (record) => {
                await this.reload();
                if (isType) {
                    this.selectType(record.resId);
                }
            },
        });
    }

    newType() {
        this.openForm("mail.activity.type", _t("New Type"));
    }

    newOutcome() {
        this.openForm("crm.outcome", _t("New Outcome"));
    }

    editType(typeId) {
        this.openForm("mail.activity.type", _t("Type"), typeId);
    }

    editOutcome(outcomeId) {
        this.openForm("crm.outcome", _t("Outcome"), outcomeId);
    }

    importFile() {
        this.action.doAction("crm_callcenter.crm_graph_transfer_action", {
            onClose: () => this.reload(),
        });
    }

    exportFile() {
        this.action.doAction("crm_callcenter.crm_graph_transfer_action_export");
    }
}

registry.category("actions").add("crm_graph_editor", GraphEditor);
