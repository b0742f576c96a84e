import { Component, markup } from "@odoo/owl";
import { useDesk } from "./desk_hooks";

/** What the operator says, as the campaign's manager wrote it. */
export class DeskScript extends Component {
    static template = "crm_campaign_motivi.DeskScript";
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    get script() {
        // An Html field: the server has cleaned it when it was written.
        return markup(this.desk.payload.campaign.script || "");
    }
}
