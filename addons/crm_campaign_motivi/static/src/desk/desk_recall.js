import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDesk } from "./desk_hooks";
import { recallQuickPicks } from "./desk_recall_picks";
import { inWords, now } from "./desk_time";

/** When to call again, and who does it. */
export class DeskRecall extends Component {
    static template = "crm_campaign_motivi.DeskRecall";
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    get recall() {
        return this.desk.name.recall;
    }

    get picks() {
        const today = now();
        const { evening } = recallQuickPicks(today);
        return [
            { id: "hour", label: _t("In 1 hour") },
            {
                id: "evening",
                label: evening.hasSame(today, "day") ? _t("This evening") : _t("Tomorrow evening"),
            },
            { id: "tomorrow", label: _t("Tomorrow, same time") },
        ];
    }

    get retriesByItself() {
        return this.desk.name.retriesByItself;
    }

    /** The moment in words, so that a misread date is noticed. */
    get inWords() {
        const { recallAt } = this.desk.name;
        if (!recallAt && this.retriesByItself) {
            return _t("Left empty: the name is tried again by itself.");
        }
        return recallAt ? inWords(recallAt) : "";
    }

    pick(id) {
        this.desk.pickRecall(recallQuickPicks(now())[id]);
    }

    set(field, value) {
        this.recall[field] = value;
        this.desk.saveDraft();
    }
}
