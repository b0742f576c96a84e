import { Component } from "@odoo/owl";
import { useDesk } from "@crm_campaign_motivi/desk/desk_hooks";
import { deskPlaces } from "@crm_campaign_motivi/desk/desk_places";

/**
 * The number of the contract just made, big enough to be read aloud. It stays over the
 * next name until it is closed or another outcome is confirmed.
 */
export class DeskProtocol extends Component {
    static template = "crm_campaign_segnalazioni.DeskProtocol";
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    hide() {
        this.desk.protocol = null;
    }
}

deskPlaces.add("protocol", {
    place: "freeze",
    component: DeskProtocol,
    isShown: (desk) => Boolean(desk.protocol),
});
