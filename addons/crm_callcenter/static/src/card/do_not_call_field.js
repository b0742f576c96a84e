import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** A sign, with its words, on names that nobody may call; nothing on the others. */
export class DoNotCallField extends Component {
    static template = "crm_callcenter.DoNotCallField";
    static props = { ...standardFieldProps };

    get isForbidden() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("callcenter_do_not_call", {
    component: DoNotCallField,
    displayName: _t("Do-not-call sign"),
    supportedTypes: ["boolean"],
    isEmpty: () => false,
});
