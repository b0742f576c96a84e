import {ProgressBarField, progressBarField} from "@web/views/fields/progress_bar/progress_bar_field";
import {onWillUnmount} from "@odoo/owl";
import {registry} from "@web/core/registry";

const SECONDS = 2;

/**
 * Shows how far a job of the background is, and looks again until it has ended.
 */
export class RunProgress extends ProgressBarField {
    setup() {
        super.setup();
        this.timer = setInterval(() => this.look(), SECONDS * 1000);
        onWillUnmount(() => clearInterval(this.timer));
    }

    async look() {
        const {record} = this.props;
        if (["waiting", "running"].includes(record.data.state)) {
            await record.load();
        } else {
            clearInterval(this.timer);
        }
    }
}

registry.category("fields").add("callcenter_run_progress", {
    ...progressBarField,
    component: RunProgress,
    fieldDependencies: [{name: "state", type: "selection", readonly: true}],
});
