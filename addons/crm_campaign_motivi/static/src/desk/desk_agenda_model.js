import { _t } from "@web/core/l10n/translation";
import { Reactive } from "@web/core/utils/reactive";
import { DeskRefusal } from "./desk_server";
import { buildGrid, slotKey, slotsInOrder } from "./desk_agenda_grid";
import { fromLocal, fromServer, now } from "./desk_time";

/** Seconds before its end at which a hold is prolonged. */
const RENEW_BEFORE = 120;

/** The agents' agenda of the name in hand: the week on screen and the slot looked at. */
export class DeskAgendaModel extends Reactive {
    week = null;
    agentId = null;
    /** Day of the day view, "yyyy-mm-dd"; null in the week view. */
    day = null;
    focusKey = null;
    loading = false;
    /** The slot that is held: {slot, slotId, expiresAt, summary, accepted}. */
    appointment = null;

    /** @param {(method: string, values: Object) => Promise} call for the name in hand */
    constructor(call) {
        super();
        this.call = call;
    }

    get grid() {
        return buildGrid(this.week, this.agentId, this.day);
    }

    get byDay() {
        return this.day !== null;
    }

    get accepted() {
        return this.appointment?.accepted ? this.appointment : null;
    }

    colorIndex(agentId) {
        return this.week.agents.findIndex((agent) => agent.id === agentId) % 8;
    }

    agentName(agentId) {
        return this.week.agents.find((agent) => agent.id === agentId)?.name || "";
    }

    /** Load the first week that has something to offer. */
    async open() {
        await this.load();
        if (!this.week.slots.length && this.week.agents.length && this.mayGoOn) {
            await this.moveWeek(1);
        }
    }

    /** Load a week; without a date the one in which the first slot may be. */
    async load(startDate = null) {
        this.loading = true;
        try {
            this.week = await this.call("agenda", { start_date: startDate });
            if (this.byDay && !this.week.days.includes(this.day)) {
                this.day = this.firstDayWithSlots;
            }
            this.focusFirst();
        } finally {
            this.loading = false;
        }
    }

    /** Read the week on screen again; a time that is gone is no longer chosen. */
    async reload() {
        await this.load(this.week?.start || null);
        const slot = this.appointment?.slot;
        const offered = (other) => slotKey(other) === slotKey(slot);
        if (slot && this.week.days.includes(slot.day) && !this.week.slots.some(offered)) {
            this.appointment = null;
        }
    }

    async moveWeek(step) {
        if (!this.loading && (step < 0 ? this.mayGoBack : this.mayGoOn)) {
            await this.load(this.monday(step));
        }
    }

    /** The first day of the week on screen on which somebody is free, else its first. */
    get firstDayWithSlots() {
        const days = new Set(this.week.slots.map((slot) => slot.day));
        return this.week.days.find((day) => days.has(day)) || this.week.days[0];
    }

    /** From the week to one of its days, that of the time looked at, and back. */
    toggleView() {
        if (!this.week) {
            return;
        }
        const slot = this.focusedSlot;
        this.agentId = null;
        this.day = this.byDay ? null : slot?.day || this.firstDayWithSlots;
        this.focusNear(slot);
    }

    /** Show a day of the week on screen. */
    showDay(day) {
        this.day = day;
        // Side by side means all of them; the columns take the place of the choice.
        this.agentId = null;
        this.focusFirst();
    }

    /** The next or previous page: a week, or in the day view a day. */
    async movePage(step) {
        if (!this.byDay) {
            return this.moveWeek(step);
        }
        const day = fromLocal(this.day).plus({ days: step }).toISODate();
        if (this.week.days.includes(day)) {
            this.showDay(day);
        } else if (!this.loading && (step < 0 ? this.mayGoBack : this.mayGoOn)) {
            await this.load(day);
            this.showDay(day);
        }
    }

    get mayPageBack() {
        return this.byDay && this.day !== this.week?.days[0] ? true : this.mayGoBack;
    }

    get mayPageOn() {
        return this.byDay && this.day !== this.week?.days.at(-1) ? true : this.mayGoOn;
    }

    get focusedSlot() {
        return this.week.slots.find((slot) => slotKey(slot) === this.focusKey) || null;
    }

    /** Keep the keyboard on the same time where the grid still has it. */
    focusNear(slot) {
        const same = slot && slotsInOrder(this.grid).find((one) => slotKey(one) === slotKey(slot));
        if (same) {
            this.focusKey = slotKey(same);
        } else {
            this.focusFirst();
        }
    }

    /** The Monday some weeks from the one on screen, "yyyy-mm-dd". */
    monday(step) {
        return fromLocal(this.week.start).plus({ weeks: step }).toISODate();
    }

    get mayGoBack() {
        return Boolean(this.week) && this.week.start > now().toISODate();
    }

    get mayGoOn() {
        return Boolean(this.week) && this.monday(1) <= this.week.last_day;
    }

    showAgent(agentId) {
        this.agentId = agentId;
        this.focusFirst();
    }

    focusFirst() {
        const slots = slotsInOrder(this.grid);
        const held = this.appointment && slotKey(this.appointment.slot);
        const first = slots.find((slot) => slotKey(slot) === held) || slots[0];
        this.focusKey = first ? slotKey(first) : null;
    }

    /** Keep a slot for this operator while it is talked about. */
    async hold(slot) {
        this.focusKey = slotKey(slot);
        try {
            this.appointment = await this.requestHold(slot);
        } catch (error) {
            this.appointment = null;
            await this.reload();
            // What had the keyboard may be gone.
            error.focus = "agenda";
            throw error;
        }
    }

    async requestHold(slot) {
        const held = await this.call("hold_slot", {
            agent_id: slot.agent_id,
            start: slot.start,
            stop: slot.stop,
        });
        return {
            slot,
            slotId: held.slot_id,
            expiresAt: held.expires_at,
            summary: held.summary,
            accepted: false,
        };
    }

    accept() {
        this.appointment.accepted = true;
    }

    /** Give the slot back, so that colleagues may have it. */
    async drop() {
        if (this.appointment) {
            this.appointment = null;
            await this.call("drop_hold");
        }
    }

    /** Prolong the hold when it is about to run out. */
    async renew() {
        const appointment = this.appointment;
        if (!appointment || !this.runsOut(appointment)) {
            return;
        }
        try {
            const renewed = await this.requestHold(appointment.slot);
            if (this.appointment === appointment) {
                Object.assign(appointment, renewed, { accepted: appointment.accepted });
            }
        } catch (error) {
            if (!(error instanceof DeskRefusal)) {
                throw error;
            }
            this.appointment = null;
            throw new DeskRefusal(
                _t("The appointment's time is no longer free. Choose another one.")
            );
        }
    }

    runsOut(appointment) {
        return fromServer(appointment.expiresAt).diffNow("seconds").seconds < RENEW_BEFORE;
    }
}
