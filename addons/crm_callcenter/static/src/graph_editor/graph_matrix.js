import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";

import { GraphNumber } from "./graph_number";
import { nameWithState, textColor } from "./graph_words";

/**
 * The outcomes of one type as a checkable matrix.
 *
 * Every outcome is a row; a tick makes it one of the type's. Each cell is saved when
 * it is left. When the server refuses, the cell shows the stored value again and the
 * sentence stands below the row.
 */
export class GraphMatrix extends Component {
    static template = "crm_callcenter.GraphMatrix";
    static components = { GraphNumber };
    static props = {
        graph: Object,
        type: Object,
        refusal: { type: [Object, { value: null }] },
        save: Function,
        refuse: Function,
        edit: Function,
    };

    setup() {
        this.textColor = textColor;
        this.nameWithState = nameWithState;
        this.labels = {
            days: (outcome) => _t("Days after %s", outcome),
            hours: (outcome) => _t("Hours after %s", outcome),
            points: (outcome) => _t("Points for %s", outcome),
        };
        // Ticked rows come first, as they were when the type was chosen: a row must
        // not move away under the pointer that ticks it.
        const ticked = new Set(this.relations.map((relation) => relation.outcome_id));
        this.first = ticked;
        this.state = useState({ filter: "", onlyTicked: false, fixedFor: false });
    }

    get isReadonly() {
        return !this.props.graph.can_write || !this.props.type.active;
    }

    get relations() {
        return this.props.graph.relations.filter(
            (relation) => relation.type_id === this.props.type.id
        );
    }

    get rows() {
        const byOutcome = new Map(
            this.relations.map((relation) => [relation.outcome_id, relation])
        );
        const filter = this.state.filter.trim().toLowerCase();
        return this.props.graph.outcomes
            .map((outcome) => ({ outcome, relation: byOutcome.get(outcome.id) }))
            .filter(
                ({ outcome, relation }) =>
                    (outcome.active || relation) &&
                    (relation || !this.state.onlyTicked) &&
                    (!filter || outcome.name.toLowerCase().includes(filter))
            )
            .sort((a, b) => this.first.has(b.outcome.id) - this.first.has(a.outcome.id));
    }

    /** Records to choose from: the active ones, and the one that is chosen. */
    choices(records, chosen) {
        return records.filter((record) => record.active || record.id === chosen);
    }

    isFixed(relation) {
        return relation.next_assignee === "fixed" || this.state.fixedFor === relation.id;
    }

    conclusionOf(relation) {
        return relation.is_conclusive ? relation.conclusion : "";
    }

    // ------------------------------------------------------------
    // CHANGES
    // ------------------------------------------------------------

    async onTick(ev, outcome) {
        const box = ev.target;
        if (!(await this.props.save(outcome.id, box.checked ? {} : null))) {
            box.checked = !box.checked;
        }
    }

    /** Save a cell; put the stored value back when it is refused. */
    async change(ev, relation, values, stored) {
        const cell = ev.target;
        if (!(await this.props.save(relation.outcome_id, values))) {
            if (cell.type === "checkbox") {
                cell.checked = stored;
            } else {
                cell.value = String(stored || "");
            }
            cell.focus();
        }
    }

    onChoose(ev, relation, field, key) {
        const value = ev.target.value ? parseInt(ev.target.value) : false;
        return this.change(ev, relation, { [field]: value }, relation[key]);
    }

    saveNumber(relation, field, value) {
        return this.props.save(relation.outcome_id, { [field]: value });
    }

    refuseNumber(relation) {
        this.props.refuse(relation.outcome_id, _t("Enter a whole number."));
    }

    onAssignee(ev, relation) {
        const assignee = ev.target.value;
        if (assignee === "fixed" && relation.next_type_id && !relation.next_user_id) {
            // Saved together with the user, who is to be chosen now.
            this.state.fixedFor = relation.id;
            return;
        }
        this.state.fixedFor = false;
        const values = { next_assignee: assignee };
        return this.change(ev, relation, values, relation.next_assignee);
    }

    async onUser(ev, relation) {
        const user = parseInt(ev.target.value);
        if (user) {
            const values = { next_assignee: "fixed", next_user_id: user };
            await this.change(ev, relation, values, relation.next_user_id);
            this.state.fixedFor = false;
        } else {
            ev.target.value = String(relation.next_user_id || "");
        }
    }

    onConclusion(ev, relation) {
        const conclusion = ev.target.value || false;
        const values = { is_conclusive: Boolean(conclusion), conclusion };
        return this.change(ev, relation, values, this.conclusionOf(relation));
    }

    onCharge(ev, relation) {
        const values = { takes_charge: ev.target.checked };
        return this.change(ev, relation, values, relation.takes_charge);
    }
}
