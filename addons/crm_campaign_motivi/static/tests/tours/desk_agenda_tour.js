import { registry } from "@web/core/registry";
import { freshName, press, saved, turnWeek } from "./desk_tour_utils";

/** The day view: agents side by side, by button and by key; arrows, page keys, booking. */
registry.category("web_tour.tours").add("crm_desk_agenda_day", {
    url: "/odoo/desk",
    steps: () => [
        { trigger: ".o_desk_next:enabled", run: "click" },
        freshName(),
        { trigger: ".o_desk_note", run: "edit Appointment, day" },
        press("Alt+t"),
        { trigger: ".o_desk_slot:focus" },
        turnWeek("Alt+PageDown"),
        { trigger: ".o_desk_slot[title*='09:00']:focus" },
        press("Alt+Shift+y"),
        {
            content: "Both agents have a column",
            trigger:
                ".o_desk_day_table thead th:nth-child(3) .o_desk_column_agent:contains(Agent)",
        },
        { trigger: ".o_desk_day_table td:nth-child(2) .o_desk_slot:contains(09:00):focus" },
        press("ArrowRight"),
        { trigger: ".o_desk_day_table td:nth-child(3) .o_desk_slot:contains(09:00):focus" },
        press("ArrowDown"),
        { trigger: ".o_desk_day_table td:nth-child(3) .o_desk_slot:contains(10:00):focus" },
        press("PageDown"),
        { content: "The next day", trigger: ".o_desk_week:contains(uesday)" },
        { trigger: ".o_desk_slot:focus" },
        press("End"),
        { trigger: ".o_desk_day_table td:nth-child(3) .o_desk_slot:contains(12:00):focus" },
        press("Home"),
        { trigger: ".o_desk_day_table td:nth-child(2) .o_desk_slot:contains(09:00):focus" },
        { content: "Back to the week", trigger: ".o_desk_agenda_view", run: "click" },
        { trigger: ".o_desk_week_table:not(.o_desk_day_table)" },
        { trigger: ".o_desk_day_button:eq(2)", run: "click" },
        { trigger: ".o_desk_week:contains(ednesday)" },
        {
            content: "The second agent at eleven",
            trigger: ".o_desk_day_table td:nth-child(3) .o_desk_slot:contains(11:00)",
            run: "click",
        },
        { trigger: ".o_desk_appointment_when:contains(Agent Two)" },
        { trigger: ".o_desk_appointment_products:contains(Plant of the tests)" },
        { trigger: ".o_desk_accept_appointment:enabled", run: "click" },
        { trigger: ".o_desk_accepted" },
        { trigger: ".o_desk_continue input", run: "click" },
        { trigger: ".o_desk_confirm:enabled", run: "click" },
        saved("Name 1"),
    ],
});
