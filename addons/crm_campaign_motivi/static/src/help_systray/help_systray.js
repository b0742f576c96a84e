import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";

import { Dropdown } from "@web/core/dropdown/dropdown";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

/** Calls for help of operators, on top of every page of whoever leads them. */
export class HelpSystray extends Component {
    static template = "crm_campaign_motivi.HelpSystray";
    static components = { Dropdown };
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ leads: false, requests: [] });
        const bus = useService("bus_service");
        const onNews = ({ help }) => help && this.state.leads && this.load(true);
        bus.subscribe("crm_desk/news", onNews);
        bus.start();
        onWillDestroy(() => bus.unsubscribe("crm_desk/news", onNews));
        onWillStart(async () => {
            const groups = ["group_coordinator", "group_campaign_manager"];
            const has = await Promise.all(
                groups.map((group) => user.hasGroup(`crm_callcenter.${group}`))
            );
            this.state.leads = has.some(Boolean);
            if (this.state.leads) {
                await this.load();
            }
        });
    }

    async load(tell = false) {
        const known = new Set(this.state.requests.map(({ id }) => id));
        this.state.requests = await this.orm.silent.call("crm.help.request", "open_requests", []);
        for (const request of this.state.requests) {
            if (tell && !known.has(request.id)) {
                this.notification.add(
                    _t("%(user)s asks for help: %(campaign)s", {
                        user: request.user,
                        campaign: request.campaign,
                    }),
                    { type: "warning" }
                );
            }
        }
    }

    get waiting() {
        return this.state.requests.filter(({ seen_by }) => !seen_by).length;
    }

    since(request) {
        return deserializeDateTime(request.asked_at).toFormat("HH:mm");
    }

    async take(request) {
        await this.orm.call("crm.help.request", "take", [[request.id]]);
        await this.load();
    }

    async done(request) {
        await this.orm.call("crm.help.request", "done", [[request.id]]);
        await this.load();
    }
}

registry
    .category("systray")
    .add("crm_campaign_motivi.help", { Component: HelpSystray }, { sequence: 30 });
