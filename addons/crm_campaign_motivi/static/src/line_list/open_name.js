import { registry } from "@web/core/registry";
import { OpenInNewTab } from "@crm_callcenter/views/open_in_new_tab";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** A plain link at the end of a line: opens the card of its name in a new browser tab. */
export class OpenNameInNewTab extends OpenInNewTab {
    static props = { ...standardWidgetProps };

    get href() {
        return `/odoo/names/${this.props.record.data.lead_id.id}`;
    }
}

registry.category("view_widgets").add("open_name_in_new_tab", {
    component: OpenNameInNewTab,
    fieldDependencies: [{ name: "lead_id", type: "many2one" }],
});
