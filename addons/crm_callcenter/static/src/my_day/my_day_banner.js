import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

/** What is late stands on top of My Day, in red, with its number. */
export class MyDayBanner extends Component {
    static template = "crm_callcenter.MyDayBanner";
    static props = {
        /** What the view has loaded: the numbers are read again whenever that changes. */
        loaded: { type: [Array, Object], optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ alarms: [], today: 0 });
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        const counts = await this.orm.silent.call("mail.activity", "get_my_day_counts", []);
        this.state.today = counts.today;
        this.state.alarms = [
            {
                key: "appointments",
                icon: "fa-calendar-times-o",
                count: counts.appointments,
                label: _t("Appointments not closed:"),
                action: "crm_callcenter.calendar_event_action_not_closed",
            },
            { key: "overdue", icon: "fa-clock-o", count: counts.overdue, label: _t("Overdue:") },
            {
                key: "to_schedule",
                icon: "fa-calendar-plus-o",
                count: counts.to_schedule,
                label: _t("To be scheduled:"),
            },
            {
                key: "no_next_step",
                icon: "fa-bell",
                count: counts.no_next_step,
                label: _t("Names without a next step:"),
                action: "crm_callcenter.crm_lead_action_my_no_next_step",
            },
        ].filter((alarm) => alarm.count);
    }

    open(alarm) {
        this.action.doAction(alarm.action);
    }
}
