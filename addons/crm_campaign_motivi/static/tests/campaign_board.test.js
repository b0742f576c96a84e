import { describe, expect, test } from "@odoo/hoot";
import { advanceTime, Deferred } from "@odoo/hoot-mock";
import { BoardPulse, PULSE } from "@crm_campaign_motivi/campaign_board/board_pulse";

describe.current.tags("headless");

test("a change is read at once, and once more when the pause is over", async () => {
    const pulse = new BoardPulse(async () => expect.step("read"));
    await pulse.changed();
    expect.verifySteps(["read"]);
    await advanceTime(PULSE);
    expect.verifySteps([]);
    await advanceTime(200);
    expect.verifySteps(["read"]);
    await advanceTime(10 * PULSE);
    expect.verifySteps([]);
});

test("many changes at a time are read twice", async () => {
    const pulse = new BoardPulse(async () => expect.step("read"));
    for (let number = 0; number < 5; number++) {
        await pulse.changed();
    }
    expect.verifySteps(["read"]);
    await advanceTime(5 * PULSE);
    expect.verifySteps(["read"]);
});

test("while the server tells again and again, each time is read once", async () => {
    const pulse = new BoardPulse(async () => expect.step("read"));
    for (let number = 0; number < 10; number++) {
        await pulse.changed();
        await advanceTime(PULSE);
    }
    expect.verifySteps(new Array(10).fill("read"));
});

test("a slow answer is waited for, and then read again", async () => {
    const answers = [];
    const pulse = new BoardPulse(() => {
        expect.step("read");
        answers.push(new Deferred());
        return answers.at(-1);
    });
    const first = pulse.changed();
    await advanceTime(3 * PULSE);
    await pulse.changed();
    await advanceTime(3 * PULSE);
    expect.verifySteps(["read"]);
    answers[0].resolve();
    await first;
    await advanceTime(PULSE + 200);
    expect.verifySteps(["read"]);
    pulse.stop();
});

test("a page that is left reads nothing more", async () => {
    const pulse = new BoardPulse(async () => expect.step("read"));
    await pulse.changed();
    pulse.stop();
    await advanceTime(10 * PULSE);
    expect.verifySteps(["read"]);
});
