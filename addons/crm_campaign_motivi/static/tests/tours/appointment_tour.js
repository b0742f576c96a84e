import { registry } from "@web/core/registry";

/** The coordinator's list of the day before: confirm one, move one on the same agenda. */
registry.category("web_tour.tours").add("crm_appointment_move", {
    url: "/odoo/unconfirmed-appointments",
    steps: () => [
        {
            content: "The number can be called",
            trigger: ".o_data_row:contains(Name 1) a[href^='tel:']",
        },
        {
            trigger: ".o_data_row:contains(Name 1) button[name=action_move_appointment]",
            run: "click",
        },
        {
            content: "The agenda of the desk",
            trigger: ".modal .o_desk_move .o_desk_agenda:not(.o_desk_loading) .o_desk_slot",
        },
        { trigger: ".modal .o_desk_agenda_view", run: "click" },
        {
            content: "Agents side by side",
            trigger: ".modal .o_desk_day_table thead th:nth-child(3)",
        },
        { trigger: ".modal .o_desk_slot", run: "click" },
        { trigger: ".modal .o_desk_appointment_who:contains(Name 1)" },
        { trigger: ".modal .o_desk_accept_appointment:enabled", run: "click" },
        { content: "A sentence", trigger: ".modal .o_desk_message_danger:contains(Write why)" },
        { trigger: ".modal .o_desk_reason input", run: "edit The customer works" },
        { trigger: ".modal .o_desk_accept_appointment:enabled", run: "click" },
        { trigger: ".o_notification:contains(is moved to)" },
        { trigger: "body:not(:has(.modal))" },
        {
            trigger: ".o_data_row:contains(Name 2) button[name=action_confirm_appointment]",
            run: "click",
        },
        {
            content: "Confirmed, it leaves the list",
            trigger: "body:not(:has(.o_data_row:contains(Name 2)))",
        },
    ],
});

/** The agent in front of the door, with a telephone 390 pixels wide. */
registry.category("web_tour.tours").add("crm_agent_phone", {
    url: "/odoo/my-appointments",
    steps: () => [
        {
            content: "The card calls and shows the way",
            trigger: ".o_kanban_record:contains(Name 1) a[href^='tel:+39']",
        },
        { trigger: ".o_kanban_record:contains(Name 1) a[href*='maps']" },
        { trigger: ".o_kanban_record:contains(Name 1) .fs-5", run: "click" },
        { trigger: ".o_callcenter_visit_form .o_callcenter_visit_phone a[href^='tel:+39']" },
        { trigger: ".o_callcenter_visit_form .o_callcenter_visit_map a[href*='maps']" },
        { trigger: ".o_callcenter_visit_form [name=confirmation_state]:contains(To Confirm)" },
        {
            content: "Nothing is wider than the screen",
            trigger: ".o_callcenter_visit_form",
            run() {
                const wide = document.documentElement.scrollWidth;
                if (wide > window.innerWidth) {
                    throw new Error(`${wide} pixels on a screen of ${window.innerWidth}`);
                }
            },
        },
        { trigger: ".o_statusbar_buttons button[title=More]", run: "click" },
        { trigger: "button[name=action_confirm_appointment]", run: "click" },
        { trigger: ".o_callcenter_visit_form [name=confirmation_state]:contains(Confirmed)" },
        {
            content: "Close is there without a menu",
            trigger: ".o_statusbar_buttons > button[name=action_close]",
            run: "click",
        },
        { trigger: ".modal:contains(How did it end)" },
    ],
});
