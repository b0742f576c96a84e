import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { useAutofocus } from "@web/core/utils/hooks";

/** Asks why a document is brought to a state; nothing happens without an answer. */
export class ReasonDialog extends Component {
    static template = "crm_segnalazioni.ReasonDialog";
    static components = { Dialog };
    static props = { title: String, confirm: Function, close: Function };

    setup() {
        this.state = useState({ reason: "" });
        useAutofocus({ refName: "reason" });
    }

    get reason() {
        return this.state.reason.trim();
    }

    async onConfirm() {
        if (this.reason) {
            await this.props.confirm(this.reason);
            this.props.close();
        }
    }
}
