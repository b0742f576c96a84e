import { deserializeDateTime } from "@web/core/l10n/dates";

/**
 * Whether a name may be called at a moment, as the campaign's calling hours have it.
 *
 * @param {{windows: string[][], since: string, until: string}[]} known parts of the
 *  calendar that the server has sent, in UTC
 * @param {luxon.DateTime} moment
 * @returns {{isKnown: boolean, isOpen: boolean, opening: luxon.DateTime|null}} `opening`
 *  is the next one of a closed hour, in the zone of the moment, if any is known
 */
export function callingHours(known, moment) {
    const part = known.find(
        ({ since, until }) => moment >= parse(since) && moment < parse(until)
    );
    if (!part) {
        return { isKnown: false, isOpen: true, opening: null };
    }
    for (const [start, stop] of part.windows) {
        const opening = parse(start);
        if (moment < opening) {
            return { isKnown: true, isOpen: false, opening: opening.setZone(moment.zone) };
        }
        if (moment < parse(stop)) {
            return { isKnown: true, isOpen: true, opening: null };
        }
    }
    return { isKnown: true, isOpen: false, opening: null };
}

/** The moment itself, or the next at which the name may be called. */
export function withinHours(known, moment) {
    return callingHours(known, moment).opening || moment;
}

function parse(text) {
    return deserializeDateTime(text, { tz: "utc" });
}
