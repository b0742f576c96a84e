import { expect, test } from "@odoo/hoot";
import { press, queryAllTexts } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    makeServerError,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

const STEPS = {
    1: [
        { id: 7, name: "Visited", color: "#0c8599", asks_reason: false, confirm: false },
        { id: 8, name: "Lost", color: "#c92a2a", asks_reason: true, confirm: false },
        { id: 9, name: "Cancel", color: "#5c5f66", asks_reason: false, confirm: "Really?" },
    ],
    2: [],
};

class DocumentState extends models.Model {
    _name = "crm.segnalazione.state";
    name = fields.Char();
    color = fields.Char();
    _records = [
        { id: 1, name: "Fixed", color: "#1971c2" },
        { id: 2, name: "Visited", color: "#0c8599" },
    ];
}

class SaleOrder extends models.Model {
    _name = "sale.order";
    name = fields.Char();
    segnalazione_state_id = fields.Many2one({ relation: "crm.segnalazione.state" });
    available_transitions = fields.Json();
    _records = [
        { id: 1, name: "APP/1", segnalazione_state_id: 1, available_transitions: STEPS[1] },
    ];
}

defineMailModels();
defineModels([DocumentState, SaleOrder]);

const ARCH = `
    <form>
        <field name="name"/>
        <field name="available_transitions" widget="segnalazione_transitions"/>
        <field name="segnalazione_state_id" widget="document_state" readonly="1"/>
    </form>`;

async function mountDocument() {
    await mountView({ type: "form", resModel: "sale.order", resId: 1, arch: ARCH });
}


test("a step is taken with the state that the user saw, and the record reloads", async () => {
    onRpc("sale.order", "take_transition", function ({ args }) {
        expect.step(JSON.stringify(args));
        this.env["sale.order"].write([1], {
            segnalazione_state_id: 2,
            available_transitions: STEPS[2],
        });
        return true;
    });
    await mountDocument();
    expect(queryAllTexts("[data-step]")).toEqual(["Visited", "Lost", "Cancel"]);
    expect(".o_graph_node").toHaveText("Fixed");
    await contains("[data-step='7']").click();
    expect.verifySteps(["[[1],7,1,false]"]);
    expect(".o_graph_node").toHaveText("Visited");
    expect("[data-step]").toHaveCount(0);
});

test("what was typed is saved before the step", async () => {
    onRpc("sale.order", "web_save", () => expect.step("saved"));
    onRpc("sale.order", "take_transition", () => {
        expect.step("taken");
        return true;
    });
    await mountDocument();
    await contains("[name='name'] input").edit("APP/2");
    await contains("[data-step='7']").click();
    expect.verifySteps(["saved", "taken"]);
});

test("a reason is asked for, and nothing happens without one", async () => {
    onRpc("sale.order", "take_transition", ({ args }) => {
        expect.step(JSON.stringify(args));
        return true;
    });
    await mountDocument();
    await contains("[data-step='8']").click();
    expect(".o_document_reason_confirm").toHaveAttribute("disabled");
    await contains(".modal .btn-secondary").click();
    expect.verifySteps([]);
    await contains("[data-step='8']").click();
    await contains("#o_document_reason").edit("  Too dear ");
    await contains(".o_document_reason_confirm").click();
    expect.verifySteps(['[[1],8,1,"Too dear"]']);
});

test("a step that wants a yes is not taken on a no", async () => {
    onRpc("sale.order", "take_transition", () => {
        expect.step("taken");
        return true;
    });
    await mountDocument();
    await contains("[data-step='9']").click();
    expect(".modal-body").toHaveText("Really?");
    await contains(".modal .btn-secondary").click();
    expect.verifySteps([]);
    await contains("[data-step='9']").click();
    await contains(".modal .btn-primary").click();
    expect.verifySteps(["taken"]);
});

test("a refusal shows its sentence and what holds now", async () => {
    expect.errors(1);
    onRpc("sale.order", "take_transition", function () {
        this.env["sale.order"].write([1], {
            segnalazione_state_id: 2,
            available_transitions: STEPS[2],
        });
        throw makeServerError({
            type: "UserError",
            message: "Somebody has brought APP/1 to Visited meanwhile.",
        });
    });
    await mountDocument();
    await contains("[data-step='7']").click();
    await animationFrame();
    expect(".modal-body").toHaveText("Somebody has brought APP/1 to Visited meanwhile.");
    expect(".o_graph_node").toHaveText("Visited");
    expect.verifyErrors(["Somebody has brought APP/1 to Visited meanwhile."]);
});

test("the buttons are reached and pressed with the keyboard", async () => {
    onRpc("sale.order", "take_transition", () => {
        expect.step("taken");
        return true;
    });
    await mountDocument();
    await contains("[name='name'] input").focus();
    await press("Tab");
    await animationFrame();
    expect("[data-step='7']").toBeFocused();
    await press("Enter");
    await animationFrame();
    expect.verifySteps(["taken"]);
});
