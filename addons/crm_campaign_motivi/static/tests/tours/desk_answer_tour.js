import { registry } from "@web/core/registry";
import { freshName, saved, silenceTelephone } from "./desk_tour_utils";

/** Somebody calls; the operator types the number, and the caller is in hand. */
registry.category("web_tour.tours").add("crm_desk_answer", {
    steps: () => [
        {
            content: "A campaign that only calls takes no calls",
            trigger: ".o_desk_start:not(:has(.o_desk_answer)) #o_desk_campaign",
            run: "selectByLabel Incoming of the tour",
        },
        {
            content: "What is no number is said, and stays to be corrected",
            trigger: "#o_desk_caller",
            run: "edit my sister && press Enter",
        },
        { trigger: ".o_desk_message_danger:contains(can't be read as a telephone number)" },
        { trigger: "#o_desk_caller:value(my sister)", run: "edit 347 1234567" },
        {
            content: "Answer",
            trigger: ".o_desk_answer button:enabled",
            run() {
                silenceTelephone();
                this.anchor.click();
            },
        },
        freshName(),
        { content: "The call runs already", trigger: ".o_desk_call_on .o_desk_timer" },
        { trigger: ".o_desk_note", run: "edit Asks a price" },
        { trigger: ".o_desk_outcome[data-kind=N]", run: "click" },
        { content: "After this name, no other", trigger: ".o_desk_continue input", run: "click" },
        { trigger: ".o_desk_confirm:enabled", run: "click" },
        saved("347"),
        {
            content: "The next caller's number is not the last one's",
            trigger: "#o_desk_caller:value(/^$/)",
        },
    ],
});
