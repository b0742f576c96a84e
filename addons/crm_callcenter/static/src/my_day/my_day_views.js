import { registry } from "@web/core/registry";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";
import { GraphLegendButton } from "../graph_legend/graph_legend";
import { graphCalendarView } from "../graph_node_field/graph_calendar";
import { MyDayBanner } from "./my_day_banner";

export class MyDayListController extends ListController {
    static template = "crm_callcenter.MyDayListView";
    static components = { ...ListController.components, GraphLegendButton, MyDayBanner };
}

export class MyDayKanbanController extends KanbanController {
    static template = "crm_callcenter.MyDayKanbanView";
    static components = { ...KanbanController.components, GraphLegendButton, MyDayBanner };
}

export class MyDayCalendarController extends CalendarController {
    static template = "crm_callcenter.MyDayCalendarView";
    static components = { ...CalendarController.components, GraphLegendButton, MyDayBanner };
}

const views = registry.category("views");
views.add("my_day_list", { ...listView, Controller: MyDayListController });
views.add("my_day_kanban", { ...kanbanView, Controller: MyDayKanbanController });
views.add("my_day_calendar", {
    ...graphCalendarView,
    Controller: MyDayCalendarController,
});
