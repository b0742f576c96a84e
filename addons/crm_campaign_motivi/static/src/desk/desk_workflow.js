import { _t } from "@web/core/l10n/translation";
import { missing } from "./desk_server";

/**
 * The workflow of a campaign, as pure functions: which steps are shown, which are done,
 * and what is missing. The server decides by the same rules when the outcome is confirmed.
 */

/** Whether there is an answer at all. */
export function isAnswered(value) {
    return value !== undefined && value !== null && String(value).trim() !== "";
}

function isMet(condition, answers, outcome) {
    if (!condition) {
        return true;
    }
    if (condition.kind === "answer") {
        return condition.answers.includes(answers[condition.question_id]);
    }
    return Boolean(
        outcome &&
            (condition.outcome_ids.includes(outcome.id) ||
                condition.outcome_kind === outcome.kind)
    );
}

/**
 * The steps that are shown, in their order. Answers of a step that isn't shown count for
 * nothing, also for later steps.
 *
 * @param {Object[]} steps of the payload
 * @param {Object} answers by id of the question
 * @param {Object|null} outcome the chosen one
 */
export function visibleSteps(steps, answers, outcome) {
    const counted = {};
    return steps.filter((step) => {
        const shown = isMet(step.condition, counted, outcome);
        for (const { id } of shown ? step.questions : []) {
            counted[id] = answers[id];
        }
        return shown;
    });
}

/** Whether a step is mandatory for the chosen outcome. */
export function isStepAsked(step, outcome) {
    if (!outcome) {
        return false;
    }
    const isDeal = ["C", "T"].includes(outcome.kind);
    return Boolean(
        {
            deal: isDeal,
            talked: isDeal || outcome.after_talk,
            always: true,
        }[step.required_for]
    );
}

/** The first mandatory question of a questionnaire that has no answer yet. */
export function openQuestion(step, answers) {
    return step.questions.find(({ id, required }) => required && !isAnswered(answers[id]));
}

/** Whether a step that has something to be done is done; `undefined` for the others. */
export function isStepDone(step, { answers, checked, pages }) {
    if (step.kind === "script") {
        return !step.version_id || pages.includes(step.version_id);
    }
    if (step.kind === "questionnaire") {
        return (
            !openQuestion(step, answers) &&
            step.questions.some(({ id }) => isAnswered(answers[id]))
        );
    }
    return step.kind === "data" ? Boolean(checked[step.id]) : undefined;
}

/** @throws {DeskRefusal} a mandatory step that is shown isn't done */
export function checkStepsDone(steps, part, outcome) {
    for (const step of steps) {
        if (isStepAsked(step, outcome)) {
            checkStepDone(step, part);
        }
    }
}

function checkStepDone(step, part) {
    const { name } = step;
    if (step.kind === "questionnaire") {
        const question = openQuestion(step, part.answers);
        if (question) {
            throw missing(
                _t("%(step)s: ask “%(question)s” first.", { step: name, question: question.name }),
                `step:${stepKey(step)}:question_${question.id}`
            );
        }
    } else if (isStepDone(step, part) === false) {
        const sentence =
            step.kind === "data"
                ? _t("%s: check the data with the customer and tick it first.", name)
                : _t("%s: this page has to be read out first.", name);
        const focus = step.kind === "data" ? "checked" : "script";
        throw missing(sentence, `step:${stepKey(step)}:${focus}`);
    }
}

/** The key of the tab of a step; of some kinds there is one at most. */
export function stepKey(step) {
    return ["agenda", "cart", "outcome"].includes(step.kind) ? step.kind : `step_${step.id}`;
}
