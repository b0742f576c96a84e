import { registry } from "@web/core/registry";
import { press } from "@crm_campaign_motivi/../tests/tours/desk_tour_utils";

const confirm = { trigger: ".o_desk_confirm:enabled", run: "click" };
const protocol = {
    content: "The number of the contract, big",
    trigger: ".o_desk_protocol_number:contains(CON/)",
};

registry.category("web_tour.tours").add("crm_desk_cart_mouse", {
    url: "/odoo/desk",
    steps: () => [
        { trigger: ".o_desk_next:enabled", run: "click" },
        { trigger: ".o_desk_phase_name .o_desk_note", run: "edit Sold, mouse" },
        { trigger: ".o_desk_outcome[data-kind=C]", run: "click" },
        { content: "The cart opens", trigger: ".o_desk_tab_active[data-step=cart]" },
        { trigger: ".o_desk_cart_empty" },
        { content: "An empty cart is asked about", ...confirm },
        { trigger: ".o_desk_message_danger:contains(cart is empty)" },
        { trigger: ".o_desk_cart_product:contains(Plant 6 kW)", run: "click" },
        { trigger: ".o_desk_cart_line:contains(Plant 6 kW)" },
        { trigger: ".o_desk_cart_product:contains(Battery 10 kWh)", run: "click" },
        {
            trigger: ".o_desk_cart_line:contains(Battery 10 kWh) .o_desk_cart_quantity",
            run: "edit 2",
        },
        {
            trigger: ".o_desk_cart_line:contains(Plant 6 kW) .o_desk_cart_price",
            run: "edit cheap",
        },
        { trigger: ".o_desk_message_danger:contains(price is not a number)" },
        {
            content: "The keyboard stays where it was",
            trigger: ".o_desk_cart_line:contains(Plant 6 kW) .o_desk_cart_price:focus",
        },
        {
            trigger: ".o_desk_cart_line:contains(Plant 6 kW) .o_desk_cart_price",
            run: "edit 8500",
        },
        {
            trigger: ".o_desk_cart_line:contains(Plant 6 kW) .o_desk_cart_discount",
            run: "edit 10",
        },
        { trigger: ".o_desk_cart_total:contains(17,650.00)" },
        {
            content: "Nobody is asked for it twice",
            trigger: ".o_desk_known_revenue:contains(17,650.00)",
        },
        { content: "After this name, no other", trigger: ".o_desk_continue input", run: "click" },
        confirm,
        protocol,
        { trigger: ".o_desk_message_success:contains(CON/)" },
        { trigger: ".o_desk_phase_start" },
    ],
});

registry.category("web_tour.tours").add("crm_desk_cart_keyboard", {
    url: "/odoo/desk",
    steps: () => [
        { trigger: ".o_desk_next:focus" },
        press("Alt+Enter"),
        { trigger: ".o_desk_note:focus", run: "edit Sold, keys" },
        press("Alt+c"),
        { trigger: ".o_desk_cart_search:focus", run: "edit bat" },
        { trigger: ".o_desk_cart_product_at:contains(Battery):only-child" },
        press("Enter"),
        { trigger: ".o_desk_cart_line:contains(Battery 10 kWh)" },
        {
            content: "Enter before it is found adds what was typed, not what was in the list",
            trigger: ".o_desk_cart_search:focus",
            run: "edit plant && press Enter",
        },
        { trigger: ".o_desk_cart_line:contains(Plant) .o_desk_cart_quantity:value(/^1$/)" },
        { trigger: ".o_desk_cart_line:contains(Battery) .o_desk_cart_quantity:value(/^1$/)" },
        { trigger: ".o_desk_cart_search:focus", run: "clear" },
        { trigger: ".o_desk_cart_product:contains(Battery)" },
        press("ArrowDown"),
        { trigger: ".o_desk_cart_product_at:contains(Plant)" },
        press("Enter"),
        {
            content: "Two plants",
            trigger: ".o_desk_cart_line:contains(Plant) .o_desk_cart_quantity:value(/^2$/)",
        },
        { trigger: ".o_desk_cart_total:contains(23,000.00)" },
        press("Tab"),
        { content: "From the search into the cart", trigger: ".o_desk_cart_name:focus" },
        press("ArrowDown"),
        { trigger: ".o_desk_cart_line:contains(Plant) .o_desk_cart_name:focus" },
        press("Delete"),
        { trigger: ".o_desk_cart_lines:not(:contains(Plant))" },
        press("Tab", ".o_desk_cart_name:focus"),
        { trigger: ".o_desk_cart_quantity:focus", run: "edit 3" },
        press("Enter"),
        { trigger: ".o_desk_cart_search:focus" },
        { trigger: ".o_desk_cart_total:contains(15,000.00)" },
        press("Alt+Shift+n"),
        { trigger: ".o_desk_note:focus" },
        press("Alt+Shift+r"),
        { trigger: ".o_desk_cart_search:focus" },
        press("Alt+Enter"),
        protocol,
        { content: "The next name is there meanwhile", trigger: ".o_desk_name_page:contains(Name 2)" },
        press("Alt+Shift+s"),
        { trigger: ".o_desk_close:focus" },
        press("Alt+Shift+c", ".o_desk_stopped"),
        { trigger: ".o_desk_phase_start .o_desk_next:focus" },
    ],
});

// An order is put together, and then it isn't made.
registry.category("web_tour.tours").add("crm_desk_cart_then_close", {
    url: "/odoo/desk",
    steps: () => [
        { trigger: ".o_desk_next:enabled", run: "click" },
        { trigger: ".o_desk_phase_name .o_desk_note", run: "edit Almost sold" },
        { trigger: ".o_desk_outcome[data-kind=C]", run: "click" },
        { trigger: ".o_desk_cart_product:contains(Plant 6 kW)", run: "click" },
        { trigger: ".o_desk_cart_total:contains(9,000.00)" },
        { trigger: ".o_desk_stop", run: "click" },
        { trigger: ".o_desk_close:enabled", run: "click" },
        { trigger: ".o_desk_phase_start .o_desk_next:enabled" },
        { trigger: ".o_desk_message_info:contains(Nothing was saved)" },
    ],
});

/** New Segnalazione: from the form to the cart, the number, and back. */
registry.category("web_tour.tours").add("crm_desk_segnalazione_by_hand", {
    steps: () => [
        { trigger: "button[name=action_desk_segnalazione]:enabled", run: "click" },
        { trigger: ".o_desk_outcome_chosen[data-kind=C]" },
        { trigger: ".o_desk_cart_product:contains(Plant 6 kW)", run: "click" },
        { trigger: ".o_desk_cart_total:contains(9,000.00)" },
        confirm,
        protocol,
        { trigger: ".o_desk_by_hand_back", run: "click" },
        { trigger: ".o_callcenter_name_form button[name=action_desk_segnalazione]" },
    ],
});
