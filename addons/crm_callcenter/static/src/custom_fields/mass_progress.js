import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "crm.custom.field.mass";

/**
 * Drives a mass maintenance batch by batch and shows how far it is.
 *
 * Each batch is a transaction of its own. When the window is closed, the server goes
 * on by itself; Stop really stops.
 */
export class MassProgress extends Component {
    static template = "crm_callcenter.MassProgress";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.stopped = false;
        this.state = useState({ progress: null, running: true, error: "" });
        onMounted(() => this.run());
        onWillUnmount(() => {
            this.stopped = true;
        });
    }

    get jobId() {
        return this.props.action.params.job_id;
    }

    get percent() {
        const progress = this.state.progress;
        if (!progress) {
            return 0;
        }
        if (progress.finished || !progress.total) {
            return 100;
        }
        return Math.min(100, Math.floor((100 * progress.done) / progress.total));
    }

    get status() {
        const progress = this.state.progress;
        if (!progress) {
            return _t("Starting…");
        }
        return _t("%(done)s of %(total)s names", {
            done: progress.done.toLocaleString(),
            total: progress.total.toLocaleString(),
        });
    }

    count(name) {
        return this.state.progress[name].toLocaleString();
    }

    async run() {
        this.state.running = true;
        this.state.error = "";
        this.stopped = false;
        try {
            while (!this.stopped) {
                const progress = await this.orm.silent.call(MODEL, "run_next_batch", [
                    [this.jobId],
                ]);
                this.state.progress = progress;
                if (progress.finished) {
                    break;
                }
            }
        } catch (error) {
            this.state.error =
                error.data?.message ||
                _t("The connection was lost. The server goes on by itself.");
        }
        this.state.running = false;
    }

    async stop() {
        this.stopped = true;
        await this.orm.call(MODEL, "action_stop", [[this.jobId]]);
    }

    close() {
        this.action.doAction({ type: "ir.actions.act_window_close" });
        this.action.doAction("soft_reload");
    }
}

registry.category("actions").add("crm_custom_field_mass_progress", MassProgress);
