import { Component, onWillStart, useState } from "@odoo/owl";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { useService } from "@web/core/utils/hooks";

/** Pairs that wait behind the one on the screen. */
const AHEAD = 3;

/** Shows one pair after the other; two keys say whether it is one or two. */
export class LabelPairs extends Component {
    static template = "crm_dedup.LabelPairs";
    static props = { onClose: Function };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ pairs: [], done: [], isLoading: true });
        useHotkey("s", () => this.label("same"));
        useHotkey("d", () => this.label("different"));
        useHotkey("u", () => this.label("unsure"));
        useHotkey("backspace", () => this.back());
        onWillStart(() => this.fetch());
    }

    get pair() {
        return this.state.pairs[0];
    }

    async fetch() {
        // Pairs whose label is on its way to the server must not come again.
        const skip = [...this.state.pairs, ...this.state.done].map((pair) => pair.id);
        const pairs = await this.orm.call("crm.duplicate.sample", "next_to_label", [], {
            limit: AHEAD + 1 - this.state.pairs.length,
            skip,
        });
        const known = new Set(this.state.pairs.map((pair) => pair.id));
        this.state.pairs.push(...pairs.filter((pair) => !known.has(pair.id)));
        this.state.isLoading = false;
    }

    async label(label) {
        const pair = this.state.pairs.shift();
        if (!pair) {
            return;
        }
        this.state.done.push(pair);
        await this.orm.call("crm.duplicate.sample", "set_label", [[pair.id], label]);
        await this.fetch();
    }

    async back() {
        const pair = this.state.done.pop();
        if (pair) {
            this.state.pairs.unshift(pair);
            await this.orm.call("crm.duplicate.sample", "set_label", [[pair.id], false]);
        }
    }
}
