import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { DeskStart } from "@crm_campaign_motivi/desk/desk_start";

/** "My lists" on the operator's home, with the names that are left in each. */
export class DeskLists extends Component {
    static template = "crm_campaign_motivi.DeskLists";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ lists: [] });
        // The button for the next name doesn't wait for the counts.
        this.load();
    }

    async load() {
        this.state.lists = await this.orm.silent.call("crm.desk", "my_lists", []);
    }

    left(list) {
        const count = list.left.toLocaleString();
        return list.left >= list.cap ? _t("%s and more left", count) : _t("%s left", count);
    }

    due(list) {
        return _t("%s recalls due", list.due.toLocaleString());
    }

    open(list) {
        return this.action.doActionButton({
            type: "object",
            name: "action_open_lines",
            resModel: "crm.call.list",
            resId: list.id,
        });
    }
}

DeskStart.components = { ...DeskStart.components, DeskLists };
