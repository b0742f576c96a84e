import { _t } from "@web/core/l10n/translation";
import { Reactive } from "@web/core/utils/reactive";
import { formatFloat } from "@web/views/fields/formatters";
import { parseFloat } from "@web/views/fields/parsers";
import { isUnsaved } from "./desk_draft";
import { initialParts, partsConfirmValues, partsRevenue } from "./desk_parts";
import { callingHours } from "./desk_recall_windows";
import { missing } from "./desk_server";
import { fromLocal, now, shortDateTime, toServer } from "./desk_time";
import { newToken } from "./desk_utils";

/** What is done on one name between "next name" and "confirm outcome", all unsaved. */
export class DeskNameState extends Reactive {
    note = "";
    outcomeId = null;
    recall = { date: "", time: "", scope: "public", wish: false };
    revenue = "";
    deadline = "";
    /** Of custom fields: values by technical name, and ids of fields shown by hand. */
    custom = { values: {}, shown: [] };
    /** The dial: {uuid, field, number, startedAt, endedAt}, times in milliseconds. */
    call = null;
    /** What other parts of the desk have done on the name, see `desk_parts.js`. */
    parts = {};

    /**
     * @param {Object} payload of the server
     * @param {Object} [draft] what was written on this name before a reload
     */
    constructor(payload, draft = {}) {
        super();
        this.payload = payload;
        // One token per name served: confirming again after a lost answer saves once.
        this.token = newToken();
        this.revenue = formatFloat(payload.campaign.expected_revenue || 0, {
            digits: [16, payload.campaign.currency?.digits ?? 2],
        });
        this.deadline = payload.campaign.expected_closing || "";
        Object.assign(this, draft);
        this.parts = { ...initialParts(payload), ...draft.parts };
    }

    get draft() {
        const { payload, note, outcomeId, recall, revenue, deadline, custom, call, token } =
            this;
        const { parts } = this;
        return {
            lineId: payload.line_id,
            leadId: payload.lead.id,
            leadName: payload.lead.name,
            claimToken: payload.claim_token,
            values: { note, outcomeId, recall, revenue, deadline, custom, call, token, parts },
        };
    }

    get dirty() {
        return isUnsaved(this);
    }

    get customDirty() {
        return Boolean(Object.keys(this.custom.values).length || this.custom.shown.length);
    }

    /** @param {Object} changes further `values` and `shown` of custom fields */
    changeCustom({ values = {}, shown = [] }) {
        this.custom = {
            values: { ...this.custom.values, ...values },
            shown: [...this.custom.shown, ...shown],
        };
        for (const field of this.payload.custom_fields) {
            if (field.name in values) {
                field.value = values[field.name];
            }
        }
    }

    get outcome() {
        return this.payload.outcomes.find((outcome) => outcome.id === this.outcomeId) || null;
    }

    get kind() {
        return this.outcome?.kind || null;
    }

    get onCall() {
        return Boolean(this.call && !this.call.endedAt);
    }

    /** @param {{call_uuid: string, e164: string}} incoming the call that is being taken */
    takeCall(incoming) {
        const phone = this.payload.phones.find(({ e164 }) => e164 && e164 === incoming.e164);
        this.call = {
            uuid: incoming.call_uuid,
            field: phone?.field || null,
            number: incoming.e164,
            startedAt: Date.now(),
            endedAt: null,
        };
    }

    choose(outcomeId) {
        this.outcomeId = outcomeId;
        this.recall.wish = false;
        this.recall.scope = this.outcome?.recall_scope || "public";
    }

    /** @param {luxon.DateTime} moment in the user's time zone */
    setRecall(moment) {
        this.recall.date = moment.toISODate();
        this.recall.time = moment.toFormat("HH:mm");
    }

    /** @returns {luxon.DateTime|null} in the user's time zone */
    get recallAt() {
        const moment = fromLocal(`${this.recall.date}T${this.recall.time}`);
        return this.recall.date && this.recall.time && moment.isValid ? moment : null;
    }

    /** What is known of the calling hours, see `callingHours`. */
    get knownHours() {
        return [this.payload.recall, this.payload.recallLater].filter(Boolean);
    }

    /** Whether the name may be called when it is to be called again; null without a time. */
    get recallHours() {
        return this.recallAt && callingHours(this.knownHours, this.recallAt);
    }

    /**
     * What `confirm` gets.
     *
     * @param {Object|null} appointment accepted in the agenda
     * @throws {DeskRefusal} something is missing; `focus` says what
     */
    confirmValues(appointment) {
        if (!this.outcome) {
            throw missing(_t("Choose an outcome first."), "outcome");
        }
        const values = {
            token: this.token,
            outcome_id: this.outcomeId,
            note: this.note.trim(),
            custom_changes: this.customDirty ? this.custom : null,
            call_uuid: this.call?.uuid || null,
        };
        if (this.kind === "R") {
            Object.assign(values, this.recallValues());
        } else if (this.kind === "T") {
            if (!appointment) {
                throw missing(
                    _t("Choose a time in the agenda and confirm the appointment first."),
                    "step:agenda:agenda"
                );
            }
            const { agent_id, start, stop } = appointment.slot;
            Object.assign(values, { slot: { agent_id, start, stop } }, this.closingValues());
        } else if (this.kind === "C") {
            Object.assign(values, this.closingValues());
        }
        return Object.assign(values, partsConfirmValues(this.parts, this));
    }

    /** Whether the name is tried again by itself when no time is entered. */
    get retriesByItself() {
        return Boolean(this.outcome?.retry_minutes);
    }

    recallValues() {
        const { date, time } = this.recall;
        if (!date && !time && this.retriesByItself) {
            return {};
        }
        if (!this.recallAt) {
            throw missing(_t("Enter the date and time of the next call."), "recall");
        }
        if (this.recallAt <= now()) {
            throw missing(
                _t("The time of the next call has passed already. Choose a later one."),
                "recall"
            );
        }
        const values = {
            recall_at: toServer(this.recallAt),
            recall_scope: this.recall.scope,
        };
        return { ...values, ...this.recallWish() };
    }

    /** Outside the calling hours a recall is promised only where the customer asks for it. */
    recallWish() {
        const { isOpen, opening } = this.recallHours;
        if (isOpen) {
            return {};
        }
        if (!this.recall.wish || !this.payload.recall.may_wish) {
            throw missing(
                opening
                    ? _t(
                          "Nobody is called at that hour. The calling hours begin again on %s.",
                          shortDateTime(toServer(opening))
                      )
                    : _t("Nobody is called at that hour, nor in the weeks after it. Choose another."),
                opening ? "opening" : "recall"
            );
        }
        if (!this.note.trim()) {
            throw missing(
                _t(
                    "Write in the note what the customer said: it is the proof that this hour was asked for."
                ),
                "note"
            );
        }
        return { recall_by_wish: true };
    }

    /** What the sale is worth, when something on the desk knows it. */
    get knownRevenue() {
        return partsRevenue(this.parts, this);
    }

    closingValues() {
        // An appointment's are beside its time, a sale's beside the outcome.
        const where = this.kind === "T" ? "step:agenda:" : "";
        let revenue = this.knownRevenue ?? NaN;
        try {
            if (this.knownRevenue === null && this.revenue.trim()) {
                revenue = parseFloat(this.revenue);
            }
        } catch {
            // It is no number: said below.
        }
        if (!(revenue >= 0)) {
            throw missing(_t("Enter the expected revenue, zero or more."), `${where}closing`);
        }
        if (!this.deadline) {
            throw missing(
                _t("Enter the date on which the sale should be closed."),
                `${where}deadline`
            );
        }
        return { expected_revenue: revenue, date_deadline: this.deadline };
    }
}
