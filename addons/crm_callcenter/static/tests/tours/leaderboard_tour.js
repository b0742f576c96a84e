import { registry } from "@web/core/registry";

/** A manager reads the leaderboard, is told why persons are missing, opens a line. */
registry.category("web_tour.tours").add("callcenter_leaderboard", {
    steps: () => [
        {
            content: "the best team comes first, with its points",
            trigger: ".o_crm_leaderboard_line:first-child:contains('Team One'):contains('15')",
        },
        {
            content: "the other team has the second rank",
            trigger: ".o_crm_leaderboard_line:nth-child(2):contains('Team Two'):contains('5')",
        },
        {
            content: "by person",
            trigger: ".o_crm_leaderboard button:contains('Person')",
            run: "click",
        },
        {
            content: "figures per person are closed, and the screen says why",
            trigger: ".o_crm_leaderboard:not(:has(.o_crm_leaderboard_line))"
                + " .alert:contains('union agreement')",
        },
        {
            content: "by team again",
            trigger: ".o_crm_leaderboard button:contains('Team')",
            run: "click",
        },
        {
            content: "choose the month",
            trigger: ".o_crm_leaderboard select[aria-label='Period']",
            run: "select month",
        },
        {
            content: "its budget stands beside the points",
            trigger: ".o_crm_leaderboard_line:first-child:contains('50%')",
        },
        {
            content: "open what the points are made of",
            trigger: ".o_crm_leaderboard_line:first-child",
            run: "click",
        },
        {
            content: "the rows add up to the points of the line",
            trigger: ".o_list_view:has(.o_data_row:nth-of-type(2)) tfoot:contains('15')",
        },
        {
            content: "go back",
            trigger: ".o_breadcrumb a:contains('Leaderboard'), .breadcrumb a:contains('Leaderboard')",
            run: "click",
        },
        {
            content: "the choice of before is still there",
            trigger: ".o_crm_leaderboard_line:first-child:contains('50%')",
        },
    ],
});
