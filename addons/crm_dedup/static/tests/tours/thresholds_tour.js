import { registry } from "@web/core/registry";

/** A manager labels two pairs by keyboard, tries a threshold and saves it. */
registry.category("web_tour.tours").add("crm_dedup_thresholds", {
    steps: () => [
        {
            content: "too few labels: the page says how many more",
            trigger: ".o_crm_dedup_needed:contains('60 more labels')",
        },
        {
            content: "label pairs",
            trigger: ".o_crm_dedup_label",
            run: "click",
        },
        {
            content: "the first pair is one",
            trigger: ".o_crm_dedup_labels table",
            run: "press s",
        },
        {
            content: "the second one is two",
            trigger: ".o_crm_dedup_labels:contains('1 labelled now') table",
            run: "press d",
        },
        {
            content: "back to the figures",
            trigger: ".o_crm_dedup_labels:contains('2 labelled now') button:contains('Back to the Figures')",
            run: "click",
        },
        {
            content: "two labels less are needed",
            trigger: ".o_crm_dedup_needed:contains('58 more labels')",
        },
        {
            content: "a threshold below the other one is refused with a sentence",
            trigger: "input[name='sure']",
            run: "edit 1 && press Tab",
        },
        {
            trigger: ".alert-danger:contains('must not lie above')",
        },
        {
            content: "a higher one",
            trigger: "input[name='sure']",
            run: "edit 45 && press Tab",
        },
        {
            content: "its preview stands beside it, and it can be saved",
            trigger: ".o_crm_dedup_thresholds:has(.o_crm_dedup_moves) .o_crm_dedup_save:enabled",
            run: "click",
        },
        {
            content: "it is saved",
            trigger: ".o_notification:contains('Saved')",
        },
        {
            content: "nothing is left to save",
            trigger: ".o_crm_dedup_save:disabled",
        },
    ],
});
