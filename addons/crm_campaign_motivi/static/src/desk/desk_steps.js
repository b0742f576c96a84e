import { Component } from "@odoo/owl";
import { DeskAgenda } from "./desk_agenda";
import { DeskCustomFields } from "./desk_custom_fields";
import { useDesk } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import { DeskScript } from "./desk_script";
import { AGENDA_KIND, deskStepKinds, SCRIPT_KIND, stepHotkey } from "./desk_step_kinds";

deskStepKinds
    .add("script", { ...SCRIPT_KIND, component: DeskScript })
    .add("agenda", { ...AGENDA_KIND, component: DeskAgenda });

/** The middle of the desk: the steps as tabs, one pane at a time. */
export class DeskSteps extends Component {
    static template = "crm_campaign_motivi.DeskSteps";
    static components = { DeskCustomFields, DeskKey };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.stepHotkey = stepHotkey;
    }

    get component() {
        return deskStepKinds.get(this.desk.step.kind).component;
    }

    get hasCustomFields() {
        const { custom_fields, custom_possible } = this.desk.payload;
        return (
            this.desk.step.kind === "script" &&
            Boolean(custom_fields?.length || custom_possible?.length)
        );
    }
}
