import { Component } from "@odoo/owl";
import { useDesk } from "./desk_hooks";
import { shortDateTime } from "./desk_time";
import { colorStyle } from "./desk_utils";

/** Every earlier contact with the name, the latest on top. */
export class DeskHistory extends Component {
    static template = "crm_campaign_motivi.DeskHistory";
    static props = {};

    setup() {
        this.desk = useDesk();
        this.colorStyle = colorStyle;
        this.shortDateTime = shortDateTime;
    }
}
