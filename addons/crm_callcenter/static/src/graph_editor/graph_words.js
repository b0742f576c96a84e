import { _t } from "@web/core/l10n/translation";

/** After which time the next action is due, in few letters: `2 d 4 h`. */
export function describeDelay(relation) {
    const parts = [];
    if (relation.delay_days) {
        parts.push(_t("%s d", relation.delay_days));
    }
    if (relation.delay_hours) {
        parts.push(_t("%s h", relation.delay_hours));
    }
    return parts.join(" ");
}

/** The name of something, with a remark when it is switched off. */
export function nameWithState(record) {
    return record.active ? record.name : _t("%s (switched off)", record.name);
}

/** Black or white, whichever reads better on a colour (WCAG 2.2, contrast ratio). */
export function textColor(background) {
    const parts = [1, 3, 5].map((at) => parseInt(background.slice(at, at + 2), 16) / 255);
    const [red, green, blue] = parts.map((part) =>
        part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    );
    const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    return luminance > 0.179 ? "#000000" : "#ffffff";
}
