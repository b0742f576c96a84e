import { Component, useState } from "@odoo/owl";

import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useAutofocus, useService } from "@web/core/utils/hooks";

import { useInterval } from "../desk/desk_hooks";
import { colorStyle, formatSeconds, STATE_ICONS } from "../desk/desk_utils";

/** Write to one operator, or to all who are at their desk for the campaign. */
export class BoardMessageDialog extends Component {
    static template = "crm_campaign_motivi.BoardMessageDialog";
    static components = { Dialog };
    static props = { title: String, send: Function, close: Function };

    setup() {
        this.state = useState({ body: "" });
        useAutofocus();
    }

    async onSend(ev) {
        ev.preventDefault();
        if (this.state.body.trim()) {
            await this.props.send(this.state.body);
            this.props.close();
        }
    }
}

/** The operators at their desk: state, how long, and the colour of their last outcome. */
export class BoardOperators extends Component {
    static template = "crm_campaign_motivi.BoardOperators";
    static props = { operators: Array, campaignId: Number };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.colorStyle = colorStyle;
        this.clock = useState({ now: Date.now() });
        useInterval(() => (this.clock.now = Date.now()), 1000);
    }

    icon(operator) {
        return STATE_ICONS[operator.state];
    }

    seconds(operator) {
        return (this.clock.now - deserializeDateTime(operator.since).toMillis()) / 1000;
    }

    time(operator) {
        return formatSeconds(this.seconds(operator));
    }

    isLong(operator) {
        return operator.max_minutes && this.seconds(operator) > operator.max_minutes * 60;
    }

    label(operator) {
        return operator.reason || operator.state_name;
    }

    async write(operator = null) {
        if (document.fullscreenElement) {
            // Windows open outside of what fills the screen.
            await document.exitFullscreen();
        }
        this.dialog.add(BoardMessageDialog, {
            title: operator
                ? _t("Message to %s", operator.name)
                : _t("Message to all at their desk"),
            send: (body) => this.send(body, operator),
        });
    }

    async send(body, operator) {
        const count = await this.orm.call("crm.desk.message", "send", [
            this.props.campaignId,
            body,
            operator ? [operator.id] : null,
        ]);
        this.notification.add(_t("Sent to %s operators.", count), { type: "success" });
    }
}

