import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDesk } from "./desk_hooks";
import { deskPlaces } from "./desk_places";
import { fromServer } from "./desk_time";

/** Calm lines under the header: training, lost connection, help, messages. */
export class DeskNews extends Component {
    static template = "crm_campaign_motivi.DeskNews";
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    /** One message at a time, the oldest first. */
    get message() {
        return this.desk.messages[0];
    }

    get messageHead() {
        const { sender, sent_at } = this.message;
        return _t("%(sender)s, %(time)s:", {
            sender,
            time: fromServer(sent_at).toFormat("HH:mm"),
        });
    }

    get more() {
        return this.desk.messages.length - 1;
    }

    get helpSentence() {
        const { seen_by } = this.desk.help;
        return seen_by
            ? _t("%s has seen that you need help.", seen_by)
            : _t("Your coordinators know that you need help.");
    }
}

/** Is anything to be said? Without it the place has no height. */
function hasNews(desk) {
    return Boolean(
        desk.offline || desk.help || desk.messages.length || desk.payload?.campaign.is_training
    );
}

deskPlaces.add(
    "news",
    { place: "banner", component: DeskNews, isShown: hasNews },
    { sequence: 10 }
);
