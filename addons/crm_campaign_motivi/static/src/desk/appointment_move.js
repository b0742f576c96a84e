import { Component, onMounted, onWillDestroy, useEffect, useRef, useState, useSubEnv } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { AppointmentMoveModel } from "./appointment_move_model";
import { DeskAgenda } from "./desk_agenda";
import { useDeskFocus, useInterval } from "./desk_hooks";
import { DeskMessage } from "./desk_message";
import { initialScheme } from "./desk_scheme";

/** Milliseconds between two looks at whether the held time runs out. */
const HEARTBEAT = 60 * 1000;

/** The agents' agenda in a window, on which an appointment is moved. */
export class AppointmentMoveDialog extends Component {
    static template = "crm_campaign_motivi.AppointmentMoveDialog";
    static components = { DeskAgenda, DeskMessage, Dialog };
    static props = { eventId: Number, onMoved: Function, close: Function };

    setup() {
        const desk = new AppointmentMoveModel(useService("orm"), this.props.eventId);
        useSubEnv({ desk });
        this.desk = useState(desk);
        this.root = useRef("root");
        this.scheme = initialScheme();
        this.title = _t("Move the Appointment");
        useDeskFocus(this.desk, this.root);
        useInterval(() => desk.signOfLife(), HEARTBEAT);
        useEffect(
            (done) => {
                if (done) {
                    this.props.onMoved(done);
                    this.props.close();
                }
            },
            () => [this.desk.done]
        );
        onMounted(() => desk.open());
        onWillDestroy(() => desk.leave());
    }

    onKeydown(ev) {
        if (ev.altKey && ev.shiftKey && ev.code === "KeyY") {
            ev.preventDefault();
            this.desk.agenda.toggleView();
            this.desk.askFocus("agenda");
        }
    }
}

registry.category("actions").add("crm_campaign_motivi.move_appointment", (env, action) => {
    env.services.dialog.add(AppointmentMoveDialog, {
        eventId: action.params.event_id,
        onMoved: (message) => {
            env.services.notification.add(message, { type: "success" });
            env.services.action.doAction({ type: "ir.actions.client", tag: "soft_reload" });
        },
    });
});
