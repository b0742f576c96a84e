import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";
import { registry } from "@web/core/registry";

/** Columns by which the names of a zone are sorted with the help of an index. */
const SORTABLE = ["name", "city"];

/**
 * The list of the archive. Millions of names are sorted by two columns only, and only
 * inside a zone: any other order would read all of them.
 */
export class ArchiveListRenderer extends ListRenderer {
    isSortable(column) {
        return (
            super.isSortable(column) &&
            SORTABLE.includes(column.name) &&
            JSON.stringify(this.props.list.domain || []).includes('"zone_id"')
        );
    }
}

registry.category("views").add("callcenter_archive_list", {
    ...listView,
    Renderer: ArchiveListRenderer,
});
