import { Component } from "@odoo/owl";
import { useDesk } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import { KEYS } from "./desk_shortcuts";

/** After STOP: what will be lost, then CLOSE, or back to the name. */
export class DeskStopped extends Component {
    static template = "crm_campaign_motivi.DeskStopped";
    static components = { DeskKey };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.KEYS = KEYS;
    }
}
