import { registry } from "@web/core/registry";
import { FieldSelectorField, fieldSelectorField } from "@web/views/fields/field_selector/field_selector_field";

/** A property that is called by its name also where it is only read: "Name > City". */
export class OrderPathField extends FieldSelectorField {
    static template = "crm_campaign_motivi.OrderPathField";
}

registry.category("fields").add("order_path", {
    ...fieldSelectorField,
    component: OrderPathField,
});
