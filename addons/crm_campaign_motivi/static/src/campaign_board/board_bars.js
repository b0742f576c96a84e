import { Component } from "@odoo/owl";

/**
 * Columns side by side, each of some coloured parts on top of one another.
 *
 * A column has a label, a title that says its figures in words, and its parts with
 * colour and value; `most` is the height of the chart.
 */
export class BoardBars extends Component {
    static template = "crm_campaign_motivi.BoardBars";
    static props = {
        columns: Array,
        most: Number,
        showTotals: { type: Boolean, optional: true },
    };
    static defaultProps = { showTotals: false };

    height(value) {
        return this.props.most ? (100 * value) / this.props.most : 0;
    }

    total(column) {
        return column.parts.reduce((sum, part) => sum + part.value, 0);
    }
}
