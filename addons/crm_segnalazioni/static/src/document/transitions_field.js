import { badgeStyle } from "@crm_callcenter/graph_node_field/colors";
import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { askBefore } from "./take_transition";

/**
 * The steps that the user may take with a document now, as buttons. The server says
 * which; it checks again, and its sentence is shown when a step is refused. The form
 * shows the state as well: what the user saw goes along with the step.
 */
export class TransitionsField extends Component {
    static template = "crm_segnalazioni.TransitionsField";
    static props = { ...standardFieldProps, large: { type: Boolean, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.state = useState({ busy: false });
    }

    get steps() {
        return this.props.record.data[this.props.name] || [];
    }

    style(step) {
        return this.props.large ? badgeStyle(step.color) : "";
    }

    dotStyle(step) {
        return badgeStyle(step.color);
    }

    async onClick(step) {
        if (this.state.busy) {
            return;
        }
        const { record } = this.props;
        this.state.busy = true;
        try {
            if (!(await record.save())) {
                return;
            }
            const expected = record.data.segnalazione_state_id;
            const answer = await askBefore(this.dialog, step);
            if (answer) {
                await this.take(step, expected, answer.reason);
            }
        } finally {
            this.state.busy = false;
        }
    }

    async take(step, expected, reason) {
        const { record } = this.props;
        try {
            await this.orm.call("sale.order", "take_transition", [
                [record.resId],
                step.id,
                expected ? expected.id : false,
                reason,
            ]);
        } finally {
            // A refusal may mean that somebody else was first: show what holds now.
            await record.load();
        }
    }
}

registry.category("fields").add("segnalazione_transitions", {
    component: TransitionsField,
    displayName: _t("Steps of a document"),
    supportedTypes: ["json"],
    extractProps: ({ options }) => ({ large: Boolean(options.large) }),
});
