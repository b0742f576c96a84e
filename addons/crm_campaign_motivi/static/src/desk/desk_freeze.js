import { Component, onMounted, useRef } from "@odoo/owl";
import { useDesk } from "./desk_hooks";
import { deskPlaces } from "./desk_places";

/** The operator goes on in another window: this one says so, and does nothing. */
export class DeskFreeze extends Component {
    static template = "crm_campaign_motivi.DeskFreeze";
    static props = {};

    setup() {
        this.desk = useDesk();
        const button = useRef("unfreeze");
        onMounted(() => button.el.focus());
    }
}

deskPlaces.add("frozen", {
    place: "freeze",
    component: DeskFreeze,
    isShown: (desk) => desk.frozen,
});
