/** Colours of the commercial graph, written as # and six hexadecimal digits. */

const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i;

/** Grey, for whatever has no colour. */
export const NO_COLOR = "#6c757d";

/**
 * Relative luminance of a colour, as WCAG 2.2 defines it.
 *
 * @param {string} color # and six hexadecimal digits
 * @returns {number} 0 (black) to 1 (white)
 */
export function luminance(color) {
    const [red, green, blue] = HEX.exec(color)
        .slice(1)
        .map((hex) => parseInt(hex, 16) / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * Black or white, whichever is easier to read on a colour: at least 4.5 to 1 on any,
 * which is level AA of WCAG 2.2.
 *
 * @param {string} color # and six hexadecimal digits
 * @returns {string}
 */
export function textColor(color) {
    const light = luminance(color);
    return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

/**
 * The style of a badge in a colour.
 *
 * @param {string} [color]
 * @returns {string} CSS
 */
export function badgeStyle(color) {
    const background = HEX.test(color || "") ? color : NO_COLOR;
    return `background-color: ${background}; color: ${textColor(background)};`;
}
