import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { DeskRefusal } from "./desk_server";
import { fromServer } from "./desk_time";
import { newToken } from "./desk_utils";
import { DeskWork } from "./desk_work";

/** The next name is asked for so long after this one is there: most calls last longer. */
const PREFETCH_AFTER = 1200;
/** While the server can't be reached it is asked again every so often. */
const RETRY_AFTER = 5000;

/** Who sits at the desk: its one window, states and pauses, what others say, what is next. */
export class DeskSessionModel extends DeskWork {
    /** Of this window; the server knows which one is the desk. */
    session = newToken();
    /** Another window has become the desk: this one does nothing any more. */
    frozen = false;
    /** The server can't be reached just now. */
    offline = false;
    /** As the server says it: {state, since, reason, wanted}, reasons {id, name, …}. */
    operator = { state: null, since: null, reason: null, wanted: null };
    reasons = [];
    /** Unread messages of coordinators {id, body, sender, sent_at}. */
    messages = [];
    /** The call for help that is open {id, asked_at, seen_by}, or null. */
    help = null;
    /** Payload of the name that is kept for the moment after this one. */
    ahead = null;
    /** When the name in hand was shown. */
    servedAt = Date.now();

    constructor(orm) {
        super(orm);
        this.call = this.watched(this.call);
        this.callQuietly = this.watched(this.callQuietly);
    }

    /** Notice by each call whether the server is there, and whether this is the desk. */
    watched(call) {
        return async (method, values) => {
            try {
                const answer = await call(method, values);
                this.offline = false;
                return answer;
            } catch (error) {
                if (error.isFrozen) {
                    this.freeze();
                } else if (error.isOffline) {
                    this.goOffline();
                }
                throw error;
            }
        };
    }

    later(callback, milliseconds) {
        return browser.setTimeout(callback, milliseconds);
    }

    notLater(timer) {
        browser.clearTimeout(timer);
    }

    // ------------------------------------------------------------
    // One window
    // ------------------------------------------------------------

    async begin() {
        this.frozen = false;
        // Every call of this page says which window it comes from.
        user.updateContext({ desk_session: this.session });
        const begun = await this.attempt(() => this.call("begin", { session: this.session }));
        this.setOperator(begun?.state);
        this.reasons = begun?.reasons || [];
        this.setNews(begun);
        this.tellOtherWindows();
    }

    /** Windows of the same browser know at once, also without the bus. */
    tellOtherWindows() {
        if (!this.channel && browser.BroadcastChannel) {
            this.channel = new browser.BroadcastChannel("crm_desk");
            this.channel.onmessage = ({ data }) => {
                if (data.userId === user.userId) {
                    this.takenOver(data.session);
                }
            };
        }
        this.channel?.postMessage({ userId: user.userId, session: this.session });
    }

    /** @param {string} session of the window that is the desk now */
    takenOver(session) {
        if (session !== this.session) {
            this.freeze();
        }
    }

    /** What was written in a window that is frozen goes on in the other one. */
    get dirty() {
        return !this.frozen && super.dirty;
    }

    freeze() {
        if (!this.frozen) {
            this.frozen = true;
            this.forgetAhead();
            this.askFocus("unfreeze");
        }
    }

    /** Nothing behind the frozen page gets the keyboard. */
    askFocus(target) {
        if (!this.frozen || target === "unfreeze") {
            super.askFocus(target);
        }
    }

    /** What was written here goes on in the other window. */
    saveDraft() {
        if (!this.frozen) {
            super.saveDraft();
        }
    }

    /** Nor does a late answer here throw it away. */
    clearDraft() {
        if (!this.frozen) {
            super.clearDraft();
        }
    }

    /** The desk is left for another page. */
    end() {
        this.notLater(this.prefetchTimer);
        this.notLater(this.retryTimer);
        this.notLater(this.agreeTimer);
        this.sendLeave();
        this.channel?.close();
        this.channel = null;
        if (user.context.desk_session === this.session) {
            // Else a desk that was opened in the place of this one is already at work.
            user.updateContext({ desk_session: false });
        }
    }

    /** Sent even while the window is being closed: nothing stays kept for it. */
    sendLeave() {
        if (this.frozen || !this.ahead) {
            return;
        }
        this.ahead = null;
        const kwargs = { session: this.session, context: user.context };
        const params = { model: "crm.desk", method: "leave", args: [], kwargs };
        browser
            .fetch("/web/dataset/call_kw/crm.desk/leave", {
                method: "POST",
                keepalive: true,
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({ jsonrpc: "2.0", method: "call", params }),
            })
            .catch(() => {
                // What is kept is free again by itself in a moment.
            });
    }

    // ------------------------------------------------------------
    // Lost connection
    // ------------------------------------------------------------

    goOffline() {
        this.offline = true;
        this.notLater(this.retryTimer);
        this.retryTimer = this.later(() => this.sayAlive(), RETRY_AFTER);
    }

    /** Every minute, or until the server is there again. */
    async sayAlive() {
        if (!this.frozen) {
            const alive = await this.tryQuietly("alive", {
                doing: this.doing.state,
                reason_id: this.operator.reason?.id || null,
            });
            this.setNews(alive);
        }
    }

    /** @returns {Promise<any>} what the server answers; nothing when it refuses */
    async tryQuietly(method, values) {
        try {
            return await this.callQuietly(method, values);
        } catch (error) {
            if (!(error instanceof DeskRefusal)) {
                throw error;
            }
            return null;
        }
    }

    // ------------------------------------------------------------
    // State of the operator
    // ------------------------------------------------------------

    setOperator(operator) {
        if (operator?.state !== undefined) {
            this.operator = operator;
        }
    }

    get onPause() {
        return this.operator.state === "pause";
    }

    /** What the operator is doing: {state, since}, the time in milliseconds. */
    get doing() {
        if (this.onPause) {
            const { since } = this.operator;
            return { state: "pause", since: since ? fromServer(since).toMillis() : Date.now() };
        }
        if (!this.inHand) {
            return { state: "ready", since: this.freeSince };
        }
        const call = this.name.call;
        if (!call) {
            return { state: "ready", since: this.servedAt };
        }
        return call.endedAt
            ? { state: "after_call", since: call.endedAt }
            : { state: "on_call", since: call.startedAt };
    }

    /** Now, or after the name in hand; nothing is kept for a pause. */
    async pause(reasonId) {
        this.forgetAhead();
        await this.attemptOnce("pause", async () => {
            this.setOperator(await this.call("pause", { reason_id: reasonId }));
            this.askFocus(this.workFocus || "pause");
        });
    }

    /** Where the keyboard goes on with the name in hand, if there is one. */
    get workFocus() {
        return { name: "note", stopped: "close" }[this.phase] || null;
    }

    async resume() {
        await this.attemptOnce("pause", async () => {
            this.setOperator(await this.call("resume"));
            this.freeSince = Date.now();
            this.prefetchSoon();
            this.askFocus(this.workFocus || "next");
        });
    }

    /** A name was left: the pause that was asked for begins, as it does on the server. */
    beginWantedPause() {
        const { wanted } = this.operator;
        if (wanted) {
            const since = luxon.DateTime.utc().toFormat("yyyy-MM-dd HH:mm:ss");
            this.operator = { state: "pause", since, reason: wanted, wanted: null };
        }
        return Boolean(wanted);
    }

    // ------------------------------------------------------------
    // Coordinators
    // ------------------------------------------------------------

    setNews(news) {
        if (news?.messages) {
            this.messages = news.messages;
            this.help = news.help;
        }
    }

    async readNews() {
        this.setNews(await this.tryQuietly("news"));
    }

    async askHelp() {
        await this.attempt(async () => {
            const claim = this.inHand ? this.claim : {};
            const campaign_id = this.inHand ? this.payload.campaign.id : this.campaignId;
            this.setNews(await this.call("ask_help", { campaign_id, ...claim }));
        });
    }

    async readMessage(message) {
        this.messages = this.messages.filter((one) => one !== message);
        this.askFocus(this.workFocus || "next");
        await this.attempt(async () => {
            this.setNews(await this.call("read_messages", { message_ids: [message.id] }));
        });
    }

    // ------------------------------------------------------------
    // The name after this one
    // ------------------------------------------------------------

    get wantsAhead() {
        return Boolean(
            this.continueAutomatically &&
                this.phase === "name" &&
                this.campaignId &&
                !this.isByHand &&
                !this.operator.wanted &&
                !this.onPause &&
                !this.frozen
        );
    }

    prefetchSoon() {
        this.notLater(this.prefetchTimer);
        if (this.wantsAhead) {
            this.prefetchTimer = this.later(() => this.prefetch(), PREFETCH_AFTER);
        }
    }

    async prefetch() {
        if (!this.wantsAhead || this.ahead) {
            return;
        }
        if (this.busy) {
            this.prefetchSoon();
            return;
        }
        const current = this.name;
        const payload = await this.tryQuietly("prefetch", { campaign_id: this.campaignId });
        if (!payload?.line_id) {
            return;
        }
        if (current === this.name && this.wantsAhead) {
            this.ahead = payload;
        } else if (current === this.name || this.phase !== "name") {
            // Not wanted any more; with another name in hand it has been taken care of.
            await this.tryQuietly("drop_ahead");
        }
    }

    /** The server gives it back by itself with what led here. */
    forgetAhead() {
        this.notLater(this.prefetchTimer);
        this.ahead = null;
    }

    async dropAhead() {
        const hadOne = this.ahead;
        this.forgetAhead();
        if (hadOne) {
            await this.tryQuietly("drop_ahead");
        }
    }

    /** The kept name is on the screen at once; a moment later the server has agreed. */
    async serveAhead() {
        const { ahead } = this;
        this.forgetAhead();
        // An outcome may be chosen already; what asks the server waits, see `isTaken`.
        this.busy = "take";
        this.serve(ahead);
        const taken = await this.agreeOn({
            campaign_id: this.campaignId,
            line_id: ahead.line_id,
            claim_token: ahead.claim_token,
            stamp: ahead.ahead_stamp,
        });
        if (taken.fresh) {
            ahead.claimed_until = taken.claimed_until;
        }
        return taken;
    }

    /** The token makes asking again harmless: a lost connection takes no name away. */
    async agreeOn(ahead) {
        for (;;) {
            try {
                return await this.call("take_ahead", ahead);
            } catch (error) {
                if (!error.isOffline) {
                    throw error;
                }
                await new Promise((resolve) => {
                    this.agreeTimer = this.later(resolve, RETRY_AFTER);
                });
                if (this.payload?.claim_token !== ahead.claim_token) {
                    throw error;
                }
            }
        }
    }
}
