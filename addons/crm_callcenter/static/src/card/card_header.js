import { useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { CardPart } from "./card_part";

/** Icons of the states of a consent; the word stands beside them. */
const CONSENT_ICONS = {
    given: "fa-check text-success",
    withdrawn: "fa-ban text-danger",
    expired: "fa-clock-o text-danger",
    missing: "fa-question-circle text-warning",
};

/** What is next with a name or customer, and what to know before anyone dials. */
export class CardHeader extends CardPart {
    static template = "crm_callcenter.CardHeader";

    setup() {
        this.state = useState({ header: null });
        super.setup();
    }

    async load(record) {
        const { resId, resModel } = record;
        const header = resId ? await this.orm.call(resModel, "card_header", [[resId]]) : null;
        if (resId === this.shownId) {
            this.state.header = header;
        }
    }

    consentIcon(state) {
        return CONSENT_ICONS[state];
    }
}

registry.category("view_widgets").add("callcenter_card_header", { component: CardHeader });
