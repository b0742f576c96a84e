import { Component, onMounted, onWillUnmount, xml } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Milliseconds between two looks at a job that is at work. */
const INTERVAL = 1500;
const OPEN_STATES = ["queued", "running"];

/**
 * Calls a function again and again as long as a component is shown.
 *
 * The next call waits for the end of the last one, so a slow server isn't asked
 * twice at a time; nobody is asked while the page is hidden.
 *
 * @param {() => Promise} refresh reads anew what is shown, if it is still changing
 */
function useRefresh(refresh) {
    let timer = null;
    let stopped = false;
    const next = async () => {
        if (!document.hidden) {
            await refresh();
        }
        if (!stopped) {
            timer = setTimeout(next, INTERVAL);
        }
    };
    onMounted(() => {
        timer = setTimeout(next, INTERVAL);
    });
    onWillUnmount(() => {
        stopped = true;
        clearTimeout(timer);
    });
}

/** In the form of a job: reads it anew until the job has ended. */
export class NamesJobRefresh extends Component {
    static template = xml``;
    static props = { ...standardWidgetProps };

    setup() {
        useRefresh(async () => {
            if (OPEN_STATES.includes(this.props.record.data.state)) {
                await this.props.record.load();
            }
        });
    }
}

registry.category("view_widgets").add("names_job_refresh", { component: NamesJobRefresh });

/** The log of jobs: reads it anew as long as one of those shown is at work. */
export class NamesJobListController extends ListController {
    setup() {
        super.setup();
        useRefresh(async () => {
            const root = this.model.root;
            const records = root.isGrouped ? [] : root.records;
            if (
                !root.selection?.length &&
                records.some((record) => OPEN_STATES.includes(record.data.state))
            ) {
                await root.load();
            }
        });
    }
}

registry.category("views").add("names_job_list", {
    ...listView,
    Controller: NamesJobListController,
});
