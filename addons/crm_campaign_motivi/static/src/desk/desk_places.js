import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useDesk } from "./desk_hooks";

/**
 * What other files put onto the desk: {place, component, isShown(desk)?}, in the order of
 * their sequence. Places: "header" (line on top), "banner" (under it, full width), "name"
 * (under the name's facts), "phones" (under the numbers), "details" (beside what the
 * outcome asks for), "start" (without a name), "freeze" (over everything).
 */
export const deskPlaces = registry.category("crm_desk_places");

/** Everything that was put into one place of the desk. */
export class DeskPlace extends Component {
    static template = "crm_campaign_motivi.DeskPlace";
    static props = { name: String };

    setup() {
        this.desk = useDesk();
    }

    get parts() {
        return deskPlaces
            .getEntries()
            .filter(
                ([, part]) =>
                    part.place === this.props.name && (!part.isShown || part.isShown(this.desk))
            )
            .map(([key, part]) => ({ key, component: part.component }));
    }
}
