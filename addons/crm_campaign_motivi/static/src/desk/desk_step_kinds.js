import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KEYS } from "./desk_shortcuts";
import { stepKey, visibleSteps } from "./desk_workflow";

/**
 * Kinds of steps in the middle of the desk, by name: {label, hotkey?, component}. The
 * component shows `desk.step`, the step whose tab is open.
 */
export const deskStepKinds = registry.category("crm_desk_step_kinds");

/** The kind of step that an outcome of a kind opens, and that only it fills in. */
const KIND_OF_OUTCOME = { C: "cart", T: "agenda" };

/** Steps of a campaign that has chosen none: {key, kind, name}, in their order. */
export function stepsWithoutWorkflow(outcomeKind) {
    const kinds = ["script"];
    const wanted = KIND_OF_OUTCOME[outcomeKind];
    if (wanted && deskStepKinds.contains(wanted)) {
        kinds.push(wanted);
    }
    return kinds.map(impliedStep);
}

function impliedStep(kind) {
    return { key: kind, kind, name: deskStepKinds.get(kind).label };
}

/**
 * The steps that are shown now: those of the campaign, and what its outcome asks for.
 *
 * @param {import("./desk_name_state").DeskNameState} name
 */
export function stepsOf(name) {
    const { steps } = name.payload;
    if (!steps?.length) {
        return stepsWithoutWorkflow(name.kind);
    }
    const shown = visibleSteps(steps, name.parts.steps.answers, name.outcome)
        .filter(({ kind }) => deskStepKinds.contains(kind))
        .map((step) => ({ ...step, key: stepKey(step) }));
    const wanted = KIND_OF_OUTCOME[name.kind];
    if (wanted && deskStepKinds.contains(wanted) && !findStep(shown, wanted)) {
        const outcome = shown.findIndex(({ kind }) => kind === "outcome");
        shown.splice(outcome, 0, impliedStep(wanted));
    }
    return shown;
}

/** A step by the key of its tab, or the first one of a kind. */
export function findStep(steps, tab) {
    return steps.find(({ key }) => key === tab) || steps.find(({ kind }) => kind === tab);
}

/**
 * Where to go on when an outcome was chosen: to the products of a sale, to what is shown
 * with this outcome alone, else nowhere.
 *
 * @param {import("./desk_work").DeskWork} desk
 * @param {Object[]} before the steps that were shown before
 */
export function tabAfterOutcome(desk, before) {
    const { steps, tab, name } = desk;
    if (name.kind === "C" && findStep(steps, "cart")) {
        return "cart";
    }
    if (!name.payload.steps?.length) {
        return "script";
    }
    const added = steps.find(
        ({ key, condition }) =>
            condition?.kind === "outcome" && !before.some((step) => step.key === key)
    );
    const stays = findStep(steps, tab) && !["agenda", "cart"].includes(tab);
    return added?.key || (stays ? tab : steps[0].key);
}

/** The kind of outcome without which a step has nothing to show, if any. */
export function outcomeKindOf(step) {
    return { agenda: "T", cart: "C" }[step.kind] || null;
}

/** The key that opens the tab of a step, if there is one: of the first one of its kind. */
export function stepHotkey(step, steps = [step]) {
    return findStep(steps, step.kind)?.key === step.key
        ? deskStepKinds.get(step.kind).hotkey || null
        : null;
}

/** Labels and keys of the kinds that every desk has; components add themselves. */
export const SCRIPT_KIND = { label: _t("Script"), hotkey: KEYS.script };
export const AGENDA_KIND = { label: _t("Agents' agenda"), hotkey: KEYS.agenda };
