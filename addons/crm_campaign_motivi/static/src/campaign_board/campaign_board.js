import { Component, onWillStart, useRef, useState } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { useSetupAction } from "@web/search/action_hook";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { BoardBars } from "./board_bars";
import { BoardOperators } from "./board_operators";
import { useBoardRefresh } from "./board_refresh";

const LAST_CAMPAIGN = "crm_campaign_board.campaign";
/** What a column of the chart is made of, from the bottom up. */
const KINDS = ["T", "C", "R", "N", ""];
const NO_KIND_COLOR = "#8d949b";
const PROMISED_COLOR = "#2f7fc1";
const AUTOMATIC_COLOR = "#b9c6d3";

/**
 * The coordinator's page of a campaign, made to stay on a wall all day: it reads its
 * figures in one request, whenever the bus says that something changed.
 */
export class CampaignBoard extends Component {
    static template = "crm_campaign_motivi.CampaignBoard";
    static components = { BoardBars, BoardOperators, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.display = { controlPanel: {} };
        this.kindLabels = {
            T: _t("Appointments"),
            C: _t("Closed on line"),
            R: _t("To call again"),
            N: _t("Negative"),
            "": _t("Others"),
        };
        this.periods = [
            ["today", _t("Today")],
            ["week", _t("7 days")],
        ];
        this.campaigns = [];
        this.request = 0;
        this.state = useState({
            campaignId: false,
            period: this.props.state?.period || "today",
            board: null,
            message: "",
        });
        useSetupAction({
            getLocalState: () => ({
                campaignId: this.state.campaignId,
                period: this.state.period,
            }),
        });
        useBoardRefresh(
            () => this.state.campaignId,
            () => this.load()
        );
        onWillStart(async () => {
            this.campaigns = await this.orm.call("crm.campaign.board", "get_campaigns", []);
            this.state.campaignId = this.firstCampaignId;
            await this.load();
        });
    }

    // ------------------------------------------------------------
    // WHICH CAMPAIGN
    // ------------------------------------------------------------

    get firstCampaignId() {
        const wanted = [
            this.props.state?.campaignId,
            this.props.action.context?.active_id,
            Number(browser.localStorage.getItem(this.storageKey)),
        ];
        const ids = this.campaigns.map((campaign) => campaign.id);
        return wanted.find((id) => ids.includes(id)) || ids[0] || false;
    }

    get storageKey() {
        return `${LAST_CAMPAIGN}.${user.userId}`;
    }

    async chooseCampaign(id) {
        this.state.campaignId = Number(id);
        browser.localStorage.setItem(this.storageKey, id);
        await this.load();
    }

    async choosePeriod(period) {
        this.state.period = period;
        await this.load();
    }

    async load() {
        if (!this.state.campaignId) {
            return;
        }
        const request = ++this.request;
        try {
            const board = await this.orm.silent.call("crm.campaign.board", "get_board", [
                this.state.campaignId,
                this.state.period,
            ]);
            // An answer that comes after a later question is out of date.
            if (request === this.request) {
                Object.assign(this.state, { board, message: "" });
            }
        } catch (error) {
            if (request === this.request) {
                this.state.message = this.messageOf(error);
            }
        }
    }

    /** Nobody stands before a wall to close a dialog: what is wrong is said on the page. */
    messageOf(error) {
        if (error instanceof ConnectionLostError) {
            return _t("The server can't be reached. The page goes on by itself when it is back.");
        }
        if (error instanceof RPCError) {
            return error.data?.message || error.message;
        }
        throw error;
    }

    // ------------------------------------------------------------
    // WHAT IS ON THE PAGE
    // ------------------------------------------------------------

    get board() {
        return this.state.board;
    }

    get campaignState() {
        return {
            draft: _t("In preparation"),
            running: _t("Running"),
            closing: _t("Closing"),
            closed: _t("Closed"),
        }[this.board.campaign.state];
    }

    get timeSentence() {
        return _t("Figures of %s", deserializeDateTime(this.board.at).toFormat("HH:mm:ss"));
    }

    count(value) {
        return formatInteger(value);
    }

    percent(value) {
        return formatFloat(value, { digits: [0, 1] }) + "%";
    }

    get leftSentence() {
        const total = this.count(this.board.total);
        const hours = this.board.hours_left;
        if (hours === null) {
            return _t("of %s, nobody has called in the last hour", total);
        }
        return _t("of %(total)s, %(hours)s hours at the speed of the last hour", {
            total,
            hours: formatFloat(hours, { digits: [0, 1] }),
        });
    }

    get handsSentence() {
        return _t("%s names in hand", this.count(this.board.in_hand));
    }

    get appointmentShare() {
        const { appointments, calls } = this.board;
        const share = calls ? (100 * appointments) / calls : 0;
        return _t("%s of the calls", this.percent(share));
    }

    get kindColors() {
        return { "": NO_KIND_COLOR, ...this.board.kind_colors };
    }

    /** Without figures per person their pane is given to the outcomes. */
    get showsPeople() {
        return !this.board.notice || this.board.people.length > 0;
    }

    get kindsInUse() {
        const inUse = new Set(this.board.outcomes.map((outcome) => outcome.kind));
        return KINDS.filter((kind) => inUse.has(kind));
    }

    get callColumns() {
        const colors = this.kindColors;
        const now = new Date(deserializeDateTime(this.board.at).toMillis());
        return this.board.chart.steps.map(({ label, counts, total }) => ({
            label,
            title: _t("%(step)s: %(count)s calls", { step: label, count: total }),
            isNow: this.board.chart.unit === "hour" && Number(label) === now.getHours(),
            parts: KINDS.map((kind) => ({ color: colors[kind], value: counts[kind] || 0 })),
        }));
    }

    daySentence(day) {
        return _t("%(day)s: %(promised)s promised, %(automatic)s automatic", {
            day: day.label,
            promised: this.count(day.promised),
            automatic: this.count(day.automatic),
        });
    }

    recallColumns(day) {
        return day.slots.map(({ label, promised, automatic }) => ({
            label: label.endsWith(":00") ? label.split(":")[0] : "",
            title: _t("%(time)s: %(promised)s promised, %(automatic)s automatic retries", {
                time: label,
                promised,
                automatic,
            }),
            parts: [
                { color: PROMISED_COLOR, value: promised },
                { color: AUTOMATIC_COLOR, value: automatic },
            ],
        }));
    }

    get recallsEnded() {
        const { kept, late, lost } = this.board.recalls;
        return kept + late + lost;
    }

    // ------------------------------------------------------------
    // WHAT CAN BE DONE
    // ------------------------------------------------------------

    async openWhyNot() {
        if (document.fullscreenElement) {
            // Windows open outside of what fills the screen.
            await document.exitFullscreen();
        }
        const action = await this.orm.call("utm.campaign", "action_why_not", [
            [this.state.campaignId],
        ]);
        await this.action.doAction(action);
    }

    openNames(state) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: state.name,
            res_model: "crm.call.list.line",
            views: [[false, "list"]],
            domain: [
                ["campaign_id", "=", this.state.campaignId],
                ["list_state_id", "=", state.id || false],
            ],
        });
    }

    openRecalls() {
        return this.action.doAction("crm_campaign_motivi.crm_recall_action");
    }

    fillScreen() {
        if (document.fullscreenElement) {
            document.exitFullscreen();
        } else {
            this.root.el.requestFullscreen();
        }
    }
}

registry.category("actions").add("crm_campaign_motivi.campaign_board", CampaignBoard);
