import { Component } from "@odoo/owl";
import { useDesk } from "./desk_hooks";
import { DeskPlace } from "./desk_places";

/** Who is called, and why. */
export class DeskName extends Component {
    static template = "crm_campaign_motivi.DeskName";
    static components = { DeskPlace };
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    get lead() {
        return this.desk.payload.lead;
    }

    get title() {
        const { lead_kind, partner_name, contact_name, name } = this.lead;
        return (lead_kind === "company" ? partner_name : contact_name) || name;
    }

    /** The contact of a company, or the company of a person. */
    get second() {
        const { lead_kind, partner_name, contact_name } = this.lead;
        const second = lead_kind === "company" ? contact_name : partner_name;
        return second === this.title ? "" : second;
    }

    get icon() {
        return this.lead.lead_kind === "company" ? "fa-building-o" : "fa-user-o";
    }

    get isRecall() {
        return Boolean(this.desk.payload.recall_at);
    }

    get town() {
        const { zip, city, province } = this.lead;
        const place = [zip, city].filter(Boolean).join(" ");
        return province ? `${place} (${province})` : place;
    }
}
