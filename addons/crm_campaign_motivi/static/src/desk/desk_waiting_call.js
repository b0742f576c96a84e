import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { DISMISS_CALL } from "./desk_call";
import { useDesk } from "./desk_hooks";
import { deskPlaces } from "./desk_places";
import { keyLabel } from "./desk_shortcuts";
import { formatPhone } from "./desk_utils";

/** Somebody is calling while the operator has another name in hand. */
export class DeskWaitingCall extends Component {
    static template = "crm_campaign_motivi.DeskWaitingCall";
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    get text() {
        // Null while the part is on its way out.
        const number = this.desk.waitingCall?.number;
        return number
            ? _t("Call from %s", formatPhone(number))
            : _t("Call without a number");
    }

    /** How many wait behind this one. */
    get more() {
        return this.desk.waitingCalls.length - 1;
    }

    get dismissTitle() {
        return _t("Don't take this call (%s)", keyLabel(DISMISS_CALL));
    }

    get isFree() {
        return this.desk.phase === "start";
    }
}

deskPlaces.add("waiting_call", {
    place: "header",
    component: DeskWaitingCall,
    isShown: (desk) => Boolean(desk.waitingCall),
});
