import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { registry } from "@web/core/registry";

/** Columns by which the names of a zone are sorted with the help of an index. */
const SORTABLE = ["name", "city"];

/**
 * A list of all names. Millions of them are sorted by two columns only, and only inside
 * a zone: any other order would read all of them.
 */
export class ArchiveListRenderer extends ListRenderer {
    isSortable(column) {
        return super.isSortable(column) && SORTABLE.includes(column.name) && this.hasZone;
    }

    /** Whether every name that is shown lies in the zones that are asked for. */
    get hasZone() {
        return conditionsThatHold(this.props.list.domain || []).some(
            ([field, operator, value]) =>
                field === "zone_id" &&
                ["=", "in", "child_of"].includes(operator) &&
                (typeof value === "number" || (Array.isArray(value) && value.length))
        );
    }
}

/**
 * Return the conditions of a domain that hold for each of its records: those that don't
 * stand behind an "or" or a "not".
 */
function conditionsThatHold(domain) {
    const found = [];
    let passed = 0;
    for (const part of domain) {
        if (!passed && Array.isArray(part)) {
            found.push(part);
        } else if (part === "|" || (passed && part === "&")) {
            passed += passed ? 1 : 2;
        } else if (part === "!") {
            passed = passed || 1;
        } else if (passed) {
            passed -= 1;
        }
    }
    return found;
}

registry.category("views").add("callcenter_archive_list", {
    ...listView,
    Renderer: ArchiveListRenderer,
});
