import { Component, useEffect, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { DeskAgenda } from "./desk_agenda";
import { DeskCustomFields } from "./desk_custom_fields";
import { DeskDataCheck } from "./desk_data_check";
import { useDesk } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import { DeskQuestionnaire } from "./desk_questionnaire";
import { DeskScript } from "./desk_script";
import { keyLabel } from "./desk_shortcuts";
import { NEXT_STEP, openStep, stepFrom } from "./desk_step_keys";
import {
    AGENDA_KIND,
    deskStepKinds,
    outcomeKindOf,
    SCRIPT_KIND,
    stepHotkey,
} from "./desk_step_kinds";
import { DeskStepOutcome, DeskStepWaiting } from "./desk_step_outcome";
import { isStepAsked, isStepDone } from "./desk_workflow";

deskStepKinds
    .add("script", { ...SCRIPT_KIND, component: DeskScript })
    .add("questionnaire", { label: _t("Questionnaire"), component: DeskQuestionnaire })
    .add("data", { label: _t("Data check"), component: DeskDataCheck })
    .add("agenda", { ...AGENDA_KIND, component: DeskAgenda })
    .add("outcome", { label: _t("Outcome"), component: DeskStepOutcome });

/** The middle of the desk: the steps as tabs, one pane at a time. */
export class DeskSteps extends Component {
    static template = "crm_campaign_motivi.DeskSteps";
    static components = { DeskCustomFields, DeskKey, DeskStepWaiting };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.keyLabel = keyLabel;
        const tabs = useRef("tabs");
        // Many steps don't fit: the open one is in sight.
        useEffect(
            () => {
                const tab = tabs.el?.querySelector(".o_desk_tab_active");
                tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
            },
            () => [this.desk.step.key]
        );
    }

    get hasWorkflow() {
        return Boolean(this.desk.payload.steps?.length);
    }

    get component() {
        return deskStepKinds.get(this.desk.step.kind).component;
    }

    /** The kind of outcome that has to be chosen before the step shows anything. */
    get waitsFor() {
        const kind = outcomeKindOf(this.desk.step);
        return kind && kind !== this.desk.name.kind ? kind : null;
    }

    get tabs() {
        const { steps, name } = this.desk;
        return steps.map((step) => {
            const done = isStepDone(step, name.parts.steps);
            return {
                step,
                hotkey: stepHotkey(step, steps),
                // A step without a workflow has nothing to be marked.
                done: Boolean(step.id && done),
                open: done === false && isStepAsked(step, name.outcome),
            };
        });
    }

    get next() {
        return this.hasWorkflow ? stepFrom(this.desk, 1) : null;
    }

    get nextTitle() {
        return `${this.next.name} (${keyLabel(NEXT_STEP)})`;
    }

    openNext() {
        openStep(this.desk, this.next);
    }

    /** Under the script; in a workflow without one, under what the operator fills in. */
    get hasCustomFields() {
        const { step, steps, payload } = this.desk;
        const { custom_fields, custom_possible } = payload;
        const hasScript = steps.some(({ kind }) => kind === "script");
        return (
            (step.kind === "script" || (!hasScript && !outcomeKindOf(step))) &&
            Boolean(custom_fields?.length || custom_possible?.length)
        );
    }
}
