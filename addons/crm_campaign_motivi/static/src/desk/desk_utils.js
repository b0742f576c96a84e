/** Pure helpers of the desk: colours, numbers and times as they are shown. */

const BLACK = "#000000";
const WHITE = "#ffffff";

/** Signs of what an operator is doing, on the desk and on the board. */
export const STATE_ICONS = {
    ready: "fa-circle-o",
    on_call: "fa-phone",
    after_call: "fa-pencil",
    pause: "fa-pause",
};

/** Relative luminance of a colour "#rrggbb", as WCAG 2.1 defines it: 0 black to 1 white. */
export function luminance(color) {
    const [red, green, blue] = [1, 3, 5].map((start) => {
        const part = parseInt(color.slice(start, start + 2), 16) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours, 1 to 21; text of normal size needs 4.5 (WCAG AA). */
export function contrastRatio(one, other) {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever reads better on a background; one of them always reaches AA. */
export function readableTextColor(background) {
    return contrastRatio(background, WHITE) >= contrastRatio(background, BLACK) ? WHITE : BLACK;
}

/** Inline style of something in an outcome's colour. */
export function colorStyle(color) {
    const background = /^#[0-9a-f]{6}$/i.test(color || "") ? color : "#6c757d";
    return `background-color: ${background}; color: ${readableTextColor(background)};`;
}

// Mobiles; Milan and Rome; districts of three digits end in 0, 1, 5 or 9; all others.
const ITALIAN_NUMBER = /^\+39(3\d{2}|0[26]|0\d[0159]|0\d{3}|\d{3})(\d+)$/;

/** Put blanks into an E.164 number, so that it can be read out: +39 347 123 4567. */
export function formatPhone(e164) {
    const italian = ITALIAN_NUMBER.exec(e164 || "");
    if (!italian) {
        return e164 || "";
    }
    const [, prefix, rest] = italian;
    return `+39 ${prefix} ${groupDigits(rest)}`;
}

/** Groups of three, or of four where that leaves no short rest: 762 4039, 1234 5678. */
function groupDigits(digits) {
    if (digits.length <= 4) {
        return digits;
    }
    const size = digits.length >= 8 && digits.length % 3 === 2 ? 4 : 3;
    return `${digits.slice(0, size)} ${groupDigits(digits.slice(size))}`;
}

/** Seconds as a stopwatch shows them: 0:07, 12:34, 1:02:03. */
export function formatSeconds(seconds) {
    const whole = Math.max(0, Math.floor(seconds));
    const pad = (value) => String(value).padStart(2, "0");
    const minutes = Math.floor(whole / 60) % 60;
    const hours = Math.floor(whole / 3600);
    return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/** A token that no other browser makes; `randomUUID` exists on secure origins only. */
export function newToken(crypto = window.crypto) {
    if (crypto.randomUUID) {
        return crypto.randomUUID();
    }
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
