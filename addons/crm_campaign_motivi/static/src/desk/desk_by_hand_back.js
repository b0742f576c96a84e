import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDesk } from "./desk_hooks";
import { deskPlaces } from "./desk_places";

/** Back to the form of the name that was opened by hand. */
export class DeskByHandBack extends Component {
    static template = "crm_campaign_motivi.DeskByHandBack";
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    get label() {
        return _t("Back to %s", this.desk.byHand?.name || "");
    }
}

deskPlaces.add("by_hand_back", {
    place: "start",
    component: DeskByHandBack,
    isShown: (desk) => Boolean(desk.byHand),
});
