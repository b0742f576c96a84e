import { Component, onWillDestroy, useExternalListener, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useDesk, useInterval } from "./desk_hooks";
import { deskPlaces } from "./desk_places";
import { deskShortcuts, keyLabel } from "./desk_shortcuts";
import { DeskTimer } from "./desk_timer";
import { STATE_ICONS } from "./desk_utils";

const PAUSE_KEY = "alt+shift+z";
const HELP_KEY = "alt+shift+q";

/** The operator's state with its timer, the pause, and the call for help. */
export class DeskState extends Component {
    static template = "crm_campaign_motivi.DeskState";
    static components = { DeskTimer };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.clock = useState({ now: Date.now() });
        this.pauseKey = keyLabel(PAUSE_KEY);
        this.helpKey = keyLabel(HELP_KEY);
        useInterval(() => (this.clock.now = Date.now()), 10_000);
        this.listen();
        useExternalListener(window, "pagehide", () => this.desk.sendLeave());
    }

    /** What the server tells this operator. */
    listen() {
        const bus = useService("bus_service");
        const onTakenOver = ({ session }) => this.desk.takenOver(session);
        const onNews = () => this.desk.readNews();
        bus.subscribe("crm_desk/taken_over", onTakenOver);
        bus.subscribe("crm_desk/news", onNews);
        bus.start();
        onWillDestroy(() => {
            bus.unsubscribe("crm_desk/taken_over", onTakenOver);
            bus.unsubscribe("crm_desk/news", onNews);
        });
    }

    get icon() {
        return STATE_ICONS[this.desk.doing.state];
    }

    get label() {
        const { state } = this.desk.doing;
        return {
            ready: _t("Ready"),
            on_call: _t("On a call"),
            after_call: _t("After the call"),
            pause: this.desk.operator.reason?.name || _t("On pause"),
        }[state];
    }

    /** The pause lasts longer than is usual. */
    get isLong() {
        const minutes = this.desk.operator.reason?.max_minutes;
        const { since } = this.desk.doing;
        return Boolean(this.desk.onPause && minutes && this.clock.now - since > minutes * 60_000);
    }

    get longHint() {
        return _t("Longer than the usual %s minutes", this.desk.operator.reason.max_minutes);
    }

    get helpTitle() {
        return this.desk.help
            ? _t("Take the call for help back (%s)", this.helpKey)
            : _t("Ask the coordinator for help (%s)", this.helpKey);
    }

    /** The second click of a double one would take the call back. */
    onAskHelp(ev) {
        if (ev.detail < 2) {
            this.desk.askHelp();
        }
    }

    reasonTitle(reason) {
        return reason.max_minutes
            ? _t("%(reason)s, usually %(minutes)s minutes", {
                  reason: reason.name,
                  minutes: reason.max_minutes,
              })
            : reason.name;
    }

    /**
     * In a closed list the arrow keys choose at once, and the first reason would begin:
     * they open it instead.
     */
    onPauseKeydown(ev) {
        if (ev.altKey || !["ArrowDown", "ArrowUp", "Enter"].includes(ev.key)) {
            return;
        }
        ev.preventDefault();
        try {
            ev.target.showPicker();
        } catch {
            // A browser without it, or a key that nobody pressed: the space bar opens it.
        }
    }

    get pauseTitle() {
        return _t("Pause (%s)", this.pauseKey);
    }

    onReason(ev) {
        const reasonId = Number(ev.target.value);
        ev.target.value = "";
        if (reasonId) {
            this.desk.pause(reasonId);
        }
    }
}

deskPlaces.add("state", { place: "header", component: DeskState }, { sequence: 90 });

deskShortcuts.add("pause", {
    phases: ["start", "name", "stopped"],
    key: PAUSE_KEY,
    run: (desk) =>
        desk.onPause || desk.operator.wanted ? desk.resume() : desk.askFocus("pause"),
    help: _t("Choose a pause; on pause: back to work"),
});
deskShortcuts.add("help", {
    phases: ["start", "name", "stopped"],
    key: HELP_KEY,
    run: (desk) => desk.askHelp(),
    help: _t("Ask the coordinator for help"),
});

