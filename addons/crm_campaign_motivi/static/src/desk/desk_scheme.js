import { browser } from "@web/core/browser/browser";
import { cookie } from "@web/core/browser/cookie";

const KEY = "crm_desk.scheme";

/** Light or dark: as chosen on this desk, else as the web client is. */
export function initialScheme() {
    const chosen = browser.localStorage.getItem(KEY);
    if (chosen) {
        return chosen;
    }
    return cookie.get("color_scheme") === "dark" ? "dark" : "light";
}

export function rememberScheme(scheme) {
    browser.localStorage.setItem(KEY, scheme);
}
