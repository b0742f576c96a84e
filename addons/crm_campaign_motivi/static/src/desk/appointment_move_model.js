import { _t } from "@web/core/l10n/translation";
import { DeskAgendaModel } from "./desk_agenda_model";
import { DeskAttempts } from "./desk_attempts";
import { callDesk, missing } from "./desk_server";

/** An appointment that is moved: the agenda of the desk, without a name in hand. */
export class AppointmentMoveModel extends DeskAttempts {
    /** The components of the agenda ask a desk what it has in hand: nothing. */
    name = null;
    payload = null;
    phase = "move";
    reason = "";
    /** What the server said when it was moved. */
    done = null;

    /**
     * @param {Object} orm the service
     * @param {number} eventId of the appointment
     */
    constructor(orm, eventId) {
        super();
        this.call = (method, values) =>
            callDesk(orm, `event_${method}`, { event_id: eventId, ...values });
        const methods = { agenda: "agenda", hold_slot: "hold_slot", drop_hold: "drop_hold" };
        this.agenda = new DeskAgendaModel((method, values) => this.call(methods[method], values));
    }

    get step() {
        return { kind: "agenda" };
    }

    async open() {
        await this.attempt(async () => {
            await this.agenda.open();
            this.askFocus("agenda");
        });
    }

    setReason(reason) {
        this.reason = reason;
    }

    async hold(slot) {
        await this.attemptOnce("hold", async () => {
            this.clearMessage();
            await this.agenda.hold(slot);
            this.askFocus(this.reason ? "accept" : "reason");
        });
    }

    /** CONFIRM APPOINTMENT: here it moves the appointment at once. */
    async acceptAppointment() {
        await this.attemptOnce("confirm", async () => {
            if (!this.reason.trim()) {
                throw missing(_t("Write why the appointment is moved."), "reason");
            }
            const { slot } = this.agenda.appointment;
            try {
                const { agent_id, start, stop } = slot;
                const answer = await this.call("move", {
                    slot: { agent_id, start, stop },
                    reason: this.reason,
                });
                this.agenda.appointment = null;
                this.done = answer.message;
            } catch (error) {
                await this.attempt(() => this.agenda.reload());
                throw error;
            }
        });
    }

    /** Give the held time back when the window is closed. */
    async leave() {
        if (!this.done) {
            await this.attempt(() => this.agenda.drop());
        }
    }

    async signOfLife() {
        await this.attempt(() => this.agenda.renew());
    }
}
