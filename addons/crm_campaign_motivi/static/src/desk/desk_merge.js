import { _t } from "@web/core/l10n/translation";

const FIELD = /\{\{\s*(\w+)\s*\}\}/g;

/** What is filled into the texts of the name in hand, as plain text. */
export function mergedWords(desk) {
    const { lead, merged } = desk.payload;
    return {
        ...merged,
        name: lead.contact_name || lead.partner_name || lead.name,
        customer_company: lead.partner_name,
        city: lead.city,
        agent: desk.agenda?.appointment?.summary.agent || _t("our consultant"),
    };
}

/**
 * Fill words into the texts of a page, never into its tags: a name stays text, whatever
 * somebody has written into it.
 *
 * @param {string} html cleaned by the server
 * @param {Object} words by the name of their field
 * @returns {string} HTML
 */
export function fillMerged(html, words) {
    if (!html.includes("{{")) {
        return html;
    }
    const page = new DOMParser().parseFromString(html, "text/html");
    const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode;
        text.nodeValue = text.nodeValue.replace(FIELD, (field, word) =>
            Object.hasOwn(words, word) ? words[word] || "…" : field
        );
    }
    return page.body.innerHTML;
}
