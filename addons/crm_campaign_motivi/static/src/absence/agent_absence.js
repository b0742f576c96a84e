import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Move the appointments of an absent agent step by step; the screen says how far it is. */
async function moveAppointments(env, action) {
    const { orm, ui, action: actions } = env.services;
    const id = action.params.absence_id;
    let answer = { finished: false };
    let blocked = false;
    const unblock = () => {
        if (blocked) {
            ui.unblock();
            blocked = false;
        }
    };
    try {
        while (!answer.finished) {
            answer = await orm.call("crm.agent.absence", "work", [[id]]);
            // Anew each time: a screen that is blocked keeps its first words.
            unblock();
            if (!answer.finished) {
                ui.block({ message: _t("%(done)s of %(total)s appointments", answer) });
                blocked = true;
            }
        }
    } finally {
        unblock();
    }
    return actions.doAction(answer.action);
}

registry.category("actions").add("crm_campaign_motivi.agent_absence", moveAppointments);
