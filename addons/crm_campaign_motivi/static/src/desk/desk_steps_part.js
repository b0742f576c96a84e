import { deskParts } from "./desk_parts";
import { checkStepsDone, isAnswered, visibleSteps } from "./desk_workflow";

/**
 * What was done in the steps of the call: answers by question, data checks that the
 * customer has confirmed by step, and the versions of script pages that were on screen.
 */
export const stepsPart = {
    initial: () => ({ answers: {}, checked: {}, pages: [] }),

    isDirty({ answers, checked }) {
        return (
            Object.values(answers).some(isAnswered) || Object.values(checked).some(Boolean)
        );
    },

    confirmValues(part, name) {
        const steps = visibleSteps(name.payload.steps || [], part.answers, name.outcome);
        checkStepsDone(steps, part, name.outcome);
        const answers = Object.fromEntries(
            steps
                .flatMap((step) => step.questions)
                .filter(({ id }) => isAnswered(part.answers[id]))
                .map(({ id }) => [id, part.answers[id]])
        );
        const checked = steps.filter(({ id }) => part.checked[id]).map(({ id }) => id);
        if (!Object.keys(answers).length && !checked.length && !part.pages.length) {
            return {};
        }
        return { steps: { answers, checked, pages: [...part.pages] } };
    },

    /** Data are checked and pages read out in each call anew. */
    offeredAgain: ({ answers }) => ({ answers, checked: {}, pages: [] }),
};

deskParts.add("steps", stepsPart);
