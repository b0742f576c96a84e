import { Component } from "@odoo/owl";
import { useDesk } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import { KEYS } from "./desk_shortcuts";
import { shortDateTime } from "./desk_time";

/** The last three conversations, and under them the note of this one. */
export class DeskNotes extends Component {
    static template = "crm_campaign_motivi.DeskNotes";
    static components = { DeskKey };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.KEYS = KEYS;
        this.shortDateTime = shortDateTime;
    }
}
