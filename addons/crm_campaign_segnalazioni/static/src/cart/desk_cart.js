import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/views/fields/formatters";
import { useDesk } from "@crm_campaign_motivi/desk/desk_hooks";
import { DeskKey } from "@crm_campaign_motivi/desk/desk_key";
import { DeskRefusal } from "@crm_campaign_motivi/desk/desk_server";
import { deskShortcuts } from "@crm_campaign_motivi/desk/desk_shortcuts";
import { deskStepKinds } from "@crm_campaign_motivi/desk/desk_step_kinds";
import { addProduct, cartRequest, changeLine, removeLine } from "./cart_lines";
import { CART_KEY, showCart } from "./desk_cart_model";

/** Milliseconds of rest after which what was typed is asked. */
const SEARCH_REST = 200;
const TOTALS_REST = 250;

/** What is sold: products of the campaign on the left, the cart with its totals beside. */
export class DeskCart extends Component {
    static template = "crm_campaign_segnalazioni.DeskCart";
    static components = { DeskKey };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.state = useState({
            search: "",
            products: [],
            more: false,
            at: 0,
            isSearching: false,
            // Enter was pressed before what was typed has been found.
            isWanted: false,
        });
        this.timers = {};
        onWillStart(() => {
            if (this.isOffered) {
                this.search();
                this.computeTotals();
            }
        });
        onWillDestroy(() => Object.values(this.timers).forEach(browser.clearTimeout));
    }

    get settings() {
        return this.desk.payload.campaign.cart || {};
    }

    get isOffered() {
        return Boolean(this.settings.is_offered);
    }

    get cart() {
        return this.desk.name.parts.cart;
    }

    get isEditable() {
        return this.desk.phase === "name";
    }

    /** The lines, each with what the server computed of it. */
    get lines() {
        const computed = Object.fromEntries(
            (this.cart.totals?.lines || []).map((line) => [line.product_id, line])
        );
        return this.cart.lines.map((line) => ({
            ...line,
            computed: computed[line.product_id] || null,
        }));
    }

    get totals() {
        return this.cart.lines.length ? this.cart.totals : null;
    }

    get noProduct() {
        return this.state.search
            ? _t("No product with “%s”", this.state.search)
            : _t("There is nothing to sell in this campaign. Tell your coordinator.");
    }

    money(amount) {
        const { symbol, position, digits } = this.desk.payload.campaign.currency || {};
        const text = formatFloat(amount, { digits: [16, digits ?? 2] });
        return position === "before" ? `${symbol} ${text}` : `${text} ${symbol || "€"}`;
    }

    priceOf(line) {
        if (line.price || !line.computed) {
            return line.price;
        }
        const { digits } = this.desk.payload.campaign.currency || {};
        return formatFloat(line.computed.price, { digits: [16, digits ?? 2] });
    }

    // ------------------------------------------------------------
    // Products
    // ------------------------------------------------------------

    onSearch(ev) {
        this.state.search = ev.target.value;
        // What is in the list from now on is not what was typed.
        this.state.isSearching = true;
        this.state.isWanted = false;
        this.after("search", SEARCH_REST, () => this.search());
    }

    async search(offset = 0) {
        const { search } = this.state;
        this.state.isSearching = true;
        const found = await this.desk.attempt(() =>
            this.desk.callQuietly("cart_products", { ...this.desk.claim, search, offset })
        );
        // What was typed meanwhile asks by itself.
        if (search !== this.state.search) {
            return;
        }
        this.state.isSearching = false;
        if (found) {
            this.state.products = offset
                ? [...this.state.products, ...found.products]
                : found.products;
            this.state.more = found.more;
            this.state.at = Math.max(0, Math.min(offset, this.state.products.length - 1));
            if (this.state.isWanted && found.products.length) {
                this.add(found.products[0]);
            }
        } else if (!offset) {
            // What was in the list before isn't what was typed.
            this.state.products = [];
        }
        this.state.isWanted = false;
    }

    onSearchKeydown(ev) {
        if (ev.altKey || ev.ctrlKey) {
            return;
        }
        const { products, at } = this.state;
        if (ev.key === "ArrowDown" || ev.key === "ArrowUp") {
            ev.preventDefault();
            const step = ev.key === "ArrowDown" ? 1 : -1;
            this.state.at = Math.max(0, Math.min(products.length - 1, at + step));
            if (at + step >= products.length && this.state.more) {
                this.search(products.length);
            }
        } else if (ev.key === "Enter") {
            ev.preventDefault();
            if (this.state.isSearching) {
                this.state.isWanted = true;
            } else if (products[at]) {
                this.add(products[at]);
            }
        }
    }

    add(product) {
        if (this.isEditable) {
            this.change(addProduct(this.cart, product));
        }
    }

    // ------------------------------------------------------------
    // Lines
    // ------------------------------------------------------------

    onInput(line, key, ev) {
        this.change(changeLine(this.cart, line.product_id, { [key]: ev.target.value }));
    }

    onLineKeydown(line, ev) {
        if (ev.altKey) {
            return;
        }
        if (ev.key === "ArrowDown" || ev.key === "ArrowUp") {
            ev.preventDefault();
            this.moveRow(ev.target, ev.key === "ArrowDown" ? 1 : -1);
        } else if (
            ev.key === "Delete" &&
            (ev.ctrlKey || ev.target.tagName !== "INPUT")
        ) {
            ev.preventDefault();
            this.remove(line);
        } else if (ev.key === "Enter" && !ev.ctrlKey && ev.target.tagName === "INPUT") {
            ev.preventDefault();
            this.desk.askFocus("cart");
        }
    }

    /** To the same field of the line above or below. */
    moveRow(element, step) {
        const column = element.dataset.column;
        const fields = [
            ...element
                .closest("table")
                .querySelectorAll(`[data-column="${column}"]`),
        ];
        fields[fields.indexOf(element) + step]?.focus();
    }

    remove(line) {
        if (this.isEditable) {
            this.change(removeLine(this.cart, line.product_id));
            this.desk.askFocus(this.cart.lines.length ? "cart_lines" : "cart");
        }
    }

    setWithout(without) {
        this.change({ ...this.cart, without, isTouched: true });
    }

    change(cart) {
        this.desk.name.parts.cart = cart;
        this.desk.saveDraft();
        this.after("totals", TOTALS_REST, () => this.computeTotals());
    }

    /** Ask the server what the cart costs, as the document will have it. */
    async computeTotals() {
        const { name } = this.desk;
        const { lines } = this.cart;
        if (!lines.length) {
            return;
        }
        const cart = this.readLines();
        if (!cart) {
            return;
        }
        await this.desk.attempt(async () => {
            const totals = await this.desk.callQuietly("preview_cart", {
                ...this.desk.claim,
                cart,
            });
            // What was changed meanwhile asks by itself.
            if (name === this.desk.name && lines === this.cart.lines) {
                name.parts.cart = { ...this.cart, totals };
                this.desk.saveDraft();
                this.desk.clearMessage();
            }
        });
    }

    /** What is wrong is said while it is typed; the keyboard stays where it is. */
    readLines() {
        try {
            return cartRequest(this.cart);
        } catch (error) {
            if (!(error instanceof DeskRefusal)) {
                throw error;
            }
            this.desk.tell("danger", error.message);
            return null;
        }
    }

    // ------------------------------------------------------------
    // Words
    // ------------------------------------------------------------

    quantityOf({ name }) {
        return _t("Quantity of %s", name);
    }

    priceLabelOf({ name }) {
        return _t("Price of %s", name);
    }

    discountOf({ name }) {
        return _t("Discount on %s in percent", name);
    }

    removeWord({ name }) {
        return _t("Remove %s", name);
    }

    after(what, rest, action) {
        browser.clearTimeout(this.timers[what]);
        this.timers[what] = browser.setTimeout(action, rest);
    }
}

deskStepKinds.add("cart", { label: _t("Cart"), hotkey: CART_KEY, component: DeskCart });
deskShortcuts.add("cart", {
    phases: ["name"],
    key: CART_KEY,
    run: showCart,
    help: _t("Cart: search products; Enter adds, arrows move, Del removes"),
});
