import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const FILTERS = ["team_id", "campaign_id", "category_id"];

/** Who scored what: rank, points and outcomes, each line opens its ledger rows. */
export class Leaderboard extends Component {
    static template = "crm_callcenter.Leaderboard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        const saved = this.props.state?.options;
        this.options = useState(saved || { by: "team", period: "week" });
        this.state = useState({ board: null, isLoading: true, message: "" });
        this.groups = [
            ["team", _t("Team")],
            ["user", _t("Person")],
            ["campaign", _t("Campaign")],
            ["category", _t("Category")],
        ];
        this.periods = [
            ["today", _t("Today")],
            ["week", _t("This week")],
            ["month", _t("This month")],
            ["quarter", _t("This quarter")],
            ["year", _t("This year")],
            ["custom", _t("Between two days")],
        ];
        this.request = 0;
        useSetupAction({ getLocalState: () => ({ options: { ...this.options } }) });
        onWillStart(async () => {
            this.choices = await this.orm.call("crm.points", "get_choices", []);
            await this.load();
        });
    }

    /** The filters that have something to offer. */
    get filters() {
        return [
            { name: "team_id", label: _t("All teams"), values: this.choices.teams },
            { name: "campaign_id", label: _t("All campaigns"), values: this.choices.campaigns },
            { name: "category_id", label: _t("All categories"), values: this.choices.categories },
        ].filter((filter) => filter.values.length);
    }

    get days() {
        const { first, last } = this.state.board;
        return [...new Set([first, last])]
            .map((day) => formatDate(deserializeDate(day)))
            .join(" – ");
    }

    get isWaitingForDays() {
        const { period, date_from, date_to } = this.options;
        return period === "custom" && !(date_from && date_to && date_from <= date_to);
    }

    async set(name, value) {
        this.options[name] = FILTERS.includes(name) ? Number(value) || false : value;
        await this.load();
    }

    async load() {
        if (this.isWaitingForDays) {
            this.state.message = _t("Choose the first and the last day, in this order.");
            this.state.isLoading = false;
            return;
        }
        const request = ++this.request;
        this.state.isLoading = true;
        try {
            const options = { ...this.options };
            const board = await this.orm.call("crm.points", "get_leaderboard", [options]);
            // A quicker answer to a later question stays.
            if (request === this.request) {
                Object.assign(this.state, { board, message: "" });
            }
        } finally {
            this.state.isLoading = request !== this.request;
        }
    }

    async open(line) {
        if (line.can_open) {
            const action = await this.orm.call("crm.points", "explain", [
                { ...this.options },
                line.id,
            ]);
            const name = _t("Points: %s", line.name);
            await this.action.doAction({ ...action, name, display_name: name });
        }
    }
}

registry.category("actions").add("crm_callcenter.leaderboard", Leaderboard);
