import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { deskDraft } from "@crm_campaign_motivi/desk/desk_draft";
import { DeskModel } from "@crm_campaign_motivi/desk/desk_model";
import {
    areAllWrong,
    currentPhone,
    fieldForNumber,
    freeFields,
    isDialable,
    keepNumber,
    numbersToSend,
    shownPhones,
    startTyping,
    startTypingNext,
    stopTyping,
    toggleWrong,
    triesInWords,
    typeNumber,
    wrongNumberOutcome,
} from "@crm_campaign_motivi/desk/desk_numbers";
import { telephone } from "@crm_campaign_motivi/desk/desk_telephone";
import { makeMockEnv, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { RPCError } from "@web/core/network/rpc";

describe.current.tags("headless");

const PHONE = { field: "phone", label: "Phone", raw: "030 1", e164: "+390301", blocked: false };
const MOBILE = { field: "mobile", label: "Mobile", raw: "333 1", e164: "+393331", blocked: false };
const FIELDS = ["phone", "mobile", "phone_second"].map((field) => ({ field, editable: true }));
const WRONG = { id: 6, name: "Wrong number", kind: "N", number_result: "wrong" };
const NO = { id: 2, name: "No", kind: "N", number_result: "answered" };

describe("what is shown", () => {
    test("a number that was typed stands in the place of the stored one", () => {
        const typed = { ...PHONE, raw: "030 2", e164: "+390302" };
        const [phone, mobile] = shownPhones([PHONE, MOBILE], { phone: { phone: typed } });
        expect(phone).toMatchObject({ e164: "+390302", typed: true, wrong: false });
        expect(phone.before).toEqual(PHONE);
        expect(mobile).toMatchObject({ e164: "+393331", typed: false, before: null });
    });

    test("an added number comes last, a wrong one keeps its place", () => {
        const added = { field: "phone_second", raw: "030 3", e164: "+390303" };
        const shown = shownPhones([PHONE, MOBILE], {
            phone_second: { phone: added },
            phone: { wrong: "+390301" },
        });
        expect(shown.map(({ field }) => field)).toEqual(["phone", "mobile", "phone_second"]);
        expect(shown.map(({ wrong }) => wrong)).toEqual([true, false, false]);
    });

    test("how and when a number was tried last stand together", async () => {
        await makeMockEnv();
        const tried = { last_result: "No answer", last_call: "2026-01-02 10:30:00" };
        const format = (moment) => moment.slice(0, 10);
        expect(triesInWords(tried, format)).toEqual(["No answer 2026-01-02"]);
        const all = triesInWords({ ...tried, doubt: "Wrong", best_hour: "18" }, format);
        expect(all.join(" · ")).toBe("Wrong · No answer 2026-01-02 · best 18");
        expect(triesInWords({}, format)).toEqual([]);
    });

    test("what may be dialled", () => {
        expect(isDialable(PHONE)).toBe(true);
        for (const why of ["blocked", "without_consent", "wrong"]) {
            expect(isDialable({ ...PHONE, [why]: true })).toBe(false);
        }
        expect(isDialable({ ...PHONE, e164: "" })).toBe(false);
        expect(isDialable(undefined)).toBe(false);
    });

    test("all numbers are wrong when one is and no other can be dialled", () => {
        const wrong = { ...PHONE, wrong: true };
        expect(areAllWrong([])).toBe(false);
        expect(areAllWrong([wrong])).toBe(true);
        expect(areAllWrong([wrong, MOBILE])).toBe(false);
        expect(areAllWrong([wrong, { ...MOBILE, blocked: true }])).toBe(true);
        expect(areAllWrong([{ ...MOBILE, blocked: true }])).toBe(false);
    });

    test("the outcome for wrong numbers ends the name, if there is such a one", () => {
        const again = { id: 7, kind: "R", number_result: "wrong" };
        expect(wrongNumberOutcome([NO, again, WRONG])).toBe(WRONG);
        expect(wrongNumberOutcome([NO, again])).toBe(again);
        expect(wrongNumberOutcome([NO])).toBe(null);
    });
});

describe("where a number belongs", () => {
    test("mobiles among the mobiles, others where there is room", () => {
        expect(fieldForNumber("333 1234567", FIELDS)).toBe("mobile");
        expect(fieldForNumber("+39 333 1234567", FIELDS)).toBe("mobile");
        expect(fieldForNumber("0039 3331234567", FIELDS)).toBe("mobile");
        expect(fieldForNumber("030 1234567", FIELDS)).toBe("phone");
        expect(fieldForNumber("030 1234567", FIELDS.slice(1))).toBe("phone_second");
        expect(fieldForNumber("333 1234567", FIELDS.slice(2))).toBe("phone_second");
        expect(fieldForNumber("333 1234567", [])).toBe(null);
    });

    test("only fields without a number that the operator may change are free", () => {
        const closed = [...FIELDS.slice(0, 2), { field: "phone_second", editable: false }];
        expect(freeFields(FIELDS, [PHONE]).map(({ field }) => field)).toEqual([
            "mobile",
            "phone_second",
        ]);
        expect(freeFields(closed, [PHONE, MOBILE])).toEqual([]);
    });

    test("the keys speak of the number that was dialled last", () => {
        const shown = shownPhones([PHONE, MOBILE], {});
        expect(currentPhone(shown, null).field).toBe("phone");
        expect(currentPhone(shown, { field: "mobile", number: "+393331" }).field).toBe("mobile");
        expect(currentPhone(shown, { field: "mobile", number: "+39999" }).field).toBe("phone");
        expect(currentPhone([], null)).toBe(null);
    });

    test("only what was said is sent", () => {
        expect(
            numbersToSend({
                phone: { phone: { raw: "030 2" }, wrong: "+390301" },
                mobile: { wrong: "+393331", phone: null },
            })
        ).toEqual({ phone: { number: "030 2", wrong: "+390301" }, mobile: { wrong: "+393331" } });
    });
});

describe("at the desk", () => {
    let calls;
    let answers;
    let desk;
    const asked = (method) => calls.filter((call) => call.method === method);
    const numbers = () => desk.name.parts.numbers;

    beforeEach(async () => {
        await makeMockEnv();
        patchWithCleanup(telephone, { dial() {} });
        deskDraft.clear();
        calls = [];
        const payload = () => ({
            line_id: 1,
            claim_token: "claim",
            lead: { name: "Name" },
            phones: [{ ...PHONE }, { ...MOBILE }],
            campaign: { id: 1, expected_revenue: 1 },
            outcomes: [NO, WRONG],
        });
        answers = {
            open: {
                user: { id: 5 },
                campaigns: [{ id: 1, name: "One" }],
                current: null,
                number_fields: FIELDS,
            },
            next_name: payload,
            check_number: ({ field, number }) => ({ field, raw: number, e164: "+390309" }),
            log_dial_typed: () => ({ call_uuid: "u", e164: "+390309", tel: "tel:+390309" }),
            confirm: { message: "Saved" },
        };
        const server = {
            async call(model, method, args, values) {
                calls.push({ method, values });
                const answer = answers[method];
                if (answer instanceof Error) {
                    throw answer;
                }
                return typeof answer === "function" ? answer(values) : (answer ?? true);
            },
            get silent() {
                return server;
            },
        };
        desk = new DeskModel(server);
        await desk.open();
        await desk.nextName();
    });

    async function type(text, field = null) {
        startTyping(desk, field);
        typeNumber(desk, text);
        await keepNumber(desk);
    }

    test("a wrong number isn't dialled, and the first key dials the next one", async () => {
        toggleWrong(desk, desk.phones[0]);
        expect(desk.dirty).toBe(true);
        expect(desk.dialable.map(({ field }) => field)).toEqual(["mobile"]);
        await desk.dial(desk.phones[0]);
        expect(asked("log_dial")).toEqual([]);
        toggleWrong(desk, desk.phones[0]);
        expect(desk.dirty).toBe(false);
        expect(desk.dialable.length).toBe(2);
    });

    test("when all are wrong the fitting outcome has the focus", () => {
        toggleWrong(desk, desk.phones[0]);
        expect(desk.focus.target).not.toBe("wrong-outcome");
        toggleWrong(desk, desk.phones[1]);
        expect(desk.focus.target).toBe("wrong-outcome");
    });

    test("a corrected number is dialled as it was typed", async () => {
        await type("030 9", "phone");
        expect(asked("check_number")[0].values).toMatchObject({ field: "phone", number: "030 9" });
        await desk.dial(desk.phones[0]);
        expect(asked("log_dial_typed")[0].values).toMatchObject({
            field: "phone",
            number: "030 9",
        });
        expect(desk.name.call.number).toBe("+390309");
    });

    test("an added number goes where there is room", async () => {
        await type("333 9");
        expect(desk.phones.map(({ field }) => field)).toEqual(["phone", "mobile", "phone_second"]);
        expect(desk.focus.target).toBe("dial-phone_second");
    });

    test("a typed number that is wrong is taken back, the stored one comes back", async () => {
        toggleWrong(desk, desk.phones[0]);
        await type("030 9", "phone");
        expect(desk.phones[0]).toMatchObject({ e164: "+390309", wrong: false });
        toggleWrong(desk, desk.phones[0]);
        expect(desk.phones[0]).toMatchObject({ e164: "+390301", wrong: true });
    });

    test("a typed number on the do-not-call list isn't dialled, and can be taken back", async () => {
        answers.check_number = ({ field }) => ({ field, raw: "9", e164: "+399", blocked: true });
        await type("030 9", "phone");
        await desk.dial(desk.phones[0]);
        expect(asked("log_dial_typed")).toEqual([]);
        toggleWrong(desk, desk.phones[0]);
        expect(desk.phones[0].e164).toBe("+390301");
    });

    test("a number that can't be read stays in its field, with the sentence", async () => {
        const error = new RPCError("refused");
        error.exceptionName = "odoo.exceptions.UserError";
        error.data = { message: "No number" };
        answers.check_number = error;
        await type("12", "phone");
        expect(desk.message).toEqual({ type: "danger", text: "No number" });
        expect(numbers()).toEqual({ changes: {}, editing: { field: "phone", text: "12" } });
    });

    test("what is half typed holds CONFIRM up, and isn't lost", async () => {
        startTyping(desk, "phone");
        typeNumber(desk, "030 9");
        await desk.chooseOutcome(NO.id);
        await desk.confirm();
        expect(asked("confirm")).toEqual([]);
        expect(desk.focus.target).toBe("number");
        stopTyping(desk);
        await desk.confirm();
        expect(asked("confirm")[0].values.numbers).toBe(undefined);
    });

    test("confirm sends what was said, the draft keeps it", async () => {
        toggleWrong(desk, desk.phones[1]);
        await type("030 9", "phone");
        const draft = deskDraft.load(5);
        expect(draft.values.parts.numbers.changes.mobile.wrong).toBe("+393331");
        await desk.chooseOutcome(NO.id);
        await desk.confirm();
        expect(asked("confirm")[0].values.numbers).toEqual({
            phone: { number: "030 9" },
            mobile: { wrong: "+393331" },
        });
        expect(numbers()).toEqual({ changes: {}, editing: null });
    });

    test("the key goes from one number to the next, then to a new one", () => {
        const edited = [1, 2, 3, 4].map(() => {
            startTypingNext(desk);
            return numbers().editing.field;
        });
        expect(edited).toEqual(["phone", "mobile", null, "phone"]);
    });

    test("closed fields are left alone, and nothing happens after STOP", async () => {
        desk.numberFields = FIELDS.map(({ field }) => ({ field, editable: false }));
        startTypingNext(desk);
        startTyping(desk, "phone");
        startTyping(desk, null);
        expect(numbers().editing).toBe(null);
        await desk.stop();
        toggleWrong(desk, desk.phones[0]);
        expect(desk.dirty).toBe(false);
    });
});
