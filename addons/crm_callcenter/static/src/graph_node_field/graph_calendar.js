import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CalendarCommonPopover } from "@web/views/calendar/calendar_common/calendar_common_popover";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { calendarView } from "@web/views/calendar/calendar_view";
import { textColor } from "./colors";

const HEX = /^#[0-9a-f]{6}$/i;

/** What an entry says on a click; actions and appointments are closed from there. */
export class GraphCalendarPopover extends CalendarCommonPopover {
    static subTemplates = {
        ...CalendarCommonPopover.subTemplates,
        footer: "crm_callcenter.GraphCalendarPopover.footer",
    };

    setup() {
        super.setup();
        this.actionService = useService("action");
    }

    /** The method that closes the entry, or nothing if there is nothing to close. */
    get closingMethod() {
        const { rawRecord } = this.props.record;
        if (this.props.model.resModel === "mail.activity") {
            return rawRecord.asks_outcome ? "action_ask_outcome" : "action_done";
        }
        return rawRecord.opportunity_id && !rawRecord.outcome_id ? "action_close" : false;
    }

    async onClose() {
        const { model, record } = this.props;
        this.props.close();
        await this.actionService.doActionButton({
            type: "object",
            name: this.closingMethod,
            resModel: model.resModel,
            resId: record.id,
            onClose: () => model.load(),
        });
    }
}

/** Entries in the colour of their kind, with a text that can be read on it. */
export class GraphCalendarCommonRenderer extends CalendarCommonRenderer {
    static components = {
        ...CalendarCommonRenderer.components,
        Popover: GraphCalendarPopover,
    };

    onEventDidMount({ el, event }) {
        super.onEventDidMount(...arguments);
        const color = this.props.model.records[event.id]?.colorIndex;
        if (HEX.test(color || "")) {
            for (const part of [el, ...el.querySelectorAll("*")]) {
                part.style.setProperty("color", textColor(color), "important");
            }
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
    /** "Until today" is for lists: a calendar shows the days that it is turned to. */
    computeDomain() {
        return super
            .computeDomain(...arguments)
            .map((leaf) =>
                leaf[0] === "date_deadline" && leaf[1] === "<=" ? [1, "=", 1] : leaf
            );
    }

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
