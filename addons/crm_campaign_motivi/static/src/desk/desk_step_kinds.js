import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KEYS } from "./desk_shortcuts";

/**
 * Kinds of steps in the middle of the desk, by name: {label, hotkey?, component}. The
 * component shows `desk.step`, the step whose tab is open.
 */
export const deskStepKinds = registry.category("crm_desk_step_kinds");

/** Steps of a campaign that has chosen none: {key, kind, name}, in their order. */
export function stepsWithoutWorkflow(outcomeKind) {
    const kinds = ["script"];
    const wanted = { C: "cart", T: "agenda" }[outcomeKind];
    if (wanted && deskStepKinds.contains(wanted)) {
        kinds.push(wanted);
    }
    return kinds.map((kind) => ({ key: kind, kind, name: deskStepKinds.get(kind).label }));
}

/** The key that opens the tab of a step, if there is one. */
export function stepHotkey(step) {
    return deskStepKinds.get(step.kind).hotkey || null;
}

/** Labels and keys of the kinds that every desk has; components add themselves. */
export const SCRIPT_KIND = { label: _t("Script"), hotkey: KEYS.script };
export const AGENDA_KIND = { label: _t("Agents' agenda"), hotkey: KEYS.agenda };
