import { markRaw } from "@odoo/owl";
import { DeskAttempts } from "./desk_attempts";
import { deskDraft } from "./desk_draft";
import { isDialable, shownPhones } from "./desk_numbers";
import { callDesk } from "./desk_server";
import { findStep, stepsOf, tabAfterOutcome } from "./desk_step_kinds";
import { telephone } from "./desk_telephone";

/** What is done on the name in hand before its outcome is confirmed. */
export class DeskWork extends DeskAttempts {
    /** "loading", "start" (no name), "name", or "stopped": nothing will be saved. */
    phase = "loading";
    userId = null;
    /** @type {import("./desk_name_state").DeskNameState|null} */
    name = null;
    /** @type {import("./desk_agenda_model").DeskAgendaModel|null} */
    agenda = null;
    /**
     * The call of `confirm` that is on its way, while it is. Nothing shows it: whatever read
     * it would be drawn in the moment in which the name goes.
     */
    sending = markRaw({ request: undefined });
    /** Key of the step whose tab is open in the middle: "script", "agenda", "cart"… */
    tab = "script";

    /** The operator's own day, as the server said last: {names, kinds, last}. */
    today = null;
    /** Where a name has numbers: {field, label, editable}. */
    numberFields = [];

    constructor(orm) {
        super();
        this.call = async (method, values) =>
            this.readAnswer(await callDesk(orm, method, values));
        this.callQuietly = async (method, values) =>
            this.readAnswer(await callDesk(orm.silent, method, values));
    }

    /** Whatever the server answers may say how the day goes, and what may be changed. */
    readAnswer(answer) {
        if (answer?.today) {
            this.today = answer.today;
        }
        if (answer?.number_fields) {
            this.numberFields = answer.number_fields;
        }
        return answer;
    }

    get payload() {
        return this.name?.payload || null;
    }

    get claim() {
        return { line_id: this.payload.line_id, claim_token: this.payload.claim_token };
    }

    /** The steps of the call, as tabs: {key, kind, name}. */
    get steps() {
        return stepsOf(this.name);
    }

    /** The step whose tab is open. */
    get step() {
        const { steps } = this;
        return findStep(steps, this.tab) || steps[0];
    }

    /** The numbers with what was said of them, see `desk_numbers.js`. */
    get phones() {
        return shownPhones(this.payload.phones, this.name.parts.numbers.changes);
    }

    /** Those that the keys dial, in their order. */
    get dialable() {
        return this.phones.filter(isDialable);
    }

    get inHand() {
        return this.phase === "name" || this.phase === "stopped";
    }

    /** Something would be lost if the page were closed. */
    get dirty() {
        return Boolean(this.inHand && (this.name.dirty || this.agenda.appointment));
    }

    // ------------------------------------------------------------
    // The call
    // ------------------------------------------------------------

    async dial(phone) {
        if (this.phase !== "name" || !isDialable(phone)) {
            return;
        }
        await this.attemptOnce("dial", async () => {
            await this.endCall();
            const { field, raw, typed } = phone;
            const dialled = typed
                ? await this.call("log_dial_typed", { ...this.claim, field, number: raw })
                : await this.call("log_dial", { ...this.claim, field });
            this.name.call = {
                uuid: dialled.call_uuid,
                field: phone.field,
                number: dialled.e164,
                startedAt: Date.now(),
                endedAt: null,
            };
            this.saveDraft();
            this.clearMessage();
            telephone.dial(dialled.tel);
        });
    }

    async endCall() {
        if (this.name?.onCall) {
            const call = this.name.call;
            call.endedAt = Date.now();
            this.saveDraft();
            await this.attempt(() => this.call("end_call", { call_uuid: call.uuid }));
        }
    }

    // ------------------------------------------------------------
    // Note and outcome
    // ------------------------------------------------------------

    setNote(note) {
        this.name.note = note;
        this.saveDraft();
    }

    /**
     * Change custom fields. Saved with the outcome; the server says at once whether they
     * are accepted, and what is computed from them.
     *
     * @param {Object} [changes] `values` by technical name, and `shown`: ids of fields
     */
    async changeCustom(changes = {}) {
        const name = this.name;
        name.changeCustom(changes);
        this.saveDraft();
        await this.attempt(async () => {
            const asked = name.custom;
            await this.isTaken();
            const seen = await this.call("preview_custom_fields", {
                ...this.claim,
                changes: asked,
            });
            // What was typed meanwhile has asked by itself.
            if (name === this.name && asked === name.custom) {
                Object.assign(name.payload, seen);
                this.clearMessage();
            }
        });
    }

    saveDraft() {
        if (this.name) {
            const { userId } = this;
            const { request } = this.sending;
            const slot = this.agenda.appointment?.slot;
            deskDraft.save({ ...this.name.draft, userId, slot, request });
        }
    }

    /** Nothing is unsaved any more. */
    clearDraft() {
        deskDraft.clear();
    }

    /**
     * @param {number} outcomeId
     * @param {boolean} [moveFocus] to what the outcome asks for; not while the keyboard
     *  goes through the drop-down
     */
    async chooseOutcome(outcomeId, moveFocus = true) {
        if (this.phase !== "name" || this.busy === "confirm") {
            return;
        }
        const { kind } = this.payload.outcomes.find(({ id }) => id === outcomeId) || {};
        if (["C", "T"].includes(kind) && !(await this.isTaken())) {
            // Its agenda or products are those of another name now.
            return;
        }
        const before = this.steps;
        this.name.choose(outcomeId);
        this.saveDraft();
        this.clearMessage();
        if (moveFocus) {
            this.focusDetails();
        }
        if (this.name.kind === "T") {
            await this.attempt(() => this.openAgenda(moveFocus));
        } else {
            this.tab = tabAfterOutcome(this, before);
            await this.attempt(() => this.agenda.drop());
        }
    }

    /** @param {string|null} otherwise where to go when the outcome asks for nothing */
    focusDetails(otherwise = null) {
        const target = { R: "recall", C: "closing", T: "agenda" }[this.name.kind] || otherwise;
        if (target) {
            this.askFocus(target);
        }
    }

    /** @param {luxon.DateTime} moment of the next call, one of the quick picks */
    pickRecall(moment) {
        this.name.setRecall(moment);
        this.saveDraft();
        this.clearMessage();
        this.askFocus("confirm");
    }

    // ------------------------------------------------------------
    // Appointment
    // ------------------------------------------------------------

    showTab(tab) {
        this.tab = tab;
        if (["agenda", "outcome"].includes(tab)) {
            this.askFocus(tab);
        }
    }

    /** Also in a step whose tab isn't open: "step:KEY:TARGET" opens it first. */
    askFocus(target) {
        const [, tab, inStep] = /^step:([^:]+):(.+)$/.exec(target || "") || [];
        if (tab) {
            this.tab = tab;
        }
        super.askFocus(inStep || target);
    }

    async openAgenda(moveFocus = true) {
        this.tab = "agenda";
        if (!this.agenda.week) {
            await this.agenda.open();
        }
        if (moveFocus && this.name?.kind === "T") {
            this.askFocus("agenda");
        }
    }

    async hold(slot) {
        if (this.phase !== "name") {
            return;
        }
        await this.attemptOnce("hold", async () => {
            this.clearMessage();
            try {
                await this.agenda.hold(slot);
            } finally {
                this.saveDraft();
            }
            if (this.name.kind !== "T") {
                // Another outcome was chosen while the answer was on its way.
                await this.agenda.drop();
                return;
            }
            this.askFocus("accept");
        });
    }

    async acceptAppointment() {
        await this.attempt(() => {
            this.name.closingValues();
            this.agenda.accept();
            this.clearMessage();
            this.askFocus("confirm");
        });
    }
}
