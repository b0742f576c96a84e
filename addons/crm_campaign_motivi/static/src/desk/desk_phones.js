import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDesk } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import {
    areAllWrong,
    freeFields,
    isDialable,
    keepNumber,
    mayChange,
    NUMBER_KEYS,
    startTyping,
    stopTyping,
    toggleWrong,
    triesInWords,
    typeNumber,
    wrongNumberOutcome,
} from "./desk_numbers";
import { DeskPlace } from "./desk_places";
import { KEYS, keyLabel } from "./desk_shortcuts";
import { shortDateTime } from "./desk_time";
import { DeskTimer } from "./desk_timer";
import { colorStyle, formatPhone } from "./desk_utils";

/** The numbers, each dialled by a click, and the call that is going on. */
export class DeskPhones extends Component {
    static template = "crm_campaign_motivi.DeskPhones";
    static components = { DeskKey, DeskPlace, DeskTimer };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.KEYS = KEYS;
        this.NUMBER_KEYS = NUMBER_KEYS;
        Object.assign(this, { colorStyle, formatPhone, isDialable });
    }

    get call() {
        return this.desk.name.call;
    }

    get editing() {
        return this.desk.name.parts.numbers.editing;
    }

    get mayAdd() {
        return freeFields(this.desk.numberFields, this.desk.phones).length > 0;
    }

    /** The outcome to choose when no number is right. */
    get wrongOutcome() {
        return areAllWrong(this.desk.phones)
            ? wrongNumberOutcome(this.desk.payload.outcomes)
            : null;
    }

    isCalled(phone) {
        const { call, onCall } = this.desk.name;
        return onCall && call.field === phone.field && call.number === phone.e164;
    }

    isEdited(phone) {
        return Boolean(this.editing && this.editing.field === phone.field);
    }

    mayChange(phone) {
        return mayChange(this.desk, phone.field);
    }

    /** The key that dials this number, if there is one left. */
    dialKey(phone) {
        return KEYS.dial[this.desk.dialable.findIndex(({ field }) => field === phone.field)];
    }

    hint(phone) {
        if (phone.wrong) {
            return _t("Wrong number");
        }
        const typed = phone.typed && (phone.before ? _t("Corrected") : _t("Added"));
        return [typed, ...triesInWords(phone, shortDateTime)].filter(Boolean).join(" · ");
    }

    isDoubtful(phone) {
        return phone.wrong || phone.state === "wrong" || phone.state === "busy";
    }

    wrongTitle(phone) {
        if (phone.typed) {
            return _t("Take this number back");
        }
        return phone.wrong
            ? _t("The number is right after all")
            : _t("This number is wrong (%s)", keyLabel(NUMBER_KEYS.wrong));
    }

    get correctTitle() {
        return _t("Correct this number (%s)", keyLabel(NUMBER_KEYS.correct));
    }

    get newNumber() {
        return _t("New number");
    }

    edit(field) {
        startTyping(this.desk, field);
    }

    toggleWrong(phone) {
        toggleWrong(this.desk, phone);
    }

    async onKeep(ev) {
        ev.preventDefault();
        await keepNumber(this.desk);
    }

    onNumberInput(ev) {
        typeNumber(this.desk, ev.target.value);
    }

    onNumberKeydown(ev) {
        if (ev.key === "Escape") {
            ev.preventDefault();
            ev.stopPropagation();
            stopTyping(this.desk);
        }
    }
}
