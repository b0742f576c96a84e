import { Component, useState } from "@odoo/owl";
import { useInterval } from "./desk_hooks";
import { formatSeconds } from "./desk_utils";

/** A stopwatch between two moments (milliseconds); it runs while there is no end. */
export class DeskTimer extends Component {
    static template = "crm_campaign_motivi.DeskTimer";
    static props = { start: Number, end: { type: [Number, { value: null }], optional: true } };

    setup() {
        this.clock = useState({ now: Date.now() });
        useInterval(() => (this.clock.now = Date.now()), 1000);
    }

    get text() {
        return formatSeconds(((this.props.end || this.clock.now) - this.props.start) / 1000);
    }
}
