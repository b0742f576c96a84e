import { Component } from "@odoo/owl";
import { useDesk } from "./desk_hooks";
import { DeskKeyFields } from "./desk_key_fields";

/** Main fields of the name that the customer confirms on the line. */
export class DeskDataCheck extends Component {
    static template = "crm_campaign_motivi.DeskDataCheck";
    static components = { DeskKeyFields };
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    get isChecked() {
        return Boolean(this.desk.name.parts.steps.checked[this.desk.step.id]);
    }

    check(checked) {
        this.desk.name.parts.steps.checked[this.desk.step.id] = checked;
        this.desk.clearMessage();
        this.desk.saveDraft();
    }
}
