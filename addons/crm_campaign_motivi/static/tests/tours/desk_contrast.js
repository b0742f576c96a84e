import { contrastRatio } from "@crm_campaign_motivi/desk/desk_utils";

/** Large text (24 px, or 18.66 px bold) and what is drawn need 3, other text 4.5. */
const LARGE = 3;
const NORMAL = 4.5;

/** Red, green, blue and opacity of a computed colour. */
function parse(color) {
    const [red, green, blue, opacity = 1] = color.match(/[\d.]+/g).map(Number);
    return { red, green, blue, opacity };
}

function over(front, back) {
    const mix = (part) =>
        Math.round(front[part] * front.opacity + back[part] * (1 - front.opacity));
    return { red: mix("red"), green: mix("green"), blue: mix("blue"), opacity: 1 };
}

const hex = ({ red, green, blue }) =>
    `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;

/** What is behind an element's text: its grounds, one over the other. */
function groundOf(element) {
    const layers = [];
    for (let node = element; node; node = node.parentElement) {
        const layer = parse(getComputedStyle(node).backgroundColor);
        layers.push(layer);
        if (layer.opacity === 1) {
            break;
        }
    }
    const white = { red: 255, green: 255, blue: 255, opacity: 1 };
    return layers.reverse().reduce((back, front) => over(front, back), white);
}

function hasText(element) {
    if (element.matches("input:not([type=checkbox]), textarea, select")) {
        return true;
    }
    return [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim()
    );
}

function isShown(element) {
    const { width, height } = element.getBoundingClientRect();
    return (
        width > 1 &&
        height > 1 &&
        element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
        !element.closest(":disabled, .visually-hidden, option, optgroup")
    );
}

function needed(element, style) {
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    return isLarge || element.matches(".fa") ? LARGE : NORMAL;
}

/**
 * Text and symbols of the desk that can't be read well (WCAG 2.1, 1.4.3 and 1.4.11), in
 * the colours that the browser has computed.
 *
 * @returns {string[]} one sentence for each
 */
export function contrastProblems(root) {
    const problems = [];
    for (const element of root.querySelectorAll("*")) {
        if (!isShown(element) || !(hasText(element) || element.matches(".fa"))) {
            continue;
        }
        const style = getComputedStyle(element);
        const ground = groundOf(element);
        const ratio = contrastRatio(hex(over(parse(style.color), ground)), hex(ground));
        if (ratio < needed(element, style)) {
            const text = element.textContent.trim().slice(0, 30) || element.className;
            problems.push(`${text} (${element.className}): ${ratio.toFixed(2)}`);
        }
    }
    return problems;
}

/** Borders of what is filled in or pressed stand out by 3 (1.4.11). */
export function borderProblems(root) {
    const problems = [];
    for (const element of root.querySelectorAll(".o_desk_input, .o_desk_button")) {
        const style = getComputedStyle(element);
        const border = parse(style.borderTopColor);
        if (!isShown(element) || !parseFloat(style.borderTopWidth) || !border.opacity) {
            continue;
        }
        const ground = groundOf(element.parentElement);
        const [edge, fill] = [border, parse(style.backgroundColor)].map((color) =>
            contrastRatio(hex(over(color, ground)), hex(ground))
        );
        if (Math.max(edge, fill) < LARGE) {
            problems.push(`${element.className}: ${edge.toFixed(2)}`);
        }
    }
    return problems;
}

/** The pairs of colours of the scheme that may meet, whatever is on the screen. */
const GROUNDS = {
    ground: ["text", "muted", "link", "danger", "success", "info", "warm"],
    pane: ["text", "muted", "link", "danger", "success", "info", "warm", "accent"],
    raised: ["text", "muted", "link", "danger", "success"],
    "success-ground": ["text", "muted", "success"],
    "danger-ground": ["text", "muted", "danger"],
    "info-ground": ["info"],
    "warm-ground": ["text", "warm"],
    accent: ["on-accent"],
};

/** Colours of the scheme that don't reach 4.5 on a ground on which they are used. */
export function schemeProblems(root) {
    const color = (name) => {
        const probe = document.createElement("span");
        probe.style.color = `var(--desk-${name})`;
        root.append(probe);
        const computed = hex(parse(getComputedStyle(probe).color));
        probe.remove();
        return computed;
    };
    return Object.entries(GROUNDS)
        .flatMap(([ground, names]) => names.map((name) => [name, ground]))
        .map(([name, ground]) => [name, ground, contrastRatio(color(name), color(ground))])
        .filter(([, , ratio]) => ratio < NORMAL)
        .map(([name, ground, ratio]) => `${name} on ${ground}: ${ratio.toFixed(2)}`);
}

/** The focus is seen: an outline of 2 px at least that stands out from its ground. */
export function focusProblems(element) {
    const style = getComputedStyle(element);
    const ground = groundOf(element.parentElement);
    const ratio = contrastRatio(hex(over(parse(style.outlineColor), ground)), hex(ground));
    const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return seen && ratio >= LARGE ? [] : [`${element.className}: ${style.outline}, ${ratio}`];
}
