import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";

// Names the list whose columns the server opens for editing (crm.lead._get_view).
registry.category("views").add("callcenter_names_list", listView);
