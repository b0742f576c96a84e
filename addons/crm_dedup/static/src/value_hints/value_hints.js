import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** What can't be right on a form, each with the ways to put it right by one click. */
export class ValueHints extends Component {
    static template = "crm_dedup.ValueHints";
    static props = { ...standardFieldProps };

    get hints() {
        return this.props.record.data[this.props.name] || [];
    }

    waysOf(hint) {
        const shown = this.props.record.activeFields;
        return hint.ways.filter((way) => Object.keys(way.values).every((name) => name in shown));
    }

    use(way) {
        return this.props.record.update(way.values);
    }
}

export const valueHints = {
    component: ValueHints,
    supportedTypes: ["json"],
};
registry.category("fields").add("value_hints", valueHints);
