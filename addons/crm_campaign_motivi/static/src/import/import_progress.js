import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Seconds that one batch may take, so that the bar moves and Stop answers. */
const BATCH_SECONDS = 1.5;
const SMALLEST_BATCH = 250;
const LARGEST_BATCH = 10000;

/**
 * Imports a staged file batch by batch and shows how far it is.
 *
 * Each batch is a transaction of its own: what is imported stays when the dialog is
 * stopped, the browser closed or the connection lost, and the button of the form
 * goes on from there.
 */
export class ListImportProgress extends Component {
    static template = "crm_campaign_motivi.ListImportProgress";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.batchSize = SMALLEST_BATCH;
        this.stopped = false;
        this.state = useState({ progress: null, running: true, error: "" });
        onMounted(() => this.run());
        onWillUnmount(() => {
            this.stopped = true;
        });
    }

    get importId() {
        return this.props.action.params.import_id;
    }

    get percent() {
        const progress = this.state.progress;
        if (!progress || !progress.total) {
            return 0;
        }
        return Math.floor((100 * (progress.total - progress.pending)) / progress.total);
    }

    count(state) {
        return this.state.progress[state].toLocaleString();
    }

    get status() {
        const progress = this.state.progress;
        if (!progress) {
            return _t("Starting…");
        }
        return _t("%(done)s of %(total)s rows", {
            done: (progress.total - progress.pending).toLocaleString(),
            total: progress.total.toLocaleString(),
        });
    }

    /** Import batches until every row is done, or somebody stops. */
    async run() {
        this.state.running = true;
        this.state.error = "";
        this.stopped = false;
        try {
            while (!this.stopped) {
                const start = performance.now();
                const progress = await this.orm.silent.call(
                    "crm.list.import",
                    "import_next_batch",
                    [[this.importId]],
                    { limit: this.batchSize }
                );
                this.adaptBatch((performance.now() - start) / 1000);
                this.state.progress = progress;
                if (progress.finished) {
                    break;
                }
            }
        } catch (error) {
            this.state.error =
                error.data?.message ||
                _t("The connection was lost. What was imported so far is safe.");
        }
        this.state.running = false;
        if (this.state.progress?.finished) {
            this.close();
        }
    }

    /** Choose the next batch so that it takes about BATCH_SECONDS. */
    adaptBatch(seconds) {
        const fitting = (this.batchSize * BATCH_SECONDS) / Math.max(seconds, 0.01);
        const growing = Math.min(fitting, this.batchSize * 2);
        this.batchSize = Math.round(
            Math.min(Math.max(growing, SMALLEST_BATCH), LARGEST_BATCH)
        );
    }

    stop() {
        this.stopped = true;
    }

    close() {
        this.action.doAction({ type: "ir.actions.act_window_close" });
    }
}

registry.category("actions").add("crm_list_import_progress", ListImportProgress);
