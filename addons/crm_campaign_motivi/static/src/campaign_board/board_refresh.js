import { onWillDestroy, useEffect } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";

/** The server tells a page of changes at most once in so many milliseconds. */
const PULSE = 2000;
/** Recalls fall due and hours pass without anybody telling. */
const MINUTE = 60000;

/**
 * Call a function whenever the figures of a campaign may have changed.
 *
 * The bus only says that something changed. The figures are read at once, unless that
 * has just been done, and once more when the pause of the server is over: what it held
 * back meanwhile is on the screen then.
 *
 * @param {() => number|false} getCampaignId of the campaign on the screen
 * @param {() => Promise} reload reads the figures
 */
export function useBoardRefresh(getCampaignId, reload) {
    const bus = useService("bus_service");
    let last = 0;
    let timer;

    async function run() {
        browser.clearTimeout(timer);
        timer = undefined;
        last = Date.now();
        await reload();
    }
    function later(delay) {
        if (timer === undefined) {
            timer = browser.setTimeout(run, delay);
        }
    }
    async function onChanged({ campaign_id }) {
        if (campaign_id !== getCampaignId()) {
            return;
        }
        if (Date.now() - last >= PULSE) {
            await run();
        }
        later(PULSE + 200);
    }
    const onReconnect = () => run();

    useEffect(
        (campaignId) => {
            if (!campaignId) {
                return;
            }
            const channel = `crm_campaign_board:${campaignId}`;
            bus.addChannel(channel);
            bus.subscribe("crm_campaign_board/changed", onChanged);
            bus.addEventListener("BUS:RECONNECT", onReconnect);
            const minute = browser.setInterval(run, MINUTE);
            return () => {
                browser.clearInterval(minute);
                bus.removeEventListener("BUS:RECONNECT", onReconnect);
                bus.unsubscribe("crm_campaign_board/changed", onChanged);
                bus.deleteChannel(channel);
            };
        },
        () => [getCampaignId()]
    );
    onWillDestroy(() => browser.clearTimeout(timer));
}
