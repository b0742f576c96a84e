import { useService } from "@web/core/utils/hooks";
import { onWillDestroy, useEnv } from "@odoo/owl";
import { router } from "@web/core/browser/router";

const CALL_ANNOUNCED = "crm_desk/call";
const CALL_ENDED = "crm_desk/call_ended";

/** Do what the desk was opened for: a name taken by hand, or a call of the exchange. */
export async function beginDesk(desk, action) {
    await desk.beginByHand(action?.params);
    const callId = Number(router.current.call) || null;
    if (callId) {
        // Once: a reload doesn't answer it again.
        router.pushState({ call: undefined });
    }
    if (callId && desk.phase === "start") {
        await desk.callAnnounced({ call_id: callId, number: "" });
    } else {
        await desk.learnWaitingCall();
    }
}

/** Calls that are announced while the desk is open, and the way back to a form. */
export function useDeskBeginnings(desk) {
    const env = useEnv();
    const bus = useService("bus_service");
    const actionService = useService("action");
    const onCall = (call) => desk.callAnnounced(call);
    bus.subscribe(CALL_ANNOUNCED, onCall);
    onWillDestroy(() => bus.unsubscribe(CALL_ANNOUNCED, onCall));
    const onEnded = (ended) => desk.callEnded(ended);
    bus.subscribe(CALL_ENDED, onEnded);
    onWillDestroy(() => bus.unsubscribe(CALL_ENDED, onEnded));
    desk.goBack = (leadId) =>
        env.config?.breadcrumbs?.length > 1
            ? env.config.historyBack()
            : actionService.doAction("crm_callcenter.crm_lead_action_names", {
                  viewType: "form",
                  props: { resId: leadId },
                  clearBreadcrumbs: true,
              });
}
