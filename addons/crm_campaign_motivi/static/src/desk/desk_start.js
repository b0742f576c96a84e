import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDesk } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import { DeskPlace } from "./desk_places";
import { KEYS } from "./desk_shortcuts";
import { shortDateTime, toServer } from "./desk_time";

/** From here on the server only says that there are many. */
const HINT_CAP = 1000;

/** No name in hand: choose the campaign and take the next name. */
export class DeskStart extends Component {
    static template = "crm_campaign_motivi.DeskStart";
    static components = { DeskKey, DeskPlace };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.KEYS = KEYS;
        this.caller = useState({ number: "" });
    }

    get remaining() {
        const count = this.desk.campaign.remaining_hint;
        if (!count) {
            return _t("No names wait for you");
        }
        return count >= HINT_CAP
            ? _t("More than %s names wait for you", HINT_CAP)
            : _t("%s names wait for you", count);
    }

    leftoverTitle({ leadName, values }) {
        return values.note?.trim()
            ? _t("This note on %s was not saved", leadName)
            : _t("Your work on %s was not saved", leadName);
    }

    /** When it was left; it comes back by itself with the name. */
    leftoverTime({ setAsideAt }) {
        const moment = setAsideAt && shortDateTime(toServer(luxon.DateTime.fromMillis(setAsideAt)));
        return moment
            ? _t("%s. It is here again when the name is.", moment)
            : _t("It is here again when the name is.");
    }

    discardWord({ values }) {
        return values.note?.trim() ? _t("Discard the note") : _t("Discard the work");
    }

    async onAnswer(ev) {
        ev.preventDefault();
        await this.desk.answer(this.caller.number);
    }

    onCampaignChange(ev) {
        this.desk.chooseCampaign(Number(ev.target.value));
    }
}
