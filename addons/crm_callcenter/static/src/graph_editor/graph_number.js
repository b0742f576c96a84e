import { Component, onWillUpdateProps, useState } from "@odoo/owl";

/** The largest number that the database keeps in such a field. */
const LARGEST = 2147483647;

/**
 * A whole number in a cell of the matrix.
 *
 * What is being typed stays when the graph is read again meanwhile: the answer to a
 * change in one cell must not wipe out the next one.
 */
export class GraphNumber extends Component {
    static template = "crm_callcenter.GraphNumber";
    static props = {
        name: String,
        label: String,
        value: Number,
        min: { type: Number, optional: true },
        readonly: Boolean,
        save: Function,
        refuse: Function,
    };

    setup() {
        this.state = useState({ text: String(this.props.value) });
        onWillUpdateProps((next) => {
            if (next.value !== this.props.value) {
                this.state.text = String(next.value);
            }
        });
    }

    onInput(ev) {
        this.state.text = ev.target.value;
    }

    async onChange(ev) {
        const cell = ev.target;
        const value = Number(cell.value || 0);
        let saved = false;
        if (Number.isInteger(value) && Math.abs(value) <= LARGEST) {
            saved = await this.props.save(this.props.name, value);
        } else {
            this.props.refuse();
        }
        if (!saved) {
            this.state.text = String(this.props.value);
            cell.focus();
        }
    }
}
