import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { useService } from "@web/core/utils/hooks";

/** How values were written before they were normalised; each can be written so again. */
export class WrittenOriginals extends Component {
    static template = "crm_dedup.WrittenOriginals";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
    }

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    async restore(row) {
        const { record } = this.props;
        if (!(await record.save())) {
            return;
        }
        await this.orm.call(record.resModel, "action_restore_original", [[record.resId], row.field]);
        await record.load();
    }
}

export const writtenOriginals = {
    component: WrittenOriginals,
    supportedTypes: ["json"],
};
registry.category("fields").add("written_originals", writtenOriginals);
