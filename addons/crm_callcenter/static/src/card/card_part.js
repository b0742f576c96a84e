import { Component, onWillStart, onWillUpdateProps } from "@odoo/owl";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { deserializeDate, deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
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
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.shownId) {
                return this.show(next.record);
            }
        });
        useBus(this.props.record.model.bus, "update", () => {
            const { record } = this.props;
            if (record.resId === this.shownId && record._values !== this.shownValues) {
                this.show(record);
            }
        });
    }

    show(record) {
        this.shownId = record.resId;
        this.shownValues = record._values;
        return this.load(record);
    }

    get isNew() {
        return !this.props.record.resId;
    }

    moment(text) {
        return text ? formatDateTime(deserializeDateTime(text), { showSeconds: false }) : "";
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
