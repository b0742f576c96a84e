import { Component } from "@odoo/owl";
import { DeskAgenda } from "./desk_agenda";
import { DeskCustomFields } from "./desk_custom_fields";
import { useDesk } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import { DeskScript } from "./desk_script";
import { KEYS } from "./desk_shortcuts";

/** The middle of the desk: tabs, one pane at a time. */
export class DeskSteps extends Component {
    static template = "crm_campaign_motivi.DeskSteps";
    static components = { DeskAgenda, DeskCustomFields, DeskKey, DeskScript };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.KEYS = KEYS;
    }

    get hasAgenda() {
        return this.desk.name.kind === "T";
    }

    get hasCustomFields() {
        const { custom_fields, custom_possible } = this.desk.payload;
        return Boolean(custom_fields?.length || custom_possible?.length);
    }
}
