import { _t } from "@web/core/l10n/translation";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { ReasonDialog } from "./reason_dialog";

/**
 * Asks what a step wants to be asked, a reason or a yes, before it is taken.
 *
 * @param {Object} dialog the service
 * @param {{name: string, asks_reason: boolean, confirm: string|boolean}} step
 * @returns {Promise<{reason: string|false}|null>} null if the user thinks better of it
 */
export function askBefore(dialog, step) {
    if (!step.asks_reason && !step.confirm) {
        return Promise.resolve({ reason: false });
    }
    return new Promise((resolve) => {
        const options = { onClose: () => resolve(null) };
        if (step.asks_reason) {
            const confirm = (reason) => resolve({ reason });
            dialog.add(ReasonDialog, { title: step.name, confirm }, options);
        } else {
            dialog.add(
                ConfirmationDialog,
                {
                    title: step.name,
                    body: step.confirm === true ? _t("Are you sure?") : step.confirm,
                    confirmLabel: step.name,
                    confirm: () => resolve({ reason: false }),
                    cancel: () => {},
                },
                options
            );
        }
    });
}
