import { Component, onMounted, status, toRaw } from "@odoo/owl";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { deserializeDate, deserializeDateTime, formatDate, formatDateTime } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { useService } from "@web/core/utils/hooks";

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
        // The form is there before this part is: nobody waits for a timeline to dial.
        onMounted(() => this.show(this.props.record));
        useRecordObserver((record) => {
            if (this.isStale(record) && status(this) === "mounted") {
                this.show(record);
            }
        });
    }

    isStale(record) {
        // Read in any case, so that this part is told when they change.
        const values = this.values(record);
        return record.resId !== this.shownId || values !== this.shownValues;
    }

    /** The values of the server, another object whenever they were read or saved. */
    values(record) {
        return toRaw(record._values);
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
