import { Chatter } from "@mail/chatter/web_portal/chatter";
import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { patch } from "@web/core/utils/patch";

/** Odoo's pop-up asks for feedback; the outcome window asks for that as well. */
patch(Activity.prototype, {
    async onClickMarkAsDone() {
        if (!this.props.activity.asks_outcome) {
            return super.onClickMarkAsDone(...arguments);
        }
        const thread = this.thread;
        await this.props.activity.askOutcome();
        this.props.onActivityChanged(thread);
        await thread.fetchNewMessages();
    },
});

patch(ActivityListPopoverItem.prototype, {
    async onClickMarkAsDone() {
        if (!this.props.activity.asks_outcome) {
            return super.onClickMarkAsDone(...arguments);
        }
        await this.props.activity.askOutcome();
        this.props.onActivityChanged?.();
    },
});

/** An outcome moves the state and the history of the name, which its form shows. */
patch(Chatter.prototype, {
    onActivityChanged(thread) {
        super.onActivityChanged(...arguments);
        if (thread.model === "crm.lead" && !this.props.hasParentReloadOnActivityChanged) {
            this.reloadParentView();
        }
    },
});
