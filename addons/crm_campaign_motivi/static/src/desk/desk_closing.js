import { Component } from "@odoo/owl";
import { useDesk } from "./desk_hooks";

/** What the sale is worth and when it should be closed: both required. */
export class DeskClosing extends Component {
    static template = "crm_campaign_motivi.DeskClosing";
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    get currency() {
        return this.desk.payload.campaign.currency?.symbol || "€";
    }

    set(field, value) {
        this.desk.name[field] = value;
        this.desk.saveDraft();
    }
}
