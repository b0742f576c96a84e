import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { deskDraft } from "@crm_campaign_motivi/desk/desk_draft";
import { DeskModel } from "@crm_campaign_motivi/desk/desk_model";
import { telephone } from "@crm_campaign_motivi/desk/desk_telephone";
import { browser } from "@web/core/browser/browser";
import { makeMockEnv, patchWithCleanup, serverState } from "@web/../tests/web_test_helpers";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";

describe.current.tags("headless");

const { DateTime } = luxon;
const RECALL = { id: 1, name: "Call again", kind: "R", recall_scope: "private" };
const NO_ANSWER = {
    id: 5,
    name: "No answer",
    kind: "R",
    recall_scope: "public",
    retry_minutes: 120,
};
const NO = { id: 2, name: "No", kind: "N", recall_scope: "public" };
const SALE = { id: 3, name: "Sale", kind: "C", recall_scope: "public" };
const VISIT = { id: 4, name: "Visit", kind: "T", recall_scope: "public" };
const SLOT = {
    agent_id: 8,
    start: "2030-01-07 09:00:00",
    stop: "2030-01-07 10:00:00",
    day: "2030-01-07",
    label: "10:00",
};
const utc = (moment) => moment.toUTC().toFormat("yyyy-MM-dd HH:mm:ss");

/** A server that answers from a table, and remembers what it was asked. */
class Server {
    calls = [];
    answers = {
        open: { user: { id: 5 }, campaigns: [{ id: 1, name: "One" }], current: null },
        next_name: () => this.name(),
        confirm: { message: "Saved" },
        log_dial: { call_uuid: "u", e164: "+39333", tel: "tel:+39333" },
        hold_slot: () => ({
            slot_id: 1,
            expires_at: utc(DateTime.utc().plus({ minutes: 5 })),
            summary: { agent: "Nora" },
        }),
        agenda: { start: "2030-01-07", days: ["2030-01-07"], agents: [{ id: 8 }], slots: [SLOT] },
        heartbeat: "2030-01-07 09:00:00",
    };
    served = 0;

    get silent() {
        return this;
    }

    async call(model, method, args, values) {
        this.calls.push({ method, values });
        const answer = this.answers[method];
        if (answer instanceof Error) {
            throw answer;
        }
        return typeof answer === "function" ? answer(values) : (answer ?? true);
    }

    name() {
        this.served += 1;
        return {
            line_id: this.served,
            claim_token: `claim ${this.served}`,
            lead: { id: 100 + this.served, name: `Name ${this.served}` },
            phones: [{ field: "mobile", e164: "+39333", blocked: false }],
            campaign: { id: 1, expected_revenue: 9000, expected_closing: "2030-01-31" },
            outcomes: [RECALL, NO_ANSWER, NO, SALE, VISIT],
        };
    }

    asked(method) {
        return this.calls.filter((call) => call.method === method).map((call) => call.values);
    }
}

function refusal(sentence) {
    const error = new RPCError("refused");
    error.exceptionName = "odoo.exceptions.UserError";
    error.data = { message: sentence };
    return error;
}

/** The names of which something is set aside, with its note, the latest first. */
const leftoversOf = ({ leftovers }) =>
    leftovers.map(({ leadName, values }) => [leadName, values.note]);

/** Let answers arrive that nobody waits for. */
async function answers() {
    for (let tick = 0; tick < 40; tick++) {
        await Promise.resolve();
    }
}

let server;
let desk;

beforeEach(async () => {
    serverState.timezone = "Europe/Rome";
    await makeMockEnv();
    patchWithCleanup(telephone, { dial() {} });
    browser.localStorage.clear();
    server = new Server();
    desk = new DeskModel(server);
    await desk.open();
    await desk.nextName();
});

test("without an outcome nothing is sent", async () => {
    await desk.confirm();
    expect(server.asked("confirm")).toEqual([]);
    expect(desk.message.type).toBe("danger");
    expect(desk.focus.target).toBe("outcome");
});

test("confirm sends everything at once and goes on to the next name", async () => {
    desk.setNote(" Not now ");
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    const [sent] = server.asked("confirm");
    expect(sent).toMatchObject({
        line_id: 1,
        claim_token: "claim 1",
        outcome_id: NO.id,
        note: "Not now",
    });
    expect(desk.payload.line_id).toBe(2);
    expect(desk.name.note).toBe("");
    expect(desk.message).toEqual({ type: "success", text: "Saved" });
});

test("a double click confirms once", async () => {
    await desk.chooseOutcome(NO.id);
    await Promise.all([desk.confirm(), desk.confirm()]);
    expect(server.asked("confirm")).toHaveLength(1);
});

test("after a lost answer the same token is sent again, and the text is kept", async () => {
    desk.setNote("Kept");
    await desk.chooseOutcome(NO.id);
    server.answers.confirm = new ConnectionLostError();
    await desk.confirm();
    expect(desk.phase).toBe("name");
    expect(desk.name.note).toBe("Kept");
    expect(desk.message.type).toBe("danger");
    server.answers.confirm = { message: "Saved" };
    await desk.confirm();
    const [first, second] = server.asked("confirm");
    expect(first.token).toBe(second.token);
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    expect(server.asked("confirm")[2].token).not.toBe(first.token);
});

test("a refusal is a sentence on the desk", async () => {
    await desk.chooseOutcome(NO.id);
    server.answers.confirm = refusal("Choose another outcome.");
    await desk.confirm();
    expect(desk.message).toEqual({ type: "danger", text: "Choose another outcome." });
    expect(desk.busy).toBe(null);
});

test("a recall needs a time that lies ahead", async () => {
    await desk.chooseOutcome(RECALL.id);
    expect(desk.name.recall.scope).toBe("private");
    await desk.confirm();
    expect(desk.focus.target).toBe("recall");
    desk.pickRecall(DateTime.local().minus({ minutes: 5 }));
    await desk.confirm();
    expect(server.asked("confirm")).toEqual([]);
    desk.pickRecall(DateTime.fromISO("2030-01-07T18:30", { zone: "Europe/Rome" }));
    await desk.confirm();
    const [sent] = server.asked("confirm");
    expect(sent.recall_scope).toBe("private");
    expect(sent.recall_at).toBe("2030-01-07 17:30:00");
});

test("an outcome with a rule for trying again needs no time", async () => {
    await desk.chooseOutcome(NO_ANSWER.id);
    server.answers.confirm = { message: "Saved" };
    await desk.confirm();
    const [sent] = server.asked("confirm");
    expect(sent.outcome_id).toBe(NO_ANSWER.id);
    expect(sent.recall_at).toBe(undefined);
});

test("half a time is no time, rule or not", async () => {
    await desk.chooseOutcome(NO_ANSWER.id);
    desk.name.recall.date = "2030-01-07";
    await desk.confirm();
    expect(server.asked("confirm")).toEqual([]);
});

test("a sale needs its value and its date", async () => {
    await desk.chooseOutcome(SALE.id);
    expect(desk.name.deadline).toBe("2030-01-31");
    for (const [revenue, deadline] of [
        ["", "2030-01-31"],
        ["much", "2030-01-31"],
        ["-1", "2030-01-31"],
        ["100", ""],
    ]) {
        Object.assign(desk.name, { revenue, deadline });
        await desk.confirm();
    }
    expect(server.asked("confirm")).toEqual([]);
    Object.assign(desk.name, { revenue: "7500.50", deadline: "2030-02-01" });
    await desk.confirm();
    expect(server.asked("confirm")[0]).toMatchObject({
        expected_revenue: 7500.5,
        date_deadline: "2030-02-01",
    });
});

test("an appointment is held, accepted, and then confirmed with the outcome", async () => {
    await desk.chooseOutcome(VISIT.id);
    expect(desk.tab).toBe("agenda");
    await desk.confirm();
    await desk.hold(SLOT);
    await desk.confirm();
    expect(server.asked("confirm")).toEqual([]);
    await desk.acceptAppointment();
    await desk.confirm();
    const { agent_id, start, stop } = SLOT;
    expect(server.asked("confirm")[0]).toMatchObject({
        slot: { agent_id, start, stop },
        expected_revenue: 9000,
    });
});

test("another outcome gives the held time back", async () => {
    await desk.chooseOutcome(VISIT.id);
    await desk.hold(SLOT);
    await desk.chooseOutcome(NO.id);
    expect(server.asked("drop_hold")).toHaveLength(1);
    expect(desk.agenda.appointment).toBe(null);
});

test("a time that was just taken is no longer chosen", async () => {
    await desk.chooseOutcome(VISIT.id);
    await desk.hold(SLOT);
    await desk.acceptAppointment();
    server.answers.confirm = refusal("Just taken.");
    server.answers.agenda = { ...server.answers.agenda, slots: [] };
    await desk.confirm();
    expect(desk.agenda.appointment).toBe(null);
    expect(desk.message.text).toBe("Just taken.");
    expect(desk.name.kind).toBe("T");
});

test("a sign of life prolongs a hold that is about to end", async () => {
    await desk.chooseOutcome(VISIT.id);
    await desk.hold(SLOT);
    await desk.heartbeat();
    expect(server.asked("hold_slot")).toHaveLength(1);
    desk.agenda.appointment.expiresAt = utc(DateTime.utc().plus({ seconds: 50 }));
    await desk.heartbeat();
    expect(server.asked("hold_slot")).toHaveLength(2);
    server.answers.heartbeat = false;
    await desk.heartbeat();
    expect(desk.message.type).toBe("danger");
});

test("without a name the desk says that somebody is free, for a while", async () => {
    await desk.signOfLife();
    expect(server.asked("heartbeat")).toHaveLength(1);
    expect(server.asked("present")).toEqual([]);
    await desk.stop();
    await desk.close();
    await desk.signOfLife();
    expect(server.asked("present")).toEqual([{ campaign_id: 1 }]);
    server.answers.present = refusal("Not now");
    desk.clearMessage();
    await desk.signOfLife();
    expect(desk.message).toBe(null);
    desk.freeSince -= 11 * 60 * 1000;
    await desk.signOfLife();
    expect(server.asked("present")).toHaveLength(2);
    expect(server.asked("heartbeat")).toHaveLength(1);
});

test("stop ends the call, close saves nothing", async () => {
    desk.setNote("Gone");
    await desk.dial(desk.payload.phones[0]);
    await desk.stop();
    expect(server.asked("end_call")).toEqual([{ call_uuid: "u" }]);
    await desk.confirm();
    await desk.chooseOutcome(NO.id);
    desk.back();
    expect(desk.name.note).toBe("Gone");
    await desk.stop();
    await desk.close();
    expect(server.asked("release")).toEqual([{ line_id: 1, claim_token: "claim 1" }]);
    expect(server.asked("confirm")).toEqual([]);
    expect(desk.phase).toBe("start");
    expect(deskDraft.load(5)).toBe(null);
});

test("after a reload the name in hand has its note again", async () => {
    desk.setNote("Half a note");
    server.answers.open = { ...server.answers.open, current: desk.payload };
    const reloaded = new DeskModel(server);
    await reloaded.open();
    expect(reloaded.name.note).toBe("Half a note");
    expect(reloaded.name.token).toBe(desk.name.token);
});

test("a note whose name is gone is shown, unless its outcome was saved", async () => {
    desk.setNote("Half a note");
    const reloaded = new DeskModel(server);
    await reloaded.open();
    expect(leftoversOf(reloaded)).toEqual([["Name 1", "Half a note"]]);
    await desk.chooseOutcome(NO.id);
    server.answers.confirm = new ConnectionLostError();
    await desk.confirm();
    server.answers.confirm = { message: "Saved" };
    const again = new DeskModel(server);
    await again.open();
    expect(again.leftovers).toEqual([]);
    expect(again.message.type).toBe("success");
    expect(server.asked("confirm")[1]).toEqual(server.asked("confirm")[0]);
});

test("nobody else's draft is shown", async () => {
    desk.setNote("Mine");
    server.answers.open = { ...server.answers.open, user: { id: 6 } };
    const other = new DeskModel(server);
    await other.open();
    expect(other.leftovers).toEqual([]);
});

test("a call is taken where the campaign takes calls, and runs at once", async () => {
    await desk.answer("+39333");
    expect(server.asked("answer")).toEqual([]);
    server.answers.open = {
        user: { id: 5 },
        campaigns: [{ id: 1, name: "One", direction: "inbound" }],
        current: null,
    };
    server.answers.answer = () => ({
        ...server.name(),
        incoming: { call_uuid: "incoming", e164: "+39333" },
    });
    const answering = new DeskModel(server);
    await answering.open();
    await answering.answer(" +39333 ");
    expect(server.asked("answer")).toEqual([{ campaign_id: 1, number: "+39333" }]);
    expect(answering.phase).toBe("name");
    expect(answering.name.call).toMatchObject({
        uuid: "incoming",
        field: "mobile",
        endedAt: null,
    });
    await answering.chooseOutcome(NO.id);
    await answering.confirm();
    // The outcome ends the call.
    expect(server.asked("end_call")).toEqual([]);
    expect(server.asked("confirm")[0].call_uuid).toBe("incoming");
});

test("without a campaign the server's sentence says why", async () => {
    server.answers.open = {
        user: { id: 5 },
        campaigns: [],
        reason: "The campaign is in preparation",
        current: null,
    };
    const other = new DeskModel(server);
    await other.open();
    expect(other.noCampaignReason).toBe("The campaign is in preparation");
    expect(other.campaignId).toBe(null);
});

// A recall outside the calling hours

const CLOSED = {
    windows: [["2030-01-08 08:00:00", "2030-01-08 12:00:00"]],
    since: "2030-01-01 00:00:00",
    until: "2030-02-01 00:00:00",
    may_wish: true,
};
const NIGHT = DateTime.fromISO("2030-01-07T22:30", { zone: "Europe/Rome" });

test("a recall at a closed hour offers the next opening and keeps what was written", async () => {
    desk.payload.recall = { ...CLOSED, may_wish: false };
    await desk.chooseOutcome(RECALL.id);
    desk.setNote("At night");
    desk.pickRecall(NIGHT);
    desk.name.recall.wish = true;
    await desk.confirm();
    expect(server.asked("confirm")).toEqual([]);
    expect(desk.message.text).toMatch(/calling hours begin again/);
    expect(desk.focus.target).toBe("opening");
    expect(desk.name.note).toBe("At night");
    desk.pickRecall(desk.name.recallHours.opening);
    await desk.confirm();
    const [sent] = server.asked("confirm");
    expect(sent.recall_at).toBe("2030-01-08 08:00:00");
    expect("recall_by_wish" in sent).toBe(false);
});

test("the customer's wish is sent with its note, and only at a closed hour", async () => {
    desk.payload.recall = CLOSED;
    await desk.chooseOutcome(RECALL.id);
    desk.pickRecall(NIGHT);
    desk.name.recall.wish = true;
    await desk.confirm();
    expect(desk.focus.target).toBe("note");
    desk.setNote("Works until ten");
    await desk.confirm();
    expect(server.asked("confirm")[0].recall_by_wish).toBe(true);
});

// By hand, and calls of the exchange

test("a name opened by hand begins with its outcome and leads back", async () => {
    const back = [];
    desk.goBack = (leadId) => back.push(leadId);
    desk.payload.lead.id = 33;
    await desk.beginByHand({ lead_id: 33, kind: "C" });
    expect(desk.name.outcomeId).toBe(SALE.id);
    await desk.confirm();
    expect(server.asked("next_name")).toHaveLength(1);
    expect(back).toEqual([33]);
    expect(desk.phase).toBe("start");
});

test("closed without an outcome, the form comes back as well", async () => {
    const back = [];
    desk.goBack = (leadId) => back.push(leadId);
    desk.payload.lead.id = 33;
    await desk.beginByHand({ lead_id: 33, kind: null });
    expect(desk.name.outcomeId).toBe(null);
    await desk.stop();
    await desk.close();
    expect(back).toEqual([33]);
});

test("the parameters of an older action don't make the name in hand one by hand", async () => {
    const back = [];
    desk.goBack = (leadId) => back.push(leadId);
    desk.payload.lead.id = 34;
    await desk.beginByHand({ lead_id: 33, kind: "T" });
    expect(desk.name.outcomeId).toBe(null);
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    expect(back).toEqual([]);
    expect(desk.payload.line_id).toBe(2);
});

test("a call waits while a name is in hand, and comes before the next one", async () => {
    server.answers.answer_call = () => ({
        ...server.name(),
        incoming: { call_uuid: "in", e164: "+39333" },
    });
    await desk.callAnnounced({ call_id: 7, number: "+39333" });
    expect(server.asked("answer_call")).toEqual([]);
    expect(desk.payload.line_id).toBe(1);
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    expect(desk.phase).toBe("start");
    await desk.takeWaitingCall();
    expect(server.asked("answer_call")).toEqual([{ call_id: 7, campaign_id: 1 }]);
    expect(desk.name.onCall).toBe(true);
    expect(desk.waitingCall).toBe(null);
});

test("taking the call begins the pause that was asked for, and survives a lost connection", async () => {
    await desk.callAnnounced({ call_id: 7, number: "+39333" });
    desk.operator = { ...desk.operator, wanted: { id: 1, name: "Lunch" } };
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    expect(desk.onPause).toBe(true);
    expect(desk.focus.target).toBe("take_call");
    server.answers.resume = { state: "ready", since: null, reason: null, wanted: null };
    server.answers.answer_call = new ConnectionLostError();
    await desk.takeWaitingCall();
    expect(desk.onPause).toBe(false);
    expect(desk.waitingCall.call_id).toBe(7);
});

/** Calls wait for a while, which is over when this is called. */
function mockLater() {
    const timers = [];
    patchWithCleanup(DeskModel.prototype, { later: (callback) => timers.push(callback) });
    return () => timers.splice(0).forEach((callback) => callback());
}

test("a call that was dismissed stops nothing", async () => {
    await desk.callAnnounced({ call_id: 7, number: "+39333" });
    await desk.callAnnounced({ call_id: 8, number: "+39334" });
    expect(desk.waitingCall.call_id).toBe(7);
    await desk.dismissCall();
    expect(desk.waitingCall.call_id).toBe(8);
    expect(desk.focus.target).toBe("note");
    await desk.dismissCall();
    expect(desk.waitingCall).toBe(null);
    expect(server.asked("dismiss_call")).toEqual([{ call_id: 7 }, { call_id: 8 }]);
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    expect(desk.payload.line_id).toBe(2);
});

test("whoever takes the next name instead has dismissed the call", async () => {
    await desk.callAnnounced({ call_id: 7, number: "+39333" });
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    expect(desk.phase).toBe("start");
    await desk.nextName();
    expect(desk.payload.line_id).toBe(2);
    expect(desk.waitingCall).toBe(null);
    expect(server.asked("dismiss_call")).toEqual([{ call_id: 7 }]);
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    expect(desk.payload.line_id).toBe(3);
});

test("no call rings for ever", async () => {
    const passTime = mockLater();
    await desk.callAnnounced({ call_id: 7, number: "+39333" });
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    expect(desk.focus.target).toBe("take_call");
    passTime();
    expect(desk.waitingCall).toBe(null);
    expect(desk.focus.target).toBe("next");
    await desk.takeWaitingCall();
    expect(server.asked("answer_call")).toEqual([]);
});

test("a call that is over is gone, and ends where it was taken", async () => {
    await desk.callAnnounced({ call_id: 7, number: "+39333" });
    await desk.callEnded({ call_id: 6, call_uuid: "other" });
    expect(desk.waitingCall.call_id).toBe(7);
    await desk.callEnded({ call_id: 7, call_uuid: "" });
    expect(desk.waitingCall).toBe(null);
    server.answers.answer_call = () => ({
        ...server.name(),
        incoming: { call_uuid: "in", e164: "+39333" },
    });
    await desk.stop();
    await desk.close();
    await desk.callAnnounced({ call_id: 8, number: "+39333" });
    expect(desk.name.onCall).toBe(true);
    desk.setNote("Asks a price");
    await desk.callEnded({ call_id: 8, call_uuid: "in" });
    expect(desk.name.onCall).toBe(false);
    expect(desk.name.note).toBe("Asks a price");
    expect(server.asked("end_call")).toEqual([{ call_uuid: "in" }]);
});

// Answers that come late, or never

test("the answer of a sign of life is for the name that it was asked for", async () => {
    let answer;
    server.answers.heartbeat = () => new Promise((resolve) => (answer = resolve));
    const first = desk.heartbeat();
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    answer(false);
    await first;
    expect(desk.message).toEqual({ type: "success", text: "Saved" });
    const second = desk.heartbeat();
    await desk.stop();
    await desk.close();
    answer("2030-01-07 09:00:00");
    await second;
    expect(desk.phase).toBe("start");
});

test("a time that is held after another outcome was chosen is given back", async () => {
    await desk.chooseOutcome(VISIT.id);
    const held = server.answers.hold_slot();
    let answer;
    server.answers.hold_slot = () => new Promise((resolve) => (answer = resolve));
    const holding = desk.hold(SLOT);
    await desk.chooseOutcome(NO.id);
    answer(held);
    await holding;
    expect(server.asked("drop_hold")).toHaveLength(1);
    expect(desk.agenda.appointment).toBe(null);
});

test("what was changed after a lost answer is not told as saved", async () => {
    desk.setNote("First");
    await desk.chooseOutcome(NO.id);
    server.answers.confirm = new ConnectionLostError();
    await desk.confirm();
    const repeated = { outcome_id: NO.id, note: "First" };
    server.answers.confirm = { message: "Saved", repeated };
    desk.setNote("First and second");
    await desk.confirm();
    expect(desk.message.type).toBe("danger");
    expect(leftoversOf(desk)).toEqual([["Name 1", "First and second"]]);
    desk.discardLeftover(desk.leftovers[0]);
    desk.setNote("First");
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    expect(desk.message.type).toBe("success");
    expect(desk.leftovers).toEqual([]);
});

test("work on a name that is gone is offered once, when the name is served again", async () => {
    desk.setNote("Half a note");
    const again = new DeskModel(server);
    await again.open();
    await again.nextName();
    expect(again.payload.line_id).toBe(2);
    expect(again.name.note).toBe("");
    again.setNote("Another");
    expect(leftoversOf(again)).toEqual([["Name 1", "Half a note"]]);
    await again.chooseOutcome(NO.id);
    server.answers.next_name = () => ({ ...server.name(), line_id: 1 });
    await again.confirm();
    expect(again.name.note).toBe("Half a note");
    expect(again.name.token).not.toBe(desk.name.token);
    expect(again.message.type).toBe("info");
    expect(again.leftovers).toEqual([]);
    await again.chooseOutcome(NO.id);
    await again.confirm();
    expect(again.payload.line_id).toBe(1);
    expect(again.name.note).toBe("");
});

test("another name in hand hides no note that was not saved", async () => {
    desk.setNote("Half a note");
    server.answers.open = { ...server.answers.open, current: server.name() };
    const again = new DeskModel(server);
    await again.open();
    expect(again.payload.line_id).toBe(2);
    expect(again.name.note).toBe("");
    expect(leftoversOf(again)).toEqual([["Name 1", "Half a note"]]);
});

test("a refusal leads to the tab in which something is missing", async () => {
    await desk.chooseOutcome(VISIT.id);
    desk.showTab("script");
    await desk.confirm();
    expect(desk.tab).toBe("agenda");
    expect(desk.focus.target).toBe("agenda");
    await desk.hold(SLOT);
    await desk.acceptAppointment();
    desk.name.deadline = "";
    desk.showTab("script");
    await desk.confirm();
    expect(desk.tab).toBe("agenda");
    expect(desk.focus.target).toBe("deadline");
});

// Work that is kept

test("what is written while the outcome is being saved is kept", async () => {
    let answer;
    server.answers.confirm = () => new Promise((resolve) => (answer = resolve));
    desk.setNote("Not now");
    await desk.chooseOutcome(NO.id);
    const confirming = desk.confirm();
    desk.setNote("Not now, and ring twice");
    expect(deskDraft.load(5).request.note).toBe("Not now");
    answer({ message: "Saved" });
    await confirming;
    expect(desk.payload.line_id).toBe(2);
    expect(desk.message.type).toBe("danger");
    expect(desk.message.text).toMatch(/^Saved /);
    const [draft] = desk.leftovers;
    // The outcome was saved: it is not offered again.
    expect(draft.values).toEqual({ note: "Not now, and ring twice" });
    server.answers.next_name = () => ({ ...server.name(), lead: { id: 101, name: "Name 1" } });
    server.answers.confirm = { message: "Saved" };
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    expect(desk.name.note).toBe("Not now, and ring twice");
    expect(desk.name.outcomeId).toBe(null);
});

test("a crash while the outcome is being saved loses nothing that was written then", async () => {
    server.answers.confirm = () => new Promise(() => {});
    desk.setNote("Not now");
    await desk.chooseOutcome(NO.id);
    desk.confirm();
    desk.setNote("Not now, and ring twice");
    server.answers.confirm = { message: "Saved" };
    const again = new DeskModel(server);
    await again.open();
    expect(again.message).toEqual({ type: "success", text: "Saved" });
    expect(leftoversOf(again)).toEqual([["Name 1", "Not now, and ring twice"]]);
});

test("work without a note is kept, and one name's does not overwrite another's", async () => {
    await desk.chooseOutcome(RECALL.id);
    const second = new DeskModel(server);
    await second.open();
    await second.nextName();
    second.setNote("Of the second");
    const third = new DeskModel(server);
    await third.open();
    expect(leftoversOf(third)).toEqual([
        ["Name 2", "Of the second"],
        ["Name 1", ""],
    ]);
    // The same person, from another list.
    server.answers.next_name = () => ({ ...server.name(), lead: { id: 101, name: "Name 1" } });
    await third.nextName();
    expect(third.payload.line_id).toBe(3);
    expect(third.name.outcomeId).toBe(RECALL.id);
    expect(third.name.recall.scope).toBe("private");
    expect(leftoversOf(third)).toEqual([["Name 2", "Of the second"]]);
});

test("a name on which nothing was done leaves nothing behind", async () => {
    await desk.dial(desk.payload.phones[0]);
    const again = new DeskModel(server);
    await again.open();
    expect(again.leftovers).toEqual([]);
});

test("what an earlier version set aside is there", async () => {
    const values = { note: "Old", token: "t" };
    const draft = { userId: 5, lineId: 9, leadName: "Name 9", values };
    browser.localStorage.setItem("crm_desk.leftover.5", JSON.stringify(draft));
    await desk.settleLeftovers();
    expect(leftoversOf(desk)).toEqual([["Name 9", "Old"]]);
});

test("in another call the data are checked and pages read out again", async () => {
    await desk.chooseOutcome(RECALL.id);
    desk.pickRecall(DateTime.fromISO("2030-01-07T18:30", { zone: "Europe/Rome" }));
    desk.name.recall.wish = true;
    Object.assign(desk.name.parts.steps, {
        answers: { 20: "Shared" },
        checked: { 5: true },
        pages: [10],
    });
    desk.saveDraft();
    // In hand as it was: everything is as it was.
    server.answers.open = { ...server.answers.open, current: desk.payload };
    const reloaded = new DeskModel(server);
    await reloaded.open();
    expect(reloaded.name.parts.steps.checked).toEqual({ 5: true });
    expect(reloaded.name.recall.time).toBe("18:30");
    // In hand anew.
    server.answers.open = {
        ...server.answers.open,
        current: { ...desk.payload, claim_token: "another" },
    };
    const again = new DeskModel(server);
    await again.open();
    expect(again.name.outcomeId).toBe(RECALL.id);
    expect(again.name.parts.steps).toEqual({
        answers: { 20: "Shared" },
        checked: {},
        pages: [],
    });
    expect(again.name.recall).toEqual({ date: "", time: "", scope: "private", wish: false });
});

test("after a reload the time of an appointment is held again", async () => {
    await desk.chooseOutcome(VISIT.id);
    await desk.hold(SLOT);
    server.answers.open = { ...server.answers.open, current: desk.payload };
    const reloaded = new DeskModel(server);
    await reloaded.open();
    await answers();
    expect(reloaded.agenda.appointment.slot).toEqual(SLOT);
    server.answers.hold_slot = refusal("Just taken.");
    const late = new DeskModel(server);
    await late.open();
    await answers();
    expect(late.agenda.appointment).toBe(null);
    expect(late.message.text).toBe("Just taken.");
    expect(late.name.kind).toBe("T");
});

test("the desk opens on the first step, and a page further on is not read out yet", async () => {
    const step = (id, kind) => ({
        id,
        kind,
        name: `Step ${id}`,
        required_for: "deal",
        condition: null,
        questions: [],
        version_id: id,
    });
    const steps = [step(1, "data"), step(2, "script"), step(3, "outcome")];
    server.answers.next_name = () => ({ ...server.name(), steps });
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
    expect(desk.tab).toBe("step_1");
    expect(desk.step.kind).toBe("data");
    await desk.chooseOutcome(VISIT.id);
    await desk.chooseOutcome(NO.id);
    expect(desk.tab).toBe("step_1");
});

test("a desk that could not be opened is opened when the server is there again", async () => {
    const opened = server.answers.open;
    server.answers.open = new ConnectionLostError();
    const late = new DeskModel(server);
    const begun = [];
    late.beginWith = async () => begun.push(late.campaignId);
    await late.open();
    expect(late.campaigns).toEqual([]);
    await late.sayAlive();
    expect(begun).toEqual([]);
    server.answers.open = opened;
    await late.sayAlive();
    expect(late.campaignId).toBe(1);
    expect(begun).toEqual([1]);
    expect(late.message).toBe(null);
    expect(late.focus.target).toBe("next");
    await late.sayAlive();
    expect(begun).toEqual([1]);
});
