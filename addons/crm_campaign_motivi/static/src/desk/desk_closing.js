import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/views/fields/formatters";
import { useDesk } from "./desk_hooks";

/** What the sale is worth and when it should be closed: both required. */
export class DeskClosing extends Component {
    static template = "crm_campaign_motivi.DeskClosing";
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    get revenueLabel() {
        const { currency } = this.desk.payload.campaign;
        return _t("Expected revenue (%s)", currency?.symbol || "€");
    }

    /** As the cart has it: not asked for a second time. */
    get knownRevenue() {
        const { knownRevenue, payload } = this.desk.name;
        const digits = [16, payload.campaign.currency?.digits ?? 2];
        return knownRevenue === null ? null : formatFloat(knownRevenue, { digits });
    }

    set(field, value) {
        this.desk.name[field] = value;
        this.desk.saveDraft();
    }
}
