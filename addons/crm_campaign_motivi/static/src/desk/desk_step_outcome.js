import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDesk } from "./desk_hooks";
import { openStep } from "./desk_step_keys";
import { colorStyle } from "./desk_utils";
import { isStepAsked, isStepDone } from "./desk_workflow";

/** ESITO: what was done in the call, before its outcome is confirmed below. */
export class DeskStepOutcome extends Component {
    static template = "crm_campaign_motivi.DeskStepOutcome";
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    get rows() {
        const { name, steps } = this.desk;
        return steps
            .filter((step) => isStepDone(step, name.parts.steps) !== undefined)
            .map((step) => ({
                step,
                done: isStepDone(step, name.parts.steps),
                asked: isStepAsked(step, name.outcome),
            }));
    }

    doneWord({ done }) {
        return done ? _t("Done") : _t("Not done");
    }

    open(step) {
        openStep(this.desk, step);
    }
}

/** A step that its outcome fills in: the outcomes that open it. */
export class DeskStepWaiting extends Component {
    static template = "crm_campaign_motivi.DeskStepWaiting";
    static props = { kind: String };

    setup() {
        this.desk = useDesk();
        this.colorStyle = colorStyle;
    }

    get outcomes() {
        return this.desk.payload.outcomes.filter(({ kind }) => kind === this.props.kind);
    }

    choose(outcome) {
        return this.desk.chooseOutcome(outcome.id);
    }
}
