import { describe, expect, test } from "@odoo/hoot";
import {
    colorStyle,
    contrastRatio,
    formatPhone,
    formatSeconds,
    luminance,
    newToken,
    readableTextColor,
} from "@crm_campaign_motivi/desk/desk_utils";

describe.current.tags("headless");

test("luminance goes from black to white", () => {
    expect(luminance("#000000")).toBe(0);
    expect(luminance("#ffffff")).toBe(1);
    expect(luminance("#808080")).toBeWithin(0.21, 0.22);
});

test("contrast is the same both ways, 21 at most", () => {
    expect(contrastRatio("#000000", "#ffffff")).toBe(21);
    expect(contrastRatio("#ffffff", "#000000")).toBe(21);
    expect(contrastRatio("#2b8a3e", "#2b8a3e")).toBe(1);
});

test("dark grounds get white text, light ones black", () => {
    expect(readableTextColor("#212529")).toBe("#ffffff");
    expect(readableTextColor("#1971c2")).toBe("#ffffff");
    expect(readableTextColor("#ffd43b")).toBe("#000000");
    expect(readableTextColor("#ffffff")).toBe("#000000");
});

test("text is readable (AA) on whatever colour a manager chooses", () => {
    const parts = ["00", "33", "66", "99", "cc", "ff"];
    for (const red of parts) {
        for (const green of parts) {
            for (const blue of parts) {
                const color = `#${red}${green}${blue}`;
                expect(contrastRatio(color, readableTextColor(color))).toBeGreaterThan(4.5);
            }
        }
    }
});

test("something that is no colour gets a neutral one", () => {
    expect(colorStyle("")).toBe("background-color: #6c757d; color: #ffffff;");
    expect(colorStyle("red; display: none")).toBe("background-color: #6c757d; color: #ffffff;");
});

test("numbers are grouped as Italians read them", () => {
    expect(formatPhone("+393471234567")).toBe("+39 347 123 4567");
    expect(formatPhone("+390212345678")).toBe("+39 02 1234 5678");
    expect(formatPhone("+39027624039")).toBe("+39 02 762 4039");
    expect(formatPhone("+390305550001")).toBe("+39 030 555 0001");
    expect(formatPhone("+390376123456")).toBe("+39 0376 123 456");
    expect(formatPhone("+41791234567")).toBe("+41791234567");
    expect(formatPhone("")).toBe("");
});

test("a stopwatch counts minutes and hours", () => {
    expect(formatSeconds(7.9)).toBe("0:07");
    expect(formatSeconds(754)).toBe("12:34");
    expect(formatSeconds(3723)).toBe("1:02:03");
    expect(formatSeconds(-3)).toBe("0:00");
});

test("tokens differ, also where the origin is not secure", () => {
    const insecure = { getRandomValues: (bytes) => window.crypto.getRandomValues(bytes) };
    expect(newToken(insecure)).toMatch(/^[0-9a-f]{32}$/);
    expect(newToken(insecure)).not.toBe(newToken(insecure));
    expect(newToken()).not.toBe(newToken());
});
