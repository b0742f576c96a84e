import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { NameAndSignature } from "@web/core/signature/name_and_signature";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The customer writes on the screen; Odoo's own pad, with words of a contract. */
export class DocumentSignatureDialog extends Component {
    static template = "crm_segnalazioni.DocumentSignatureDialog";
    static components = { Dialog, NameAndSignature };
    static props = { name: String, document: String, confirm: Function, close: Function };

    setup() {
        this.signature = useState({ name: this.props.name, isSignatureEmpty: true });
        this.state = useState({ busy: false });
    }

    get isReady() {
        return !this.signature.isSignatureEmpty && !this.state.busy;
    }

    async onConfirm() {
        this.state.busy = true;
        try {
            const image = this.signature.getSignatureImage().split(",")[1];
            await this.props.confirm(this.signature.name, image);
            this.props.close();
        } finally {
            this.state.busy = false;
        }
    }
}

/** The button that has a document signed, where the server says that it may be. */
export class TakeSignatureField extends Component {
    static template = "crm_segnalazioni.TakeSignatureField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
    }

    get isOpen() {
        return this.props.record.data[this.props.name];
    }

    onClick() {
        const { record } = this.props;
        const customer = record.data.partner_id;
        this.dialog.add(DocumentSignatureDialog, {
            name: (customer && customer.display_name) || "",
            document: record.data.name || "",
            confirm: (name, image) => this.keep(name, image),
        });
    }

    async keep(name, image) {
        const { record } = this.props;
        await this.orm.call("sale.order", "take_signature", [[record.resId], name, image]);
        await record.load();
    }
}

registry.category("fields").add("take_signature", {
    component: TakeSignatureField,
    displayName: _t("Signature of the customer"),
    supportedTypes: ["boolean"],
});
