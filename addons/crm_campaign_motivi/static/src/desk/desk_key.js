import { Component } from "@odoo/owl";
import { keyLabel } from "./desk_shortcuts";

/** The key that does what a button does, shown on or beside the button. */
export class DeskKey extends Component {
    static template = "crm_campaign_motivi.DeskKey";
    static props = { hotkey: String };

    get label() {
        return keyLabel(this.props.hotkey);
    }
}
