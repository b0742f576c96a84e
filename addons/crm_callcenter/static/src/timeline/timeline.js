import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, formatDate, formatDateTime, deserializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { useService } from "@web/core/utils/hooks";

/** Models whose rows can be opened from the timeline. */
const OPENED = ["calendar.event", "crm.lead"];

/**
 * The card of a name or customer: next action, open processes, duplicates, and one list
 * of outcomes, calls, appointments and e-mails. The server says which kinds of rows there
 * are (crm.card.mixin), so that addons add theirs without touching this file.
 */
export class Timeline extends Component {
    static template = "crm_callcenter.Timeline";
    static props = { ...standardWidgetProps, part: { type: String } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({
            header: null,
            kinds: [],
            rows: [],
            more: false,
            chosen: null,
            loading: false,
        });
        onWillStart(() => this.load());
        onWillUpdateProps((next) => {
            if (
                next.record.resId !== this.shownId ||
                next.record.data.write_date?.ts !== this.shownAt
            ) {
                return this.load(next.record);
            }
        });
    }

    async load(record = this.props.record) {
        this.shownId = record.resId;
        this.shownAt = record.data.write_date?.ts;
        if (!record.resId) {
            Object.assign(this.state, { header: null, rows: [], more: false });
            return;
        }
        if (this.props.part === "header") {
            this.state.header = await this.orm.call(record.resModel, "card_header", [
                [record.resId],
            ]);
        } else {
            Object.assign(this.state, await this.fetch(record, 0));
        }
    }

    get isNew() {
        return !this.props.record.resId;
    }

    fetch(record, offset) {
        return this.orm.call(record.resModel, "card_timeline", [[record.resId]], {
            kinds: this.state.chosen,
            offset,
        });
    }

    async loadMore() {
        this.state.loading = true;
        try {
            const card = await this.fetch(this.props.record, this.state.rows.length);
            this.state.rows.push(...card.rows);
            this.state.more = card.more;
        } finally {
            this.state.loading = false;
        }
    }

    async choose(kind) {
        this.state.chosen = kind ? [kind] : null;
        await this.load();
    }

    isChosen(kind) {
        return kind ? this.state.chosen?.includes(kind) : !this.state.chosen;
    }

    moment(text) {
        return text ? formatDateTime(deserializeDateTime(text)) : "";
    }

    day(text) {
        return text ? formatDate(deserializeDate(text)) : "";
    }

    canOpen(row) {
        return OPENED.includes(row.model);
    }

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("callcenter_timeline", {
    component: Timeline,
    extractProps: () => ({ part: "rows" }),
});
registry.category("view_widgets").add("callcenter_card_header", {
    component: Timeline,
    extractProps: () => ({ part: "header" }),
});
