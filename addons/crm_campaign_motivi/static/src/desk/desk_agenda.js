import { Component, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { cellOf, moveInGrid, slotKey } from "./desk_agenda_grid";
import { DeskAppointment } from "./desk_appointment";
import { useDesk } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import { KEYS } from "./desk_shortcuts";
import { fromLocal, now } from "./desk_time";

/** The free time of the agents who cover the name's zone, week by week. */
export class DeskAgenda extends Component {
    static template = "crm_campaign_motivi.DeskAgenda";
    static components = { DeskAppointment, DeskKey };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.KEYS = KEYS;
        this.cellOf = cellOf;
        this.slotKey = slotKey;
        this.table = useRef("table");
        this.followFocus = false;
        useEffect(
            () => {
                if (this.followFocus) {
                    this.followFocus = false;
                    this.table.el?.querySelector("[tabindex='0']")?.focus();
                }
            },
            () => [this.agenda.focusKey, this.agenda.week]
        );
    }

    get agenda() {
        return this.desk.agenda;
    }

    get title() {
        const first = fromLocal(this.agenda.week.start);
        const last = first.plus({ days: 6 });
        const end = last.toLocaleString({ day: "numeric", month: "long", year: "numeric" });
        return `${first.toLocaleString({ day: "numeric", month: "long" })} – ${end}`;
    }

    weekday(day) {
        return fromLocal(day).toFormat("ccc");
    }

    dayOfMonth(day) {
        return fromLocal(day).toLocaleString({ day: "numeric", month: "numeric" });
    }

    isToday(day) {
        return day === now().toISODate();
    }

    hasSlots(grid, day) {
        return grid.times.some((time) => cellOf(grid, day, time).length);
    }

    initials(agentId) {
        const words = this.agenda.agentName(agentId).split(/\s+/).filter(Boolean);
        return words.length > 1 ? words[0][0] + words.at(-1)[0] : (words[0] || "?").slice(0, 2);
    }

    slotTitle(slot) {
        const day = fromLocal(slot.day).toLocaleString({
            weekday: "long",
            day: "numeric",
            month: "long",
        });
        return _t("%(day)s at %(time)s, %(agent)s", {
            day,
            time: slot.label,
            agent: this.agenda.agentName(slot.agent_id),
        });
    }

    isHeld(slot) {
        const { appointment } = this.agenda;
        return Boolean(appointment && slotKey(appointment.slot) === slotKey(slot));
    }

    async moveWeek(step) {
        this.followFocus = this.table.el?.contains(document.activeElement);
        await this.desk.attempt(() => this.agenda.moveWeek(step));
    }

    onSlotKeydown(ev, grid, slot) {
        if (ev.altKey || ev.ctrlKey || ev.metaKey) {
            return;
        }
        if (ev.key === "PageUp" || ev.key === "PageDown") {
            ev.preventDefault();
            this.moveWeek(ev.key === "PageUp" ? -1 : 1);
            return;
        }
        const next = moveInGrid(grid, slot, ev.key);
        if (next) {
            ev.preventDefault();
            this.followFocus = true;
            this.agenda.focusKey = slotKey(next);
        }
    }
}
