import { Component, onWillStart, onWillUpdateProps, toRaw } from "@odoo/owl";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { deserializeDate, deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { useBus, useService } from "@web/core/utils/hooks";

/**
 * A part of the card of a name or customer. It reads what it shows from the server when
 * a record is shown, and again when that record was saved or read anew: an outcome that
 * was registered in between is there at once.
 */
export class CardPart extends Component {
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        onWillStart(() => this.show(this.props.record));
        // Read anew, the form has another record; saved, the same one with other values.
        onWillUpdateProps((next) => this.isStale(next.record) && this.show(next.record));
        useBus(this.props.record.model.bus, "update", () => {
            if (this.isStale(this.props.record)) {
                this.show(this.props.record);
            }
        });
    }

    isStale(record) {
        return record.resId !== this.shownId || this.values(record) !== this.shownValues;
    }

    /** The values of the server, another object whenever they were read or saved. */
    values(record) {
        return toRaw(toRaw(record)._values);
    }

    show(record) {
        this.shownId = record.resId;
        this.shownValues = this.values(record);
        return this.load(record);
    }

    get isNew() {
        return !this.props.record.resId;
    }

    moment(text) {
        const format = `${localization.dateFormat} HH:mm`;
        return text ? formatDateTime(deserializeDateTime(text), { format }) : "";
    }

    day(text) {
        return text ? formatDate(deserializeDate(text)) : "";
    }

    async open(model, id) {
        if (model === "crm.lead") {
            return this.action.doAction(await this.orm.call(model, "action_open_card", [[id]]));
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}
