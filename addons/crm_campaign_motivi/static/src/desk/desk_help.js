import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDesk } from "./desk_hooks";
import { keyLabel, outcomeKey, shortcutHelp } from "./desk_shortcuts";

/** All keys of the desk, those of the campaign's outcomes first. */
export class DeskHelp extends Component {
    static template = "crm_campaign_motivi.DeskHelp";
    static props = { close: Function };

    setup() {
        this.desk = useDesk();
    }

    get rows() {
        const outcomes = (this.desk.payload?.outcomes || []).filter(outcomeKey);
        return [
            ...outcomes.map((outcome) => [[outcomeKey(outcome)], _t("Outcome: %s", outcome.name)]),
            ...shortcutHelp(),
        ].map(([keys, text]) => ({ keys: keys.map(keyLabel), text }));
    }
}
