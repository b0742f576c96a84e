import { badgeStyle, luminance, textColor } from "@crm_callcenter/graph_node_field/colors";
import { describe, expect, test } from "@odoo/hoot";

describe.current.tags("headless");

/** Contrast of two colours as WCAG 2.2 defines it. */
function contrast(first, second) {
    const [light, dark] = [luminance(first), luminance(second)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
}

test("every colour gets a text that reaches level AA", () => {
    const steps = ["00", "20", "40", "60", "80", "a0", "c0", "e0", "ff"];
    let worst = 21;
    for (const red of steps) {
        for (const green of steps) {
            for (const blue of steps) {
                const color = `#${red}${green}${blue}`;
                worst = Math.min(worst, contrast(color, textColor(color)));
            }
        }
    }
    expect(worst).toBeGreaterThan(4.5);
});

test("what is no colour is shown in grey", () => {
    for (const wrong of [undefined, false, "", "red", "#12345", "#fff; background: url(x)"]) {
        expect(badgeStyle(wrong)).toBe("background-color: #6c757d; color: #ffffff;");
    }
});
