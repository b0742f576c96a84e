import { Component } from "@odoo/owl";
import { keyFieldValue, setKeyField } from "./desk_data_part";
import { useDesk } from "./desk_hooks";

/** Main fields of the name as inputs, filled with what is known. */
export class DeskKeyFields extends Component {
    static template = "crm_campaign_motivi.DeskKeyFields";
    static props = { names: { type: Array, optional: true }, focus: String };

    setup() {
        this.desk = useDesk();
    }

    get fields() {
        const fields = this.desk.payload.key_fields || [];
        const { names } = this.props;
        return names
            ? names.map((name) => fields.find((field) => field.name === name)).filter(Boolean)
            : fields;
    }

    get closed() {
        return this.desk.phase !== "name";
    }

    get firstOpen() {
        return this.fields.find((field) => !field.readonly);
    }

    value(field) {
        return keyFieldValue(this.desk, field);
    }

    isCorrected(field) {
        return field.name in this.desk.name.parts.data.values;
    }

    set(field, value) {
        setKeyField(this.desk, field, value);
    }
}
