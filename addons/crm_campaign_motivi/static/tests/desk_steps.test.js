import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { dataPart, setKeyField } from "@crm_campaign_motivi/desk/desk_data_part";
import { fillMerged, mergedWords } from "@crm_campaign_motivi/desk/desk_merge";
import { DeskNameState } from "@crm_campaign_motivi/desk/desk_name_state";
import { findStep, stepsOf, tabAfterOutcome } from "@crm_campaign_motivi/desk/desk_step_kinds";
import "@crm_campaign_motivi/desk/desk_steps";
import { stepsPart } from "@crm_campaign_motivi/desk/desk_steps_part";
import { isStepAsked, isStepDone, visibleSteps } from "@crm_campaign_motivi/desk/desk_workflow";
import { makeMockEnv } from "@web/../tests/web_test_helpers";

describe.current.tags("headless");

const NO = { id: 2, name: "No", kind: "N", after_talk: true };
const SALE = { id: 3, name: "Sale", kind: "C", after_talk: true };
const VISIT = { id: 4, name: "Visit", kind: "T", after_talk: true };
const NO_ANSWER = { id: 5, name: "No answer", kind: "R", after_talk: false };

const question = (id, values = {}) => ({
    id,
    name: `Question ${id}`,
    kind: "choice",
    answers: ["Flat", "Shared"],
    required: true,
    ...values,
});
const step = (id, kind, values = {}) => ({
    id,
    kind,
    name: `Step ${id}`,
    required_for: "deal",
    condition: null,
    version_id: null,
    script: "",
    questions: [],
    fields: [],
    ...values,
});
const OPENING = step(1, "script", { version_id: 10, script: "<p>Hello</p>" });
const HOUSE = step(2, "questionnaire", { questions: [question(20)] });
const SHARED = step(3, "questionnaire", {
    condition: { kind: "answer", question_id: 20, answers: ["Shared"] },
    questions: [question(30, { kind: "number" })],
});
const DEEPER = step(4, "script", {
    required_for: "never",
    condition: { kind: "answer", question_id: 30, answers: ["2"] },
});
const ADDRESS = step(5, "data", { fields: ["street"] });
const WHY_NOT = step(6, "questionnaire", {
    required_for: "talked",
    condition: { kind: "outcome", outcome_ids: [], outcome_kind: "N" },
    questions: [question(60, { kind: "text" })],
});
const OUTCOME = step(7, "outcome");
const STEPS = [OPENING, HOUSE, SHARED, DEEPER, ADDRESS, WHY_NOT, OUTCOME];
const ids = (steps) => steps.map(({ id, key }) => id || key);

let name;

function serve(steps = STEPS) {
    name = new DeskNameState({
        line_id: 1,
        claim_token: "claim",
        lead: { name: "Anna", contact_name: "Anna", partner_name: "", city: "Brescia" },
        phones: [],
        custom_fields: [],
        campaign: { id: 1, expected_revenue: 1, expected_closing: "2030-01-31" },
        outcomes: [NO, SALE, VISIT, NO_ANSWER],
        key_fields: [{ name: "street", value: "Via Roma 1" }],
        merged: { operator: "Piero" },
        steps,
    });
}

beforeEach(async () => {
    await makeMockEnv();
    serve();
});

test("a step is shown after its answer, and only then", () => {
    expect(ids(visibleSteps(STEPS, {}, null))).toEqual([1, 2, 5, 7]);
    expect(ids(visibleSteps(STEPS, { 20: "Shared" }, null))).toEqual([1, 2, 3, 5, 7]);
    expect(ids(visibleSteps(STEPS, { 20: "Shared", 30: "2" }, null))).toEqual([
        1, 2, 3, 4, 5, 7,
    ]);
});

test("an answer that is no longer shown opens nothing", () => {
    expect(ids(visibleSteps(STEPS, { 20: "Flat", 30: "2" }, null))).toEqual([1, 2, 5, 7]);
});

test("a step is shown with its outcome, or with one of its kind", () => {
    expect(ids(visibleSteps(STEPS, {}, NO))).toEqual([1, 2, 5, 6, 7]);
    const own = step(8, "script", {
        condition: { kind: "outcome", outcome_ids: [3], outcome_kind: null },
    });
    expect(ids(visibleSteps([own], {}, SALE))).toEqual([8]);
    expect(ids(visibleSteps([own], {}, NO))).toEqual([]);
    expect(ids(visibleSteps([own], {}, null))).toEqual([]);
});

test("a call that nobody answered passes", () => {
    expect(isStepAsked(HOUSE, SALE)).toBe(true);
    expect(isStepAsked(HOUSE, NO)).toBe(false);
    expect(isStepAsked(WHY_NOT, NO)).toBe(true);
    expect(isStepAsked(WHY_NOT, NO_ANSWER)).toBe(false);
    expect(isStepAsked(DEEPER, SALE)).toBe(false);
    expect(isStepAsked(step(9, "data", { required_for: "always" }), NO_ANSWER)).toBe(true);
    expect(isStepAsked(HOUSE, null)).toBe(false);
    name.choose(NO_ANSWER.id);
    expect(stepsPart.confirmValues(name.parts.steps, name)).toEqual({});
});

test("what is missing is said, with the way to it", () => {
    const missing = () => {
        try {
            return stepsPart.confirmValues(name.parts.steps, name);
        } catch (error) {
            return error.focus;
        }
    };
    name.choose(SALE.id);
    const part = name.parts.steps;
    expect(missing()).toBe("step:step_1:script");
    part.pages.push(10);
    expect(missing()).toBe("step:step_2:question_20");
    part.answers[20] = "Shared";
    expect(missing()).toBe("step:step_3:question_30");
    part.answers[30] = "4";
    expect(missing()).toBe("step:step_5:checked");
    part.checked[5] = true;
    expect(missing()).toEqual({
        steps: { answers: { 20: "Shared", 30: "4" }, checked: [5], pages: [10] },
    });
    part.answers[20] = "Flat";
    expect(missing().steps.answers).toEqual({ 20: "Flat" });
});

test("a step is done when what it asks is there", () => {
    const part = stepsPart.initial();
    expect(isStepDone(OPENING, part)).toBe(false);
    expect(isStepDone(HOUSE, part)).toBe(false);
    expect(isStepDone(ADDRESS, part)).toBe(false);
    expect(isStepDone(OUTCOME, part)).toBe(undefined);
    expect(stepsPart.isDirty(part)).toBe(false);
    part.pages.push(10);
    expect(stepsPart.isDirty(part)).toBe(false);
    part.answers[20] = "Flat";
    part.checked[5] = true;
    for (const done of [OPENING, HOUSE, ADDRESS]) {
        expect(isStepDone(done, part)).toBe(true);
    }
    expect(stepsPart.isDirty(part)).toBe(true);
});

test("the tabs: without a workflow as ever, else with what the outcome asks for", () => {
    serve([]);
    expect(ids(stepsOf(name))).toEqual(["script"]);
    name.choose(VISIT.id);
    expect(ids(stepsOf(name))).toEqual(["script", "agenda"]);
    serve();
    expect(stepsOf(name).map(({ key }) => key)).toEqual([
        "step_1",
        "step_2",
        "step_5",
        "outcome",
    ]);
    name.choose(VISIT.id);
    expect(stepsOf(name).map(({ key }) => key)).toEqual([
        "step_1",
        "step_2",
        "step_5",
        "agenda",
        "outcome",
    ]);
    expect(findStep(stepsOf(name), "script").key).toBe("step_1");
});

test("an outcome leads to the step that is shown with it", () => {
    const desk = {
        name,
        tab: "step_2",
        get steps() {
            return stepsOf(name);
        },
    };
    let before = desk.steps;
    name.choose(NO_ANSWER.id);
    expect(tabAfterOutcome(desk, before)).toBe("step_2");
    before = desk.steps;
    name.choose(NO.id);
    expect(tabAfterOutcome(desk, before)).toBe("step_6");
    desk.tab = "agenda";
    before = desk.steps;
    name.choose(NO_ANSWER.id);
    expect(tabAfterOutcome(desk, before)).toBe("step_1");
});

test("fields are filled into texts, as text", () => {
    const words = { name: "<img src=x onerror=alert(1)>", agent: "Nora", city: "" };
    expect(fillMerged("<p>{{name}}, {{ agent }}</p>", words)).toBe(
        "<p>&lt;img src=x onerror=alert(1)&gt;, Nora</p>"
    );
    expect(fillMerged("<p>in {{city}}</p>", words)).toBe("<p>in …</p>");
    expect(fillMerged("<p>{{unknown}}</p>", words)).toBe("<p>{{unknown}}</p>");
    expect(fillMerged("<p>{{constructor}}</p>", words)).toBe("<p>{{constructor}}</p>");
    expect(fillMerged('<a href="{{name}}">{{agent}}</a>', words)).toBe(
        '<a href="{{name}}">Nora</a>'
    );
    expect(fillMerged("<p>plain</p>", words)).toBe("<p>plain</p>");
});

test("the agent has a name when a time is held", () => {
    const desk = { payload: name.payload, agenda: { appointment: null } };
    expect(mergedWords(desk)).toMatchObject({ name: "Anna", operator: "Piero" });
    expect(mergedWords(desk).agent).toBe("our consultant");
    desk.agenda.appointment = { summary: { agent: "Nora" } };
    expect(mergedWords(desk).agent).toBe("Nora");
});

test("a corrected field goes with the outcome, back to what it was it doesn't", () => {
    const desk = { name, payload: name.payload, saveDraft() {} };
    const [street] = name.payload.key_fields;
    setKeyField(desk, street, "Via Milano 2");
    expect(dataPart.confirmValues(name.parts.data)).toEqual({
        lead_values: { street: "Via Milano 2" },
    });
    expect(dataPart.isDirty(name.parts.data)).toBe(true);
    setKeyField(desk, street, "Via Roma 1");
    expect(dataPart.confirmValues(name.parts.data)).toEqual({});
});
