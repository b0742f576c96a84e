import { registry } from "@web/core/registry";

/** Presses a key where the focus is, as a person does who has no mouse. */
function press(key, times = 1) {
    return {
        trigger: ".o_duplicate_review_table tbody tr",
        run: async (helpers) => {
            for (let count = 0; count < times; count++) {
                await helpers.press(key);
            }
        },
    };
}

const shows = (number) => ({
    trigger: `.o_duplicate_review_table th:contains("Pair ${number} ")`,
});

registry.category("web_tour.tours").add("crm_dedup_review_ten_pairs", {
    steps: () => [
        shows(0),
        { trigger: ".o_duplicate_review_left:contains(10 left)" },
        // 0: the second one's mobile is taken.
        press("ArrowDown"),
        {
            trigger: "tr[data-field=mobile] td[data-side='1']:not(.o_duplicate_review_kept)",
            run: async (helpers) => {
                const rows = [...document.querySelectorAll(".o_duplicate_review_table tbody tr")];
                const wanted = rows.findIndex((row) => row.dataset.field === "mobile");
                for (let at = 0; at < rows.length; at++) {
                    await helpers.press("ArrowUp");
                }
                for (let at = 0; at < wanted; at++) {
                    await helpers.press("ArrowDown");
                }
                await helpers.press("ArrowRight");
            },
        },
        { trigger: "tr[data-field=mobile] td[data-side='1'].o_duplicate_review_kept" },
        press("Enter"),
        // 1: different; taken back, and different again.
        shows(1),
        press("d"),
        shows(2),
        press("u"),
        shows(1),
        press("d"),
        // 2: later.
        shows(2),
        press("l"),
        // 3: the other one stays.
        shows(3),
        press("s"),
        { trigger: "th.o_duplicate_review_survivor:contains(Pair 3 Esposito b)" },
        press("Enter"),
        // 4: merged, taken back, merged again.
        shows(4),
        press("Enter"),
        shows(5),
        press("u"),
        shows(4),
        press("Enter"),
        ...[5, 6, 7, 8, 9].flatMap((number) => [shows(number), press("Enter")]),
        { trigger: ".o_duplicate_review_empty:contains(No pairs to review)" },
        { trigger: ".o_duplicate_review_done:contains(10 decided)" },
        { trigger: ".o_duplicate_review_left:contains(0 left)" },
    ],
});
