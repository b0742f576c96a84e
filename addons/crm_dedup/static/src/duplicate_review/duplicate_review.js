import {
    Component,
    onMounted,
    onWillStart,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "crm.merge.review";
/** Pairs that the page has ready besides the one it shows. */
const AHEAD = 2;
/** Decisions that can be taken back one after the other. */
const MOST_UNDONE = 50;

/**
 * Decides about possible duplicates, one pair after the other.
 *
 * The next pairs are there before they are needed, and decisions are sent while the
 * next pair is looked at; so nobody waits between two pairs.
 */
export class DuplicateReview extends Component {
    static template = "crm_dedup.DuplicateReview";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.root = useRef("root");
        this.state = useState({
            pair: null,
            survivor: 0,
            choices: {},
            row: 0,
            left: 0,
            done: 0,
            sending: 0,
            help: false,
            ready: false,
        });
        this.ahead = [];
        this.decided = [];
        this.loading = null;
        onWillStart(() => this.start());
        onMounted(() => this.root.el?.focus());
        useExternalListener(window, "keydown", this.onKeydown);
    }

    get keys() {
        return {
            ArrowUp: () => this.moveRow(-1),
            ArrowDown: () => this.moveRow(1),
            ArrowLeft: () => this.choose(this.rowName, 0),
            ArrowRight: () => this.choose(this.rowName, 1),
            Enter: () => this.merge(),
            d: () => this.decide("different"),
            l: () => this.decide("postponed"),
            s: () => this.switchSurvivor(),
            u: () => this.undo(),
            "?": () => this.toggleHelp(),
        };
    }

    /** Keys are the page's own while nothing is typed and no dialog is open. */
    onKeydown(ev) {
        const key = ev.key.length === 1 ? ev.key.toLowerCase() : ev.key;
        const isArrow = key.startsWith("Arrow");
        if (
            !this.keys[key] ||
            ev.ctrlKey ||
            ev.altKey ||
            ev.metaKey ||
            (ev.repeat && !isArrow) ||
            document.querySelector(".modal, .o_command_palette") ||
            ev.target.closest?.("input, textarea, select, [contenteditable=true]") ||
            (key === "Enter" && ev.target.closest?.("button, a"))
        ) {
            return;
        }
        ev.preventDefault();
        this.keys[key]();
    }

    // ------------------------------------------------------------
    // PAIRS
    // ------------------------------------------------------------

    async start() {
        const chosen = this.props.action.params?.pair_id;
        if (chosen) {
            this.ahead.push(await this.orm.call(MODEL, "chosen_pair", [chosen]));
        }
        await this.load();
        this.show(this.ahead.shift() || null);
        this.state.ready = true;
    }

    /** Gets as many pairs as are missing; at most one request at a time. */
    load() {
        this.loading ||= this.fetchPairs().finally(() => {
            this.loading = null;
        });
        return this.loading;
    }

    async fetchPairs() {
        const known = [this.state.pair, ...this.ahead, ...this.decided.map((one) => one.pair)];
        const answer = await this.orm.silent.call(MODEL, "next_pairs", [
            AHEAD + 1 - this.ahead.length,
            known.filter(Boolean).map((pair) => pair.id),
        ]);
        this.ahead.push(...answer.pairs);
        // What is being sent still counts as open there.
        this.state.left = Math.max(answer.left - this.state.sending, 0);
    }

    show(pair) {
        Object.assign(this.state, {
            pair,
            survivor: pair ? pair.survivor : 0,
            choices: {},
            row: 0,
        });
        if (pair) {
            const first = pair.fields.findIndex((field) => field.differs && field.choosable);
            this.state.row = Math.max(first, 0);
        }
    }

    async showNext() {
        if (!this.ahead.length) {
            this.state.pair = null;
            this.state.ready = false;
            await this.load();
            this.state.ready = true;
        }
        this.show(this.ahead.shift() || null);
        if (this.state.pair) {
            this.load();
        }
    }

    // ------------------------------------------------------------
    // WHAT IS SHOWN
    // ------------------------------------------------------------

    get rowName() {
        return this.state.pair?.fields[this.state.row]?.name;
    }

    /** Which side's value stays: the chosen one, else the survivor's where it has one. */
    sideOf(field) {
        if (field.name in this.state.choices) {
            return this.state.choices[field.name];
        }
        const survivor = this.state.survivor;
        return field.values[survivor] ? survivor : 1 - survivor;
    }

    isKept(field, side) {
        return Boolean(field.values[side]) && (!field.choosable || this.sideOf(field) === side);
    }

    get leftLabel() {
        const left = this.state.left;
        return left > 10000 ? _t("more than 10,000 left") : _t("%s left", left);
    }

    points(reason) {
        const points = Math.round(reason.points * 10) / 10;
        return points > 0 ? `+${points}` : `${points}`;
    }

    // ------------------------------------------------------------
    // KEYS AND MOUSE
    // ------------------------------------------------------------

    moveRow(step) {
        const last = (this.state.pair?.fields.length || 1) - 1;
        this.state.row = Math.min(Math.max(this.state.row + step, 0), last);
        this.root.el
            ?.querySelector(`tr[data-row="${this.state.row}"]`)
            ?.scrollIntoView({ block: "nearest" });
    }

    choose(name, side) {
        const field = this.state.pair?.fields.find((one) => one.name === name);
        if (!field || !field.choosable || !field.values[side]) {
            return;
        }
        this.state.choices[name] = side;
    }

    onClickValue(index, side) {
        this.state.row = index;
        this.choose(this.rowName, side);
    }

    setSurvivor(side) {
        if (this.state.pair && !this.state.pair.fixed) {
            this.state.survivor = side;
        }
    }

    switchSurvivor() {
        this.setSurvivor(1 - this.state.survivor);
    }

    toggleHelp() {
        this.state.help = !this.state.help;
    }

    openRecord(side) {
        const record = this.state.pair.sides[side];
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: record.model,
            res_id: record.id,
            views: [[false, "form"]],
            target: "new",
        });
    }

    // ------------------------------------------------------------
    // DECISIONS
    // ------------------------------------------------------------

    merge() {
        const { pair, survivor, choices } = this.state;
        return this.send(pair, "merge", [survivor, { ...choices }]);
    }

    decide(state) {
        return this.send(this.state.pair, "decide", [state]);
    }

    /** Sends a decision and shows the next pair without waiting for the answer. */
    async send(pair, method, args) {
        if (!pair) {
            return;
        }
        const decision = { pair, journalId: null };
        this.decided.push(decision);
        this.decided.splice(0, this.decided.length - MOST_UNDONE);
        this.state.done++;
        this.state.sending++;
        this.state.left = Math.max(this.state.left - 1, 0);
        decision.answer = this.orm.silent
            .call(MODEL, method, [pair.id, ...args])
            .then((answer) => {
                decision.journalId = answer.journal_id || null;
            })
            .catch((error) => this.onRefused(decision, error))
            .finally(() => {
                this.state.sending--;
            });
        // Enter means to merge again, not the button that was clicked.
        this.root.el?.focus();
        await this.showNext();
    }

    onRefused(decision, error) {
        this.decided = this.decided.filter((one) => one !== decision);
        this.state.done--;
        this.notification.add(error.data?.message || error.message, {
            title: decision.pair.sides.map((side) => side.name).join(" / "),
            type: "danger",
            sticky: true,
        });
    }

    async undo() {
        const decision = this.decided.pop();
        if (!decision) {
            this.notification.add(_t("There is nothing to take back."), { type: "info" });
            return;
        }
        await decision.answer;
        try {
            const pair = await this.orm.call(MODEL, "undo", [
                decision.pair.id,
                decision.journalId,
            ]);
            if (this.state.pair) {
                this.ahead.unshift(this.state.pair);
            }
            this.state.done--;
            this.state.left++;
            this.show(pair);
        } catch (error) {
            this.decided.push(decision);
            throw error;
        }
    }
}

registry.category("actions").add("crm_dedup.duplicate_review", DuplicateReview);
