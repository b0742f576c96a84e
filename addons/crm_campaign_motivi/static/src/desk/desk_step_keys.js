import { _t } from "@web/core/l10n/translation";
import { deskShortcuts } from "./desk_shortcuts";

export const NEXT_STEP = "alt+shift+pagedown";
export const PREVIOUS_STEP = "alt+shift+pageup";

/** Open a step, and go on with the keyboard where it begins. */
export function openStep(desk, step) {
    desk.showTab(step.key);
    const [question] = step.questions || [];
    const first = question ? `question_${question.id}` : "step";
    desk.askFocus(["questionnaire", "data"].includes(step.kind) ? first : step.kind);
}

/** The step so many further on, if there is one. */
export function stepFrom(desk, offset) {
    const { steps, step } = desk;
    return steps[steps.findIndex(({ key }) => key === step.key) + offset] || null;
}

function moveStep(desk, offset) {
    const step = stepFrom(desk, offset);
    if (step) {
        openStep(desk, step);
    }
}

deskShortcuts
    .add("next_step", {
        phases: ["name"],
        key: NEXT_STEP,
        run: (desk) => moveStep(desk, 1),
        help: _t("Next step of the call"),
    })
    .add("previous_step", {
        phases: ["name"],
        key: PREVIOUS_STEP,
        run: (desk) => moveStep(desk, -1),
        help: _t("Previous step of the call"),
    });
