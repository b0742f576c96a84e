import { PivotModel } from "@web/views/pivot/pivot_model";
import { patch } from "@web/core/utils/patch";

// The server logs which search the names of an exported table came from.
patch(PivotModel.prototype, {
    exportData() {
        return { ...super.exportData(), domain: this.searchParams?.domain || [] };
    },
});
