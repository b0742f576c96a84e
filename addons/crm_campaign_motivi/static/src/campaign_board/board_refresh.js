import { onWillDestroy, useEffect } from "@odoo/owl";

import { browser } from "@web/core/browser/browser";
import { useService } from "@web/core/utils/hooks";

import { BoardPulse } from "./board_pulse";

/** Recalls fall due and hours pass without anybody telling. */
const MINUTE = 60000;

/**
 * Read figures of a campaign whenever they may have changed: when the bus says so, after
 * a lost connection, and every minute.
 *
 * @param {() => number|false} getCampaignId of the campaign on the screen
 * @param {() => Promise} reload reads the figures
 */
export function useBoardRefresh(getCampaignId, reload) {
    const bus = useService("bus_service");
    const pulse = new BoardPulse(reload);
    const read = () => pulse.read();

    function onChanged({ campaign_id }) {
        if (campaign_id === getCampaignId()) {
            pulse.changed();
        }
    }

    useEffect(
        (campaignId) => {
            if (!campaignId) {
                return;
            }
            const channel = `crm_campaign_board:${campaignId}`;
            bus.addChannel(channel);
            bus.subscribe("crm_campaign_board/changed", onChanged);
            bus.addEventListener("BUS:RECONNECT", read);
            const minute = browser.setInterval(read, MINUTE);
            return () => {
                browser.clearInterval(minute);
                bus.removeEventListener("BUS:RECONNECT", read);
                bus.unsubscribe("crm_campaign_board/changed", onChanged);
                bus.deleteChannel(channel);
            };
        },
        () => [getCampaignId()]
    );
    onWillDestroy(() => pulse.stop());
}
