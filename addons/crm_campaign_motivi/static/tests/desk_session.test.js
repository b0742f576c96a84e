import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { deskDraft } from "@crm_campaign_motivi/desk/desk_draft";
import { DeskModel } from "@crm_campaign_motivi/desk/desk_model";
import { browser } from "@web/core/browser/browser";
import { makeMockEnv, patchWithCleanup, serverState } from "@web/../tests/web_test_helpers";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { user } from "@web/core/user";

describe.current.tags("headless");

const NO = { id: 2, name: "No", kind: "N", recall_scope: "public" };
const LUNCH = { id: 7, name: "Lunch", max_minutes: 60 };
const READY = { state: "ready", since: "2030-01-07 09:00:00", reason: null, wanted: null };

/** A server that keeps a name ahead, and remembers what it was asked. */
class Server {
    calls = [];
    served = 0;
    answers = {
        begin: { state: READY, reasons: [LUNCH], messages: [], help: null },
        open: { user: { id: 5 }, campaigns: [{ id: 1, name: "One" }], current: null },
        next_name: () => this.name(),
        prefetch: () => ({ ...this.name(), ahead_stamp: "stamp" }),
        take_ahead: { fresh: true, claimed_until: "2030-01-07 09:15:00" },
        confirm: { message: "Saved" },
        rehearse: { message: "Training: saved" },
        pause: { ...READY, wanted: LUNCH },
        resume: READY,
        alive: { state: READY, messages: [], help: null },
    };

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
            phones: [],
            campaign: { id: 1, expected_revenue: 0, is_training: this.isTraining },
            outcomes: [NO],
        };
    }

    asked(method) {
        return this.calls.filter((call) => call.method === method).map((call) => call.values);
    }
}

function refusal(sentence, context) {
    const error = new RPCError("refused");
    error.exceptionName = "odoo.exceptions.UserError";
    error.data = { message: sentence, context };
    return error;
}

let server;
let desk;
let timers;

/** Let everything happen that waits for some seconds, and for an answer. */
async function passTime() {
    const due = [...timers.values()];
    timers.clear();
    await Promise.all(due.map((callback) => callback()));
    await ticks();
}

/** Let answers arrive that are there. */
async function ticks() {
    for (let tick = 0; tick < 20; tick++) {
        await Promise.resolve();
    }
}

beforeEach(async () => {
    serverState.timezone = "Europe/Rome";
    await makeMockEnv();
    timers = new Map();
    let last = 0;
    patchWithCleanup(DeskModel.prototype, {
        later(callback) {
            timers.set(++last, callback);
            return last;
        },
        notLater(timer) {
            timers.delete(timer);
        },
    });
    browser.localStorage.clear();
    server = new Server();
    desk = new DeskModel(server);
    await desk.open();
    await desk.nextName();
});

async function confirmNo() {
    await desk.chooseOutcome(NO.id);
    await desk.confirm();
}

test("the next name is fetched a moment after this one, and once", async () => {
    expect(server.asked("prefetch")).toEqual([]);
    await passTime();
    await passTime();
    expect(server.asked("prefetch")).toEqual([{ campaign_id: 1 }]);
    expect(desk.ahead.line_id).toBe(2);
    expect(desk.payload.line_id).toBe(1);
});

test("what was fetched is on the screen before the server has agreed", async () => {
    await passTime();
    let agree;
    server.answers.take_ahead = () => new Promise((resolve) => (agree = resolve));
    await desk.chooseOutcome(NO.id);
    const confirming = desk.confirm();
    await ticks();
    expect(desk.payload.line_id).toBe(2);
    expect(desk.busy).toBe("take");
    await desk.chooseOutcome(NO.id);
    expect(desk.name.outcomeId).toBe(NO.id);
    agree({ fresh: true, claimed_until: "2030-01-07 09:15:00" });
    await confirming;
    expect(desk.busy).toBe(null);
    expect(desk.payload.claimed_until).toBe("2030-01-07 09:15:00");
    expect(server.asked("next_name")).toHaveLength(1);
    expect(server.asked("take_ahead")).toEqual([
        { campaign_id: 1, line_id: 2, claim_token: "claim 2", stamp: "stamp" },
    ]);
});

test("another name than the one that was kept replaces it", async () => {
    await passTime();
    server.answers.take_ahead = () => server.name();
    await confirmNo();
    expect(desk.payload.line_id).toBe(3);
    server.answers.take_ahead = { empty: true, reason: "Nobody may be called" };
    await passTime();
    await confirmNo();
    expect(desk.phase).toBe("start");
    expect(desk.emptyReason).toBe("Nobody may be called");
});

test("a refusal leaves no name on the screen", async () => {
    await passTime();
    server.answers.take_ahead = refusal("Not now");
    await confirmNo();
    expect(desk.phase).toBe("start");
    expect(desk.emptyReason).toBe("Not now");
});

test("nothing is kept for a pause, which begins after the name", async () => {
    await passTime();
    await desk.pause(LUNCH.id);
    expect(desk.ahead).toBe(null);
    expect(desk.doing.state).toBe("ready");
    await passTime();
    expect(server.asked("prefetch")).toHaveLength(1);
    await confirmNo();
    expect(desk.phase).toBe("start");
    expect(desk.doing.state).toBe("pause");
    expect(desk.operator.reason).toEqual(LUNCH);
    await desk.signOfLife();
    expect(server.asked("present")).toEqual([]);
    await desk.resume();
    expect(desk.onPause).toBe(false);
});

test("one name at a time: nothing is kept", async () => {
    await passTime();
    desk.setContinue(false);
    expect(server.asked("drop_ahead")).toHaveLength(1);
    await confirmNo();
    expect(server.asked("take_ahead")).toEqual([]);
    expect(desk.phase).toBe("start");
    desk.setContinue(true);
});

test("what comes too late is given back", async () => {
    let answer;
    server.answers.prefetch = () => new Promise((resolve) => (answer = resolve));
    passTime();
    await ticks();
    await desk.stop();
    await desk.close();
    answer({ ...server.name(), ahead_stamp: "stamp" });
    await ticks();
    expect(desk.ahead).toBe(null);
    expect(server.asked("drop_ahead")).toHaveLength(1);
});

test("states follow the call", async () => {
    expect(desk.doing.state).toBe("ready");
    desk.name.call = { uuid: "u", startedAt: Date.now(), endedAt: null };
    expect(desk.doing.state).toBe("on_call");
    desk.name.call.endedAt = Date.now();
    expect(desk.doing.state).toBe("after_call");
});

test("a window that was taken over freezes, and keeps its hands off the draft", async () => {
    desk.setNote("Mine");
    desk.takenOver(desk.session);
    expect(desk.frozen).toBe(false);
    desk.takenOver("another");
    expect(desk.frozen).toBe(true);
    desk.setNote("Lost");
    expect(deskDraft.load(5).values.note).toBe("Mine");
    await desk.signOfLife();
    expect(server.asked("heartbeat")).toEqual([]);
    server.answers.open = { ...server.answers.open, current: desk.payload };
    await desk.continueHere();
    expect(desk.frozen).toBe(false);
    expect(desk.name.note).toBe("Mine");
    expect(server.asked("begin")).toHaveLength(2);
});

test("a late call of a frozen window freezes it", async () => {
    await desk.chooseOutcome(NO.id);
    server.answers.confirm = refusal("In another window", { desk_is_frozen: true });
    await desk.confirm();
    expect(desk.frozen).toBe(true);
    expect(desk.phase).toBe("name");
});

test("every call says from which window it comes", () => {
    expect(user.context.desk_session).toBe(desk.session);
    desk.end();
    expect(user.context.desk_session).toBe(false);
});

test("a lost connection is tried again by itself", async () => {
    server.answers.alive = new ConnectionLostError();
    await desk.sayAlive();
    expect(desk.offline).toBe(true);
    expect(desk.message).toBe(null);
    server.answers.alive = { state: READY, messages: [{ id: 3, body: "Hello" }], help: null };
    await passTime();
    expect(desk.offline).toBe(false);
    expect(desk.messages).toHaveLength(1);
});

test("a sign of life says what the desk shows", async () => {
    await desk.sayAlive();
    desk.setOperator({ state: "pause", since: null, reason: { id: 4 }, wanted: null });
    await desk.sayAlive();
    expect(server.asked("alive").slice(-2)).toEqual([
        { doing: "ready", reason_id: null },
        { doing: "pause", reason_id: 4 },
    ]);
});

test("help is asked with the name in hand, messages are read", async () => {
    server.answers.ask_help = { messages: [], help: { id: 1, seen_by: "" } };
    await desk.askHelp();
    expect(server.asked("ask_help")).toEqual([
        { campaign_id: 1, line_id: 1, claim_token: "claim 1" },
    ]);
    expect(desk.help.id).toBe(1);
    desk.messages = [{ id: 3, body: "Hello" }];
    server.answers.read_messages = { messages: [], help: null };
    await desk.readMessage(desk.messages[0]);
    expect(server.asked("read_messages")).toEqual([{ message_ids: [3] }]);
    expect(desk.messages).toEqual([]);
});

test("in training the outcome is rehearsed", async () => {
    server.isTraining = true;
    await confirmNo();
    await confirmNo();
    expect(server.asked("rehearse")).toHaveLength(1);
    expect(server.asked("confirm")).toHaveLength(1);
});

test("a rehearsal is never asked again as if it had been in earnest", async () => {
    server.isTraining = true;
    await confirmNo();
    server.answers.rehearse = new ConnectionLostError();
    desk.setNote("Practised");
    await confirmNo();
    const again = new DeskModel(server);
    await again.open();
    expect(server.asked("rehearse")).toHaveLength(1);
    expect(server.asked("confirm")).toHaveLength(1);
    expect(again.leftovers[0].values.note).toBe("Practised");
});

test("a desk in the place of another keeps its session", async () => {
    const other = new DeskModel(server);
    await other.open();
    desk.end();
    expect(user.context.desk_session).toBe(other.session);
    other.end();
    expect(user.context.desk_session).toBe(false);
});

test("what is done just then puts off the next name by a moment only", async () => {
    desk.busy = "dial";
    await passTime();
    expect(server.asked("prefetch")).toEqual([]);
    desk.busy = null;
    await passTime();
    expect(server.asked("prefetch")).toHaveLength(1);
});

test("a frozen window throws no draft away", async () => {
    let answer;
    server.answers.confirm = () => new Promise((resolve) => (answer = resolve));
    desk.setNote("Mine");
    await desk.chooseOutcome(NO.id);
    const confirming = desk.confirm();
    desk.takenOver("another");
    answer({ message: "Saved" });
    await confirming;
    expect(deskDraft.load(5).values.note).toBe("Mine");
});

test("after a pause was asked for, the keyboard goes on with the name", async () => {
    await desk.pause(LUNCH.id);
    expect(desk.focus.target).toBe("note");
    await confirmNo();
    await desk.resume();
    expect(desk.focus.target).toBe("next");
});

test("what is done before the server has agreed waits for it", async () => {
    await passTime();
    let agree;
    server.answers.take_ahead = () => new Promise((resolve) => (agree = resolve));
    await desk.chooseOutcome(NO.id);
    const confirming = desk.confirm();
    await ticks();
    const choosing = desk.chooseOutcome(NO.id);
    const doubled = desk.confirm();
    await ticks();
    expect(server.asked("confirm")).toHaveLength(1);
    agree({ fresh: true, claimed_until: "2030-01-07 09:15:00" });
    await Promise.all([confirming, choosing]);
    await doubled;
    await ticks();
    expect(server.asked("confirm").map(({ line_id }) => line_id)).toEqual([1, 2]);
});

test("what was done on a name that went to another is not done on the next", async () => {
    await passTime();
    let agree;
    server.answers.take_ahead = () => new Promise((resolve) => (agree = resolve));
    await desk.chooseOutcome(NO.id);
    const confirming = desk.confirm();
    await ticks();
    const choosing = desk.chooseOutcome(NO.id);
    agree(server.name());
    await Promise.all([confirming, choosing]);
    expect(desk.payload.line_id).toBe(3);
    expect(desk.name.outcomeId).toBe(null);
});

// What is typed on a name that was fetched before the server has agreed

/** Turn to the name that was kept, and write on it; the server has not answered yet. */
async function turnAndWrite(note) {
    await passTime();
    const answer = server.answers.take_ahead;
    let go;
    server.answers.take_ahead = async () => {
        await new Promise((resolve) => (go = resolve));
        if (answer instanceof Error) {
            throw answer;
        }
        return typeof answer === "function" ? answer() : answer;
    };
    await desk.chooseOutcome(NO.id);
    const confirming = desk.confirm();
    await ticks();
    expect(desk.payload.line_id).toBe(2);
    desk.setNote(note);
    return { confirming, agree: () => go() };
}

test("what was typed on a name that may not be called is kept for it", async () => {
    for (const answer of [refusal("Not now"), { empty: true, reason: "Not now" }]) {
        server.answers.take_ahead = answer;
        const { confirming, agree } = await turnAndWrite("The owner is his son");
        agree();
        await confirming;
        expect(desk.phase).toBe("start");
        expect(desk.emptyReason).toBe("Not now");
        expect(desk.message.text).toMatch(/^Saved Name 2 is not in your hands/);
        server.answers.next_name = () => ({ ...server.name(), lead: { id: 102, name: "Name 2" } });
        await desk.nextName();
        expect(desk.name.note).toBe("The owner is his son");
        expect(desk.leftovers).toEqual([]);
        await desk.stop();
        await desk.close();
        server.served = 0;
        server.answers.next_name = () => server.name();
        await desk.nextName();
    }
});

test("what was typed is kept when another name is served", async () => {
    server.answers.take_ahead = () => server.name();
    const { confirming, agree } = await turnAndWrite("The owner is his son");
    agree();
    await confirming;
    expect(desk.payload.line_id).toBe(3);
    expect(desk.name.note).toBe("");
    expect(desk.leftovers.map(({ leadName }) => leadName)).toEqual(["Name 2"]);
    expect(desk.message.text).toMatch(/^Saved Name 2 is not in your hands/);
});

test("a lost connection leaves the name that was fetched on the screen", async () => {
    server.answers.take_ahead = new ConnectionLostError();
    const { confirming, agree } = await turnAndWrite("The owner is his son");
    agree();
    await ticks();
    expect(desk.offline).toBe(true);
    expect(desk.payload.line_id).toBe(2);
    server.answers.take_ahead = { fresh: true, claimed_until: "2030-01-07 09:15:00" };
    await passTime();
    await confirming;
    expect(desk.payload.line_id).toBe(2);
    expect(desk.name.note).toBe("The owner is his son");
    expect(desk.busy).toBe(null);
    const [first, second] = server.asked("take_ahead");
    expect(second).toEqual(first);
    expect(desk.leftovers).toEqual([]);
});

test("a desk that is left asks for no name any more", async () => {
    server.answers.take_ahead = new ConnectionLostError();
    const { agree } = await turnAndWrite("The owner is his son");
    agree();
    await ticks();
    const waiting = timers.size;
    desk.end();
    expect(timers.size).toBeLessThan(waiting);
    await passTime();
    expect(server.asked("take_ahead")).toHaveLength(1);
    expect(deskDraft.load(5).values.note).toBe("The owner is his son");
});

test("a desk that goes on here again is not held up by what waited before", async () => {
    server.answers.take_ahead = new ConnectionLostError();
    const { confirming, agree } = await turnAndWrite("The owner is his son");
    agree();
    await ticks();
    desk.takenOver("another");
    await desk.continueHere();
    expect(desk.leftovers.map(({ leadName }) => leadName)).toEqual(["Name 2"]);
    await desk.nextName();
    const { line_id } = desk.payload;
    await passTime();
    await confirming;
    expect(desk.payload.line_id).toBe(line_id);
    expect(server.asked("take_ahead")).toHaveLength(1);
});
