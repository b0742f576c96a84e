import { registry } from "@web/core/registry";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { calendarView } from "@web/views/calendar/calendar_view";
import { textColor } from "./colors";

const HEX = /^#[0-9a-f]{6}$/i;

/** Entries in the colour of their kind, with a text that can be read on it. */
export class GraphCalendarCommonRenderer extends CalendarCommonRenderer {
    onEventDidMount({ el, event }) {
        super.onEventDidMount(...arguments);
        const color = this.props.model.records[event.id]?.colorIndex;
        if (HEX.test(color || "")) {
            el.style.setProperty("color", textColor(color), "important");
            el.querySelector(".fc-event-main")?.style.setProperty(
                "color",
                textColor(color),
                "important"
            );
        }
    }
}

export class GraphCalendarRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: GraphCalendarCommonRenderer,
        week: GraphCalendarCommonRenderer,
        month: GraphCalendarCommonRenderer,
    };
}

/** Entries of planned actions start with the name of whom they are planned with. */
export class GraphCalendarModel extends CalendarModel {
    normalizeRecord(rawRecord) {
        const record = super.normalizeRecord(...arguments);
        if (rawRecord.res_name) {
            record.title = `${rawRecord.res_name} · ${record.title}`;
        }
        return record;
    }
}

export const graphCalendarView = {
    ...calendarView,
    Model: GraphCalendarModel,
    Renderer: GraphCalendarRenderer,
};

registry.category("views").add("callcenter_graph_calendar", graphCalendarView);
