import { deserializeDateTime } from "@web/core/l10n/dates";
import { user } from "@web/core/user";

const { DateTime, IANAZone } = luxon;

// The browser may stand in another time zone than the user: the user's counts here, as
// it does on the server, which makes the labels of the agenda.
const zone = () => (IANAZone.isValidZone(user.tz) ? user.tz : "default");

export function now() {
    return DateTime.local().setZone(zone());
}

/** @param {string} text a date or a date with time as the user reads it, in ISO */
export function fromLocal(text) {
    return DateTime.fromISO(text, { zone: zone() });
}

/** When a slot of the agenda begins, as the agenda shows it. */
export function slotStart(slot) {
    return fromLocal(`${slot.day}T${slot.label}`);
}

/** @param {string} text UTC, as the server writes it */
export function fromServer(text) {
    return deserializeDateTime(text, { tz: zone() });
}

/** @param {luxon.DateTime} moment */
export function toServer(moment) {
    return moment
        .toUTC()
        .toFormat("yyyy-MM-dd HH:mm:ss", { locale: "en", numberingSystem: "latn" });
}

/** Date and time as short as a list needs it: 21/11/2026 18:30. */
export function shortDateTime(text) {
    const moment = fromServer(text);
    return `${moment.toLocaleString(DateTime.DATE_SHORT)} ${moment.toFormat("HH:mm")}`;
}

/** A moment as it is read aloud: domenica 22 novembre alle ore 18:30. */
export function inWords(moment) {
    return moment.toLocaleString({
        weekday: "long",
        day: "numeric",
        month: "long",
        hour: "2-digit",
        minute: "2-digit",
    });
}
