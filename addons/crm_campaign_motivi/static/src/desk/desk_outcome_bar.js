import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { DeskClosing } from "./desk_closing";
import { useDesk } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import { DeskPlace } from "./desk_places";
import { DeskRecall } from "./desk_recall";
import { KEYS, keyLabel, outcomeKey } from "./desk_shortcuts";
import { inWords, slotStart } from "./desk_time";
import { colorStyle } from "./desk_utils";

/** How the call ends: quick buttons, all outcomes, what the outcome asks for, CONFIRM. */
export class DeskOutcomeBar extends Component {
    static template = "crm_campaign_motivi.DeskOutcomeBar";
    static components = { DeskClosing, DeskKey, DeskPlace, DeskRecall };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.KEYS = KEYS;
        this.colorStyle = colorStyle;
        this.outcomeKey = outcomeKey;
    }

    get outcomes() {
        return this.desk.payload.outcomes;
    }

    get quickOutcomes() {
        return this.outcomes.filter((outcome) => outcome.quick_button);
    }

    /** All outcomes under the names of their kinds. */
    get groups() {
        const kinds = {
            R: _t("Call again"),
            N: _t("Negative"),
            C: _t("Closed on line"),
            T: _t("Appointment"),
        };
        return Object.entries(kinds)
            .map(([kind, label]) => ({
                label: `${kind} – ${label}`,
                outcomes: this.outcomes.filter((outcome) => outcome.kind === kind),
            }))
            .filter((group) => group.outcomes.length);
    }

    title(outcome) {
        const key = outcomeKey(outcome);
        return key ? `${outcome.name} (${keyLabel(key)})` : outcome.name;
    }

    isChosen(outcome) {
        return this.desk.name.outcomeId === outcome.id;
    }

    get appointmentWords() {
        const { slot, summary } = this.desk.agenda.accepted;
        return `${inWords(slotStart(slot))}, ${summary.agent}`;
    }

    onSelect(ev) {
        const outcomeId = Number(ev.target.value);
        if (outcomeId) {
            this.desk.chooseOutcome(outcomeId, false);
        }
    }

    /** The arrow keys go through the outcomes, Enter goes on to what the chosen one asks. */
    onSelectKeydown(ev) {
        if (ev.key === "Enter" && !ev.altKey && !ev.ctrlKey && this.desk.name.outcome) {
            ev.preventDefault();
            this.desk.focusDetails("confirm");
        }
    }
}
