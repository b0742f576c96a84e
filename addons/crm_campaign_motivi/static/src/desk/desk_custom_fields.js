import { Component, useState } from "@odoo/owl";
import { useDesk } from "./desk_hooks";

/** What the company wants to know of the name; saved with the outcome. */
export class DeskCustomFields extends Component {
    static template = "crm_campaign_motivi.DeskCustomFields";
    static props = {};

    setup() {
        this.desk = useDesk();
        this.state = useState({ adding: "" });
    }

    get fields() {
        return this.desk.payload.custom_fields || [];
    }

    get possible() {
        return this.desk.payload.custom_possible || [];
    }

    get closed() {
        return this.desk.phase !== "name";
    }

    set(field, value) {
        return this.desk.changeCustom({ values: { [field.name]: value } });
    }

    toggle(field, id, checked) {
        const others = field.value.filter((other) => other !== id);
        return this.set(field, checked ? [...others, id] : others);
    }

    choose(field, value) {
        if (value === "add") {
            this.state.adding = field.name;
            return;
        }
        const known = field.choices.find((choice) => String(choice.id) === value);
        return this.set(field, known ? known.id : false);
    }

    add(field, label) {
        this.state.adding = "";
        if (label.trim()) {
            const value = `new:${label.trim()}`;
            return this.set(field, field.type === "choices" ? [...field.value, value] : value);
        }
    }

    show(id) {
        if (id) {
            return this.desk.changeCustom({ shown: [parseInt(id)] });
        }
    }
}
