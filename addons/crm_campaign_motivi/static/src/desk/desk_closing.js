import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
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

    set(field, value) {
        this.desk.name[field] = value;
        this.desk.saveDraft();
    }
}
