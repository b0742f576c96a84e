import { Component, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { cellOf, countOf, moveInGrid, slotKey } from "./desk_agenda_grid";
import { DeskAppointment } from "./desk_appointment";
import { useDesk } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import { deskShortcuts, KEYS } from "./desk_shortcuts";
import { fromLocal, now } from "./desk_time";

/**
 * The free time of the agents who cover the name's zone: by week, with a mark for each
 * agent, or by day, with a column for each agent side by side.
 */
export class DeskAgenda extends Component {
    static template = "crm_campaign_motivi.DeskAgenda";
    static components = { DeskAppointment, DeskKey };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.KEYS = KEYS;
        this.cellOf = cellOf;
        this.slotKey = slotKey;
        this.VIEW_KEY = "alt+shift+y";
        this.table = useRef("table");
        this.followFocus = false;
        useEffect(
            () => {
                if (this.followFocus) {
                    this.followFocus = false;
                    this.table.el?.querySelector("[tabindex='0']")?.focus();
                }
            },
            () => [this.agenda.focusKey, this.agenda.week, this.agenda.day]
        );
    }

    get agenda() {
        return this.desk.agenda;
    }

    get title() {
        if (this.agenda.byDay) {
            return this.longDay(this.agenda.day);
        }
        const first = fromLocal(this.agenda.week.start);
        const last = first.plus({ days: 6 });
        const end = last.toLocaleString({ day: "numeric", month: "long", year: "numeric" });
        return `${first.toLocaleString({ day: "numeric", month: "long" })} – ${end}`;
    }

    longDay(day) {
        return fromLocal(day).toLocaleString({
            weekday: "long",
            day: "numeric",
            month: "long",
            year: "numeric",
        });
    }

    get previousTitle() {
        return this.agenda.byDay ? _t("Previous day") : _t("Previous week");
    }

    get nextTitle() {
        return this.agenda.byDay ? _t("Next day") : _t("Next week");
    }

    /** What a free time of the day view says: how many of the agent's are left. */
    freeTimes(grid, agentId) {
        const count = countOf(grid, agentId);
        return count ? _t("%(count)s free", { count }) : _t("no free time");
    }

    agentZone(agentId) {
        return this.agenda.week.agents.find((agent) => agent.id === agentId)?.zone || "";
    }

    get emptySentence() {
        const { week, byDay, agentId } = this.agenda;
        if (week.empty_reason) {
            return week.empty_reason;
        }
        if (agentId) {
            return byDay
                ? _t("This agent has no free time on this day.")
                : _t("This agent has no free time in this week.");
        }
        return _t("Nobody has free time on this day. Look at another day, or at the week.");
    }

    toggleView() {
        this.followFocus = true;
        this.agenda.toggleView();
    }

    showDay(day) {
        this.followFocus = true;
        this.agenda.showDay(day);
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

    hasSlots(grid, column) {
        return countOf(grid, column) > 0;
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

    async openAgain() {
        await this.desk.attempt(async () => {
            await this.agenda.open();
            this.desk.clearMessage();
            this.desk.askFocus("agenda");
        });
    }

    async movePage(step) {
        this.followFocus = this.table.el?.contains(document.activeElement);
        await this.desk.attempt(() => this.agenda.movePage(step));
    }

    onSlotKeydown(ev, grid, slot) {
        if (ev.altKey || ev.ctrlKey || ev.metaKey) {
            return;
        }
        if (ev.key === "PageUp" || ev.key === "PageDown") {
            ev.preventDefault();
            this.movePage(ev.key === "PageUp" ? -1 : 1);
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

deskShortcuts.add("agenda_view", {
    phases: ["name"],
    key: "alt+shift+y",
    run(desk) {
        if (desk.agenda?.week && desk.step?.kind === "agenda") {
            desk.agenda.toggleView();
            desk.askFocus("agenda");
        }
    },
    help: _t("Agenda: week with all agents, or day with the agents side by side"),
});
