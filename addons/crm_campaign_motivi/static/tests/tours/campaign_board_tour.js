import { registry } from "@web/core/registry";

const figure = (name, value) =>
    `.o_board_tile[data-figure='${name}'] .o_board_number:text(${value})`;

/** A coordinator watches the page of a campaign while others work. */
registry.category("web_tour.tours").add("crm_campaign_board", {
    steps: () => [
        {
            content: "open the page from the campaign",
            trigger: "button[name='action_open_board']",
            run: "click",
        },
        {
            content: "nobody has called yet",
            trigger: figure("calls", "0"),
            run: () => (window.crmBoardIsTheSamePage = true),
        },
        { content: "six names are left", trigger: figure("left", "6") },
        {
            content: "an operator's confirm shows by itself",
            trigger: figure("calls", "1"),
            timeout: 30000,
        },
        { content: "and a name less is left", trigger: figure("left", "5") },
        {
            content: "without a reload",
            trigger: ".o_board_outcome",
            run: () => {
                if (!window.crmBoardIsTheSamePage) {
                    throw new Error("The page was loaded again");
                }
            },
        },
        {
            content: "ask why names are not served",
            trigger: ".o_board_head button:contains('Why not')",
            run: "click",
        },
        {
            content: "the answer counts them",
            trigger: ".modal .o_field_widget[name='summary']:contains('5 of 6')",
        },
    ],
});
