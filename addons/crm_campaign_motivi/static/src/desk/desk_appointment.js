import { Component } from "@odoo/owl";
import { DeskClosing } from "./desk_closing";
import { useDesk } from "./desk_hooks";
import { inWords, slotStart } from "./desk_time";
import { formatPhone } from "./desk_utils";

/** Who, when and where, to be read aloud; then CONFIRM APPOINTMENT. */
export class DeskAppointment extends Component {
    static template = "crm_campaign_motivi.DeskAppointment";
    static components = { DeskClosing };
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    get appointment() {
        return this.desk.agenda.appointment;
    }

    get when() {
        return inWords(slotStart(this.appointment.slot));
    }

    /** What is in the cart, else what the campaign sells. */
    get products() {
        const cart = Object.values(this.desk.name?.parts?.cart?.lines || {});
        const names = cart.map((line) => line.name).filter(Boolean);
        return (names.length ? names : this.appointment.summary.products || []).join(", ");
    }

    get phones() {
        return (this.appointment.summary.phone || "").split(", ").map(formatPhone).join(", ");
    }

    giveUp() {
        this.desk.attempt(async () => {
            await this.desk.agenda.drop();
            this.desk.askFocus("agenda");
        });
    }
}
