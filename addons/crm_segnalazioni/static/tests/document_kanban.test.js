import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
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

class DocumentState extends models.Model {
    _name = "crm.segnalazione.state";
    name = fields.Char();
    _records = [
        { id: 1, name: "Fixed" },
        { id: 2, name: "Visited" },
        { id: 3, name: "Lost" },
    ];
}

class SaleOrder extends models.Model {
    _name = "sale.order";
    name = fields.Char();
    segnalazione_state_id = fields.Many2one({
        relation: "crm.segnalazione.state",
        readonly: true,
    });
    available_transitions = fields.Json();
    _records = [
        {
            id: 1,
            name: "APP/1",
            segnalazione_state_id: 1,
            available_transitions: [
                { id: 7, name: "Visited", to_state_id: 2, asks_reason: false, confirm: false },
                { id: 8, name: "Lost", to_state_id: 3, asks_reason: true, confirm: false },
            ],
        },
        { id: 2, name: "APP/2", segnalazione_state_id: 2, available_transitions: [] },
        { id: 3, name: "APP/3", segnalazione_state_id: 3, available_transitions: [] },
    ];
}

defineMailModels();
defineModels([DocumentState, SaleOrder]);

const ARCH = `
    <kanban js_class="segnalazione_kanban" default_group_by="segnalazione_state_id">
        <field name="available_transitions"/>
        <templates>
            <t t-name="card"><field name="name"/></t>
        </templates>
    </kanban>`;

async function mountCards() {
    await mountView({
        type: "kanban",
        resModel: "sale.order",
        arch: ARCH,
        groupBy: ["segnalazione_state_id"],
    });
}

const cards = (column) => queryAllTexts(`.o_kanban_group:eq(${column}) .o_kanban_record`);
const drag = async (card, column) => {
    await contains(`.o_kanban_record:contains(${card})`).dragAndDrop(
        `.o_kanban_group:eq(${column})`
    );
    await animationFrame();
};

test("a card that is dragged takes the step that leads there", async () => {
    onRpc("sale.order", "write", () => expect.step("written"));
    onRpc("sale.order", "web_save", () => expect.step("saved"));
    onRpc("sale.order", "take_transition_to", function ({ args }) {
        expect.step(JSON.stringify(args));
        this.env["sale.order"].browse(1)[0].segnalazione_state_id = 2;
        return true;
    });
    await mountCards();
    await drag("APP/1", 1);
    expect.verifySteps(["[[1],2,1,false]"]);
    expect(cards(0)).toEqual([]);
    expect(cards(1)).toEqual(["APP/1", "APP/2"]);
});

test("a refused card is back in its place, and the sentence is shown", async () => {
    expect.errors(1);
    onRpc("sale.order", "take_transition_to", () => {
        throw makeServerError({
            type: "UserError",
            message: "APP/2 can't go from Visited to Fixed, or you may not bring it there.",
        });
    });
    await mountCards();
    await drag("APP/2", 0);
    await animationFrame();
    expect(".modal-body").toHaveText(
        "APP/2 can't go from Visited to Fixed, or you may not bring it there."
    );
    expect(cards(0)).toEqual(["APP/1"]);
    expect(cards(1)).toEqual(["APP/2"]);
    expect.verifyErrors([
        "APP/2 can't go from Visited to Fixed, or you may not bring it there.",
    ]);
});

test("a step that asks why leaves the card when nobody answers", async () => {
    onRpc("sale.order", "take_transition_to", ({ args }) => {
        expect.step(JSON.stringify(args));
        return true;
    });
    await mountCards();
    await drag("APP/1", 2);
    await contains(".modal .btn-secondary").click();
    expect.verifySteps([]);
    expect(cards(0)).toEqual(["APP/1"]);
    await drag("APP/1", 2);
    await contains("#o_document_reason").edit("Too dear");
    await contains(".o_document_reason_confirm").click();
    expect.verifySteps(['[[1],3,1,"Too dear"]']);
});
