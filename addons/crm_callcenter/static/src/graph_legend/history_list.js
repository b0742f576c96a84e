import { registry } from "@web/core/registry";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { GraphLegendButton } from "./graph_legend";

/** A list of history or of events, with the legend of its icons and colours. */
export class LegendListController extends ListController {
    static template = "crm_callcenter.LegendListView";
    static components = { ...ListController.components, GraphLegendButton };
}

registry.category("views").add("callcenter_legend_list", {
    ...listView,
    Controller: LegendListController,
});
