import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { cellChoices, cellDomain, cellKind, domainText } from "./search_row";

/**
 * The operators' list: under the headers stands a row to search in, one cell for each
 * column. All filled cells combine, and each is a filter of the search bar as well:
 * removing it there empties the cell.
 */
export class LineListRenderer extends ListRenderer {
    static template = "crm_campaign_motivi.LineListRenderer";

    setup() {
        super.setup();
        this.cells = useState({ wrong: null });
    }

    get searchModel() {
        return this.env.searchModel;
    }

    /** The filters of the search bar that come from cells, by column. */
    get filledCells() {
        const active = new Set(this.searchModel.query.map((element) => element.searchItemId));
        const found = {};
        for (const item of Object.values(this.searchModel.searchItems)) {
            if (item.searchRow && active.has(item.id)) {
                found[item.searchRow.column] = item;
            }
        }
        return found;
    }

    /** Whoever finds nothing must be able to empty the cells again. */
    get showNoContentHelper() {
        return super.showNoContentHelper && !Object.keys(this.filledCells).length;
    }

    cellField(column) {
        return this.props.list.fields[column.name];
    }

    kindOf(column) {
        if (column.type !== "field" || !column.hasLabel || !column.label.trim()) {
            return null;
        }
        return cellKind(this.cellField(column));
    }

    choicesOf(column) {
        return cellChoices(this.cellField(column), _t("Yes"), _t("No"));
    }

    valueOf(column) {
        const item = this.filledCells[column.name];
        return item ? item.searchRow.text : "";
    }

    labelOf(column) {
        return _t("Search in %s", column.label);
    }

    describe(column, text) {
        if (this.kindOf(column) !== "choice") {
            return `${column.label}: ${text}`;
        }
        const choice = this.choicesOf(column).find(([value]) => value === text);
        return `${column.label}: ${choice ? choice[1] : text}`;
    }

    /** @param {string} text what stands in the cell of a column now */
    async searchCell(column, text) {
        const typed = text.trim();
        if (typed === this.valueOf(column)) {
            this.cells.wrong = null;
            return;
        }
        const domain = cellDomain(column.name, this.cellField(column), typed);
        this.cells.wrong = typed && !domain ? column.name : null;
        if (this.cells.wrong) {
            return;
        }
        await this.props.list.leaveEditMode();
        if (typed === this.valueOf(column)) {
            // Enter is a change of the cell as well: the first of them has done it.
            return;
        }
        const former = this.filledCells[column.name];
        const model = this.searchModel;
        // One change of the search, however many filters go and come.
        model.blockNotification = true;
        if (former) {
            model.deactivateGroup(former.groupId);
        }
        if (domain) {
            model.createNewFilters([
                {
                    description: this.describe(column, typed),
                    domain: domainText(domain),
                    invisible: "True",
                    searchRow: { column: column.name, text: typed },
                },
            ]);
        }
        model.blockNotification = false;
        model._notify();
    }

    onCellSearchKeydown(column, ev) {
        // The list moves its own focus with the arrows, and selects with the space bar.
        ev.stopPropagation();
        if (ev.key === "Enter") {
            this.searchCell(column, ev.target.value);
        } else if (ev.key === "Escape") {
            ev.target.value = "";
            this.searchCell(column, "");
        }
    }
}

registry.category("views").add("call_list_lines", {
    ...listView,
    Renderer: LineListRenderer,
});
