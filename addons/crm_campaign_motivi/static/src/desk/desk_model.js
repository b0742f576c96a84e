import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { DeskAgendaModel } from "./desk_agenda_model";
import { deskDraft, isDraftOf } from "./desk_draft";
import { DeskLeftoverModel } from "./desk_leftover_model";
import { DeskNameState } from "./desk_name_state";
import { DeskRefusal } from "./desk_server";

const CAMPAIGN_KEY = "crm_desk.campaign";
const PAUSE_KEY = "crm_desk.pause_after_each";
/** A desk at which nothing happens for so long is nobody's: recalls don't wait for it. */
const FREE_FOR = 10 * 60 * 1000;

/** A part that is about to be drawn still needs the name: it takes a few microtasks. */
async function drawn() {
    for (let task = 0; task < 5; task++) {
        await null;
    }
}

/** What happens at the desk: names come and go. The components only show it. */
export class DeskModel extends DeskLeftoverModel {
    campaigns = [];
    campaignId = null;
    /** Why nothing was served, a sentence of the server. */
    emptyReason = null;
    /** Why there is no campaign to work in, a sentence of the server. */
    noCampaignReason = null;
    /** When something was done last without a name in hand. */
    freeSince = Date.now();
    continueAutomatically = !browser.localStorage.getItem(PAUSE_KEY);
    /** Do what the desk was opened for; set by the component. */
    beginWith = async () => {};

    get campaign() {
        return this.campaigns.find((campaign) => campaign.id === this.campaignId) || null;
    }

    // ------------------------------------------------------------
    // Without a name
    // ------------------------------------------------------------

    async open() {
        await this.begin();
        const opened = await this.attempt(() => this.call("open"));
        this.phase = "start";
        if (!opened) {
            return;
        }
        this.userId = opened.user.id;
        this.noCampaignReason = opened.reason;
        this.setCampaigns(opened.campaigns);
        const draft = deskDraft.load(this.userId);
        if (draft && !isDraftOf(draft, opened.current)) {
            this.clearDraft();
            await this.settleDraft(draft);
        } else {
            await this.settleLeftovers();
        }
        if (opened.current) {
            this.serve(opened.current, draft);
            return;
        }
        this.askFocus("next");
    }

    /** A desk that could not be opened is as soon as the server is there again. */
    async sayAlive() {
        if (this.userId !== null || this.phase === "loading" || this.frozen) {
            return super.sayAlive();
        }
        if (this.isOpening) {
            return;
        }
        this.isOpening = true;
        try {
            this.clearMessage();
            await this.open();
        } finally {
            this.isOpening = false;
        }
        if (this.userId !== null) {
            await this.beginWith();
        }
    }

    /** Another window has gone on; from now on this one does. */
    async continueHere() {
        this.name = null;
        this.agenda = null;
        this.message = null;
        // What waits for an answer in vain holds nothing up any more.
        this.busy = null;
        this.phase = "loading";
        await this.open();
    }

    setCampaigns(campaigns) {
        this.campaigns = campaigns;
        const wanted = this.campaignId || Number(browser.localStorage.getItem(CAMPAIGN_KEY));
        const known = campaigns.find((campaign) => campaign.id === wanted) || campaigns[0];
        this.campaignId = known ? known.id : null;
    }

    chooseCampaign(campaignId) {
        this.campaignId = campaignId;
        this.emptyReason = null;
        this.freeSince = Date.now();
        browser.localStorage.setItem(CAMPAIGN_KEY, campaignId);
    }

    setContinue(value) {
        this.continueAutomatically = value;
        if (value) {
            browser.localStorage.removeItem(PAUSE_KEY);
        } else {
            browser.localStorage.setItem(PAUSE_KEY, "1");
            this.dropAhead();
        }
        this.prefetchSoon();
    }

    // ------------------------------------------------------------
    // Names come
    // ------------------------------------------------------------

    async nextName() {
        if (this.phase !== "start" || !this.campaignId) {
            return;
        }
        await this.attemptOnce("next", async () => {
            this.clearMessage();
            if (this.onPause) {
                this.setOperator(await this.call("resume"));
            }
            await this.fetchName();
        });
    }

    /** Does the chosen campaign take calls? */
    get answers() {
        return Boolean(this.campaign?.direction && this.campaign.direction !== "outbound");
    }

    /** @param {string} number of somebody who is calling; empty when it is withheld */
    async answer(number) {
        if (this.phase !== "start" || !this.answers) {
            return;
        }
        await this.attemptOnce("answer", async () => {
            this.clearMessage();
            const payload = await this.call("answer", {
                campaign_id: this.campaignId,
                number: number.trim(),
            });
            this.serve(payload);
            this.name.takeCall(payload.incoming);
            this.saveDraft();
        });
    }

    async fetchName() {
        const payload = await this.call("next_name", { campaign_id: this.campaignId });
        if (payload.empty) {
            this.emptyReason = payload.reason;
            this.freeSince = Date.now();
            this.askFocus("next");
            return false;
        }
        this.serve(payload, deskDraft.load(this.userId));
        return true;
    }

    /** After a name that was saved: a refusal must not hide that it was. */
    async fetchNameQuietly() {
        try {
            return await this.fetchName();
        } catch (error) {
            if (!(error instanceof DeskRefusal)) {
                throw error;
            }
            this.emptyReason = error.message;
            return false;
        }
    }

    serve(payload, draft = null) {
        const own = isDraftOf(draft, payload) ? draft : null;
        const values = own ? own.values : this.takeLeftover(payload);
        this.name = new DeskNameState(payload, values || {});
        this.agenda = new DeskAgendaModel((method, values) =>
            this.call(method, { ...this.claim, ...values })
        );
        if (!this.campaign) {
            this.campaignId = payload.campaign.id;
        }
        this.tab = this.steps[0].key;
        this.emptyReason = null;
        this.phase = "name";
        this.servedAt = Date.now();
        this.prefetchSoon();
        this.askFocus("note");
        if (values) {
            this.saveDraft();
            this.goOnWith(own?.slot);
        }
    }

    /**
     * The server tells anew what belongs to work that the browser has kept.
     *
     * @param {Object} [slot] the time that was held before a reload
     */
    async goOnWith(slot) {
        const { name } = this;
        if (name.customDirty) {
            this.changeCustom();
        }
        if (name.kind === "T" && (await this.isTaken()) && name === this.name) {
            await this.attempt(() => this.openAgenda());
            if (slot && name === this.name && name.kind === "T") {
                await this.hold(slot);
            }
        }
    }

    // ------------------------------------------------------------
    // Names go
    // ------------------------------------------------------------

    async confirm() {
        if (this.phase !== "name") {
            return;
        }
        await this.attemptOnce("confirm", async () => {
            const values = this.name.confirmValues(this.agenda.accepted);
            this.clearMessage();
            this.endCallWithOutcome();
            const saved = await this.saveOutcome(values);
            this.clearDraft();
            this.tellSaved(saved, values);
            await this.afterConfirm();
        });
    }

    async saveOutcome(values) {
        const request = { ...this.claim, ...values };
        // A rehearsal can't be asked whether it was saved: it never is.
        this.sending.request = this.payload.campaign.is_training ? undefined : request;
        this.saveDraft();
        try {
            return await this.call(this.confirmMethod, request);
        } catch (error) {
            if (error instanceof DeskRefusal) {
                error.focus = await this.afterRefusal();
                if (values.call_uuid) {
                    this.tryQuietly("end_call", { call_uuid: values.call_uuid });
                }
            }
            throw error;
        } finally {
            this.sending.request = undefined;
        }
    }

    /** In training everything is as in earnest, and nothing is kept. */
    get confirmMethod() {
        return this.payload.campaign.is_training ? "rehearse" : "confirm";
    }

    /** The outcome ends the call on the server: no request of its own. */
    endCallWithOutcome() {
        if (this.name.onCall) {
            this.name.call.endedAt = Date.now();
        }
    }

    /** Where to go on. Somebody may have been quicker with the appointment's time. */
    async afterRefusal() {
        if (this.name.kind === "T") {
            await this.attempt(() => this.agenda.reload());
            if (!this.agenda.appointment) {
                return "step:agenda:agenda";
            }
        }
        return "confirm";
    }

    async afterConfirm() {
        const isPause = this.beginWantedPause();
        if (!isPause && this.continueAutomatically) {
            const isThere = await (this.ahead ? this.turnToAhead() : this.fetchNameQuietly());
            if (isThere) {
                return;
            }
        }
        await drawn();
        this.leaveName();
    }

    /** @returns {Promise<boolean>} whether a name is in hand */
    async turnToAhead() {
        const shown = this.ahead;
        let taken;
        try {
            taken = await this.serveAhead();
        } catch (error) {
            if (!(error instanceof DeskRefusal)) {
                throw error;
            }
            taken = { empty: true, reason: error.message };
        }
        if (this.payload?.claim_token !== shown.claim_token) {
            // The desk was opened anew while the server could not be reached.
            return true;
        }
        if (taken.fresh) {
            return true;
        }
        if (isDraftOf(this.name.draft, taken)) {
            // What was typed meanwhile stays: it is the same name.
            this.serve(taken, deskDraft.load(this.userId));
            return true;
        }
        this.keepForItsName();
        if (taken.empty) {
            this.emptyReason = taken.reason;
            return false;
        }
        this.serve(taken);
        return true;
    }

    /** To the state without a name; the campaigns' figures come when they come. */
    leaveName() {
        this.dropAhead();
        this.phase = "start";
        this.freeSince = Date.now();
        this.name = null;
        this.agenda = null;
        this.clearDraft();
        this.askFocus("next");
        this.attempt(async () => {
            const { campaigns, reason } = await this.callQuietly("open");
            this.noCampaignReason = reason;
            this.setCampaigns(campaigns);
        });
    }

    async stop() {
        if (this.phase !== "name" || (this.busy && this.busy !== "take")) {
            return;
        }
        this.phase = "stopped";
        this.clearMessage();
        this.askFocus("close");
        await this.endCall();
    }

    back() {
        if (this.phase === "stopped") {
            this.phase = "name";
            this.askFocus("note");
        }
    }

    async close() {
        if (this.phase !== "stopped") {
            return;
        }
        await this.attemptOnce("release", async () => {
            const name = this.payload.lead.name;
            await this.call("release", this.claim);
            this.forgetAhead();
            this.beginWantedPause();
            this.tell("info", _t("%s was closed. Nothing was saved.", name));
            this.leaveName();
        });
    }

    /** Every minute: somebody is at work, whether with a name or waiting for one. */
    async signOfLife() {
        if (this.frozen) {
            return;
        }
        await (this.inHand ? this.heartbeat() : this.sayPresent());
        await this.sayAlive();
        await this.prefetch();
    }

    /** Free, so that recalls for the most skilled come here. */
    async sayPresent() {
        const isFree =
            this.phase === "start" && this.campaignId && !this.busy && !this.onPause;
        if (!isFree || Date.now() - this.freeSince > FREE_FOR) {
            return;
        }
        try {
            await this.callQuietly("present", { campaign_id: this.campaignId });
        } catch (error) {
            // Nothing is lost; the next name says what is wrong.
            if (!(error instanceof DeskRefusal)) {
                throw error;
            }
        }
    }

    /** The name is still in hand, and so is the slot that is held. */
    async heartbeat() {
        if (!this.inHand || this.busy) {
            return;
        }
        const { name, agenda } = this;
        await this.attempt(async () => {
            const isHeld = await this.callQuietly("heartbeat", this.claim);
            if (name !== this.name || this.busy) {
                // The name has been left meanwhile, or is just being left.
                return;
            }
            if (!isHeld) {
                throw new DeskRefusal(
                    _t(
                        "This name was open for too long and may go to a colleague. Confirm its outcome now."
                    )
                );
            }
            await agenda.renew();
        });
    }
}
