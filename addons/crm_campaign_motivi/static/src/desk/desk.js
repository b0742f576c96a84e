import {
    Component,
    onWillDestroy,
    onWillStart,
    useExternalListener,
    useRef,
    useState,
    useSubEnv,
} from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { beginDesk, useDeskBeginnings } from "./desk_beginnings";
import { DeskHelp } from "./desk_help";
import { DeskHistory } from "./desk_history";
import { useDeskFocus, useInterval, useShortcuts } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import { DeskMessage } from "./desk_message";
import { DeskModel } from "./desk_model";
import { DeskName } from "./desk_name";
import { DeskNotes } from "./desk_notes";
import { DeskOutcomeBar } from "./desk_outcome_bar";
import { DeskPhones } from "./desk_phones";
import { DeskPlace } from "./desk_places";
import { initialScheme, rememberScheme } from "./desk_scheme";
import { deskShortcuts, KEYS, outcomeKey } from "./desk_shortcuts";
import { DeskStart } from "./desk_start";
import { DeskSteps } from "./desk_steps";
import { DeskStopped } from "./desk_stopped";
import { onTabsKeydown } from "./desk_tabs";

const HEARTBEAT = 60 * 1000;

/** The operator's desk: everything for a call on one page. */
export class Desk extends Component {
    static template = "crm_campaign_motivi.Desk";
    static components = {
        DeskHelp,
        DeskHistory,
        DeskKey,
        DeskMessage,
        DeskName,
        DeskNotes,
        DeskOutcomeBar,
        DeskPhones,
        DeskPlace,
        DeskStart,
        DeskSteps,
        DeskStopped,
    };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Desk");

    setup() {
        this.KEYS = KEYS;
        this.onTabsKeydown = onTabsKeydown;
        this.root = useRef("root");
        this.view = useState({ help: false, scheme: initialScheme() });
        const desk = new DeskModel(this.env.services.orm);
        useSubEnv({ desk });
        this.desk = useState(desk);
        this.env.config?.setDisplayName?.(_t("Desk"));
        onWillStart(() => this.openDesk());
        onWillDestroy(() => desk.end());
        useDeskBeginnings(this.desk);
        useDeskFocus(this.desk, this.root);
        useShortcuts(
            () => this.shortcuts(),
            () => `${this.desk.phase} ${this.desk.payload?.claim_token} ${this.view.help} ${this.desk.frozen}`
        );
        useInterval(() => desk.signOfLife(), HEARTBEAT);
        useExternalListener(window, "beforeunload", (ev) => this.onBeforeUnload(ev));
    }

    /** With what the desk was opened for: a name by hand, or a call. */
    async openDesk() {
        this.desk.beginWith = () => beginDesk(this.desk, this.props.action);
        await this.desk.open();
        if (this.desk.userId !== null) {
            await this.desk.beginWith();
        }
    }

    shortcuts() {
        const { desk } = this;
        if (desk.frozen) {
            return [];
        }
        return [
            [KEYS.help, () => this.toggleHelp()],
            ...(this.view.help ? [[KEYS.back, () => this.toggleHelp()]] : []),
            ...({ start: this.startKeys, name: this.nameKeys, stopped: this.stoppedKeys }[
                desk.phase
            ]?.call(this) || []),
            ...deskShortcuts
                .getAll()
                .filter(({ phases }) => phases.includes(desk.phase))
                .map(({ key, run }) => [key, () => run(desk)]),
        ];
    }

    startKeys() {
        return [
            [KEYS.next, () => this.desk.nextName()],
            [KEYS.confirmToo, () => this.desk.nextName()],
        ];
    }

    nameKeys() {
        const { desk } = this;
        const outcomes = desk.payload.outcomes.filter(outcomeKey);
        return [
            ...outcomes.map(({ id, ...outcome }) => [
                outcomeKey(outcome),
                () => desk.chooseOutcome(id),
            ]),
            ...KEYS.dial.map((key, index) => [key, () => desk.dial(desk.dialable[index])]),
            [KEYS.endCall, () => desk.endCall()],
            [KEYS.note, () => desk.askFocus("note")],
            [KEYS.allOutcomes, () => desk.askFocus("outcome")],
            [KEYS.script, () => this.showScript()],
            [KEYS.agenda, () => desk.name.kind === "T" && desk.showTab("agenda")],
            [KEYS.previousWeek, () => this.moveWeek(-1)],
            [KEYS.nextWeek, () => this.moveWeek(1)],
            [KEYS.confirm, () => this.confirmOrAccept()],
            [KEYS.confirmToo, () => this.confirmOrAccept()],
            [KEYS.stop, () => desk.stop()],
        ];
    }

    stoppedKeys() {
        return [
            ...(this.view.help ? [] : [[KEYS.back, () => this.desk.back()]]),
            [KEYS.close, () => this.desk.close()],
        ];
    }

    /** The key goes one step on: first the appointment, then the outcome. */
    confirmOrAccept() {
        const appointment = this.desk.agenda.appointment;
        if (this.desk.name.kind === "T" && appointment && !appointment.accepted) {
            return this.desk.acceptAppointment();
        }
        return this.desk.confirm();
    }

    showScript() {
        this.desk.showTab("script");
        this.desk.askFocus("script");
    }

    async moveWeek(step) {
        const { desk } = this;
        if (desk.name.kind === "T" && desk.agenda.week) {
            await desk.attempt(() => desk.agenda.movePage(step));
            desk.showTab("agenda");
        }
    }

    toggleHelp() {
        this.view.help = !this.view.help;
        if (this.view.help) {
            this.beforeHelp = document.activeElement;
            this.desk.askFocus("help");
        } else {
            this.beforeHelp?.focus();
            this.beforeHelp = null;
        }
    }

    toggleScheme() {
        this.view.scheme = this.view.scheme === "dark" ? "light" : "dark";
        rememberScheme(this.view.scheme);
    }

    onBeforeUnload(ev) {
        if (this.desk.dirty) {
            ev.preventDefault();
            ev.returnValue = true;
        }
    }
}

registry.category("actions").add("crm_campaign_motivi.desk", Desk);
