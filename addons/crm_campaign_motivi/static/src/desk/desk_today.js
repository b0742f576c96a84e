import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDesk } from "./desk_hooks";
import { deskPlaces } from "./desk_places";
import { colorStyle } from "./desk_utils";

/** Outcomes of the strip; the server says no more of them. */
export const STRIP_LENGTH = 12;

const KINDS = ["R", "N", "C", "T"];

/**
 * The strip from the latest outcome on the left to the oldest, then free places: the whole
 * is always as long, so that no colour moves but by one place.
 *
 * @param {Object[]} last outcomes of today, the latest first
 * @returns {Object[]} {key, outcome}
 */
export function stripPlaces(last, length = STRIP_LENGTH) {
    return Array.from({ length }, (_, index) => ({
        key: last[index] ? `outcome ${last[index].id}` : `free ${index}`,
        outcome: last[index] || null,
    }));
}

/** What a screen reader says of the strip: "R 3, N 2", in the order of the kinds. */
export function stripInWords(last) {
    return KINDS.map((kind) => [kind, last.filter((row) => row.kind === kind).length])
        .filter(([, count]) => count)
        .map(([kind, count]) => `${kind} ${count}`)
        .join(", ");
}

/**
 * The operator's own day: a strip in the colours of the last outcomes, which a coordinator
 * reads from four metres off, and the figures.
 */
export class DeskToday extends Component {
    static template = "crm_campaign_motivi.DeskToday";
    static props = {};

    setup() {
        this.desk = useDesk();
        this.KINDS = KINDS;
        this.colorStyle = colorStyle;
    }

    get places() {
        return stripPlaces(this.desk.today.last);
    }

    get stripLabel() {
        const words = stripInWords(this.desk.today.last);
        return words ? _t("Last outcomes of today: %s", words) : _t("No outcome yet today");
    }

    get names() {
        const { names } = this.desk.today;
        return names === 1 ? _t("1 name today") : _t("%s names today", names);
    }

    kindTitle(kind) {
        const count = this.desk.today.kinds[kind] || 0;
        const labels = {
            R: _t("%s to call again", count),
            N: _t("%s negative", count),
            C: _t("%s closed on line", count),
            T: _t("%s appointments", count),
        };
        return labels[kind];
    }
}

deskPlaces.add("today", {
    place: "banner",
    component: DeskToday,
    isShown: (desk) => Boolean(desk.today),
});
