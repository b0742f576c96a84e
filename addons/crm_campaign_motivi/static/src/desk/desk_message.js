import { Component } from "@odoo/owl";
import { useDesk } from "./desk_hooks";

const ICONS = {
    success: "fa-check-circle",
    danger: "fa-exclamation-triangle",
    info: "fa-info-circle",
};

/** The line in which the desk talks; its room is always there, so nothing jumps. */
export class DeskMessage extends Component {
    static template = "crm_campaign_motivi.DeskMessage";
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    get icon() {
        return ICONS[this.desk.message.type];
    }
}
