import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDesk } from "./desk_hooks";
import { recallQuickPicks } from "./desk_recall_picks";
import { withinHours } from "./desk_recall_windows";
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

    /** A time at which nobody is called gives way to the next opening, and says so. */
    get picks() {
        const today = now();
        const picks = recallQuickPicks(today);
        const labels = {
            hour: _t("In 1 hour"),
            evening: picks.evening.hasSame(today, "day")
                ? _t("This evening")
                : _t("Tomorrow evening"),
            tomorrow: _t("Tomorrow, same time"),
        };
        return Object.entries(labels).map(([id, label]) => {
            const moment = withinHours(this.desk.name.knownHours, picks[id]);
            const isMoved = moment !== picks[id];
            return { id, label, moment, instead: isMoved ? this.short(moment) : "" };
        });
    }

    get movedTitle() {
        return _t("Nobody is called at that hour: the next opening");
    }

    get retriesByItself() {
        return this.desk.name.retriesByItself;
    }

    /** When nobody is called at the chosen time. */
    get outside() {
        const hours = this.desk.name.recallHours;
        return hours && !hours.isOpen ? hours : null;
    }

    get mayWish() {
        return Boolean(this.desk.payload.recall?.may_wish);
    }

    /** The moment in words, so that a misread date is noticed. */
    get inWords() {
        const { recallAt } = this.desk.name;
        if (!recallAt && this.retriesByItself) {
            return _t("Left empty: the name is tried again by itself.");
        }
        return recallAt ? inWords(recallAt) : "";
    }

    short(moment) {
        const day = moment.toLocaleString({ weekday: "short", day: "numeric", month: "short" });
        return `${day} ${moment.toFormat("HH:mm")}`;
    }

    pick(moment) {
        this.recall.wish = false;
        this.desk.pickRecall(moment);
    }

    async set(field, value) {
        this.recall[field] = value;
        this.desk.saveDraft();
        await this.learnHours();
    }

    /** Ask for the calling hours of a time that is far away. */
    async learnHours() {
        const { name } = this.desk;
        if (!name.recallHours || name.recallHours.isKnown || !name.payload.recall) {
            return;
        }
        await this.desk.attempt(async () => {
            name.payload.recallLater = await this.desk.callQuietly("recall_windows", {
                ...this.desk.claim,
                day: this.recall.date,
            });
        });
    }
}
