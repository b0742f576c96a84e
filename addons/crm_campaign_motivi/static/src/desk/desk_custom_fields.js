import { Component, useState } from "@odoo/owl";
import { useDesk } from "./desk_hooks";

/** What the company wants to know of the name; each change is saved at once. */
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

    async change(method, values) {
        await this.desk.attempt(async () => {
            const changed = await this.desk.call(method, { ...this.desk.claim, ...values });
            Object.assign(this.desk.payload, changed);
            this.desk.clearMessage();
        });
    }

    set(field, value) {
        return this.change("set_custom_field", { name: field.name, value });
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
        return this.set(field, parseInt(value) || false);
    }

    async add(field, label) {
        this.state.adding = "";
        if (label.trim()) {
            await this.change("add_custom_choice", { name: field.name, label });
        }
    }

    show(id) {
        if (id) {
            return this.change("show_custom_field", { field_id: parseInt(id) });
        }
    }
}
