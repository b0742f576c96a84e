import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** A plain link at the end of the row: opens the name's card in a new browser tab. */
export class OpenInNewTab extends Component {
    static template = "crm_callcenter.OpenInNewTab";
    static props = { ...standardWidgetProps };

    get href() {
        return `/odoo/names/${this.props.record.resId}`;
    }

    get title() {
        return _t("Open in a new tab");
    }
}

registry.category("view_widgets").add("open_in_new_tab", { component: OpenInNewTab });
