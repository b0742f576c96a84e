import { useRef, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { GraphLegendButton } from "../graph_legend/graph_legend";
import { GraphNodeBadge } from "../graph_node_field/graph_node_badge";
import { CardPart } from "./card_part";

/**
 * One list of outcomes, calls, appointments, e-mails and whatever else happened. The
 * server says which kinds of rows there are (crm.card.mixin), so that addons add theirs
 * without touching this file.
 */
export class Timeline extends CardPart {
    static template = "crm_callcenter.Timeline";
    static components = { GraphLegendButton, GraphNodeBadge };

    setup() {
        this.list = useRef("list");
        this.state = useState({
            kinds: [],
            rows: [],
            more: false,
            chosen: null,
            loading: false,
            ready: false,
        });
        super.setup();
    }

    async load(record) {
        const { resId } = record;
        const chosen = this.state.chosen;
        const page = resId ? await this.fetch(record) : { kinds: [], rows: [], more: false };
        // The answer for a record or filter that was left meanwhile comes too late.
        if (resId === this.shownId && chosen === this.state.chosen) {
            Object.assign(this.state, page, { ready: true });
        }
    }

    fetch(record, before = null) {
        return this.orm.call(record.resModel, "card_timeline", [[record.resId]], {
            kinds: this.state.chosen && [this.state.chosen],
            before,
        });
    }

    async loadMore() {
        const { record } = this.props;
        const { date, kind, id } = this.state.rows.at(-1);
        const shown = this.state.rows.length;
        const chosen = this.state.chosen;
        this.state.loading = true;
        try {
            const page = await this.fetch(record, { date, kind, id });
            if (record.resId === this.shownId && chosen === this.state.chosen) {
                this.state.rows.push(...page.rows);
                this.state.more = page.more;
            }
        } finally {
            this.state.loading = false;
        }
        // Who reads by keyboard goes on with the first of the new rows.
        requestAnimationFrame(() => this.list.el?.children[shown]?.focus());
    }

    choose(kind) {
        this.state.chosen = kind || null;
        return this.load(this.props.record);
    }

    isChosen(kind) {
        return this.state.chosen === (kind || null);
    }
}

registry.category("view_widgets").add("callcenter_timeline", { component: Timeline });
