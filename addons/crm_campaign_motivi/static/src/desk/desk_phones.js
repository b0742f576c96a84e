import { Component } from "@odoo/owl";
import { useDesk } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import { DeskPlace } from "./desk_places";
import { KEYS } from "./desk_shortcuts";
import { DeskTimer } from "./desk_timer";
import { formatPhone } from "./desk_utils";

/** The numbers, each dialled by a click, and the call that is going on. */
export class DeskPhones extends Component {
    static template = "crm_campaign_motivi.DeskPhones";
    static components = { DeskKey, DeskPlace, DeskTimer };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.KEYS = KEYS;
        this.formatPhone = formatPhone;
    }

    get call() {
        return this.desk.name.call;
    }

    isCalled(phone) {
        return this.desk.name.onCall && this.call.field === phone.field;
    }
}
