import { Activity } from "@mail/core/common/activity_model";
import { fields } from "@mail/core/common/record";
import { formatDateTime } from "@web/core/l10n/dates";
import { patch } from "@web/core/utils/patch";

/**
 * A planned action of the commercial graph ends with an outcome: wherever Odoo marks
 * it done, the window that asks for the outcome opens instead.
 */
patch(Activity.prototype, {
    setup() {
        super.setup(...arguments);
        /** Whether it ends with an outcome only. */
        this.asks_outcome = false;
        this.date_planned = fields.Datetime();
    },

    /** The exact time of a commercial action, empty for others. */
    get datePlannedFormatted() {
        return this.date_planned
            ? formatDateTime(this.date_planned, { showSeconds: false })
            : "";
    },

    /** The hour alone, for the day is written beside it. */
    get hourPlanned() {
        return this.date_planned
            ? this.date_planned.toLocaleString(luxon.DateTime.TIME_SIMPLE)
            : "";
    },

    /**
     * Open the window that asks for the outcome, and wait until it is closed.
     *
     * @param {number[]} attachmentIds files that were uploaded for it
     */
    async askOutcome(attachmentIds = []) {
        const { action, orm } = this.store.env.services;
        const chatter = { id: this.res_id, model: this.res_model };
        const window = await orm.call("mail.activity", "action_ask_outcome", [[this.id]], {
            note: this.feedback || false,
            attachment_ids: attachmentIds,
        });
        await new Promise((resolve) => action.doAction(window, { onClose: resolve }));
        this.store.activityBroadcastChannel?.postMessage({
            type: "RELOAD_CHATTER",
            payload: chatter,
        });
    },

    async markAsDone(attachmentIds = []) {
        if (!this.asks_outcome) {
            return super.markAsDone(...arguments);
        }
        await this.askOutcome(attachmentIds);
    },

    /** What comes next is decided by the outcome, so there is nothing to schedule. */
    async markAsDoneAndScheduleNext() {
        if (!this.asks_outcome) {
            return super.markAsDoneAndScheduleNext(...arguments);
        }
        await this.askOutcome();
        return false;
    },
});
