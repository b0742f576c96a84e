import { Component, onWillStart } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { showCorrections } from "./desk_data_part";
import { useDesk } from "./desk_hooks";
import { DeskKey } from "./desk_key";
import { DeskKeyFields } from "./desk_key_fields";
import { deskPlaces } from "./desk_places";
import { deskShortcuts } from "./desk_shortcuts";

export const EDIT_DATA = "alt+shift+d";

function toggleData(desk) {
    const { data } = desk.name.parts;
    data.open = !data.open;
    desk.saveDraft();
    desk.askFocus(data.open ? "data" : "note");
}

/** Correct the main fields of any name, with the customer on the line. */
export class DeskEditData extends Component {
    static template = "crm_campaign_motivi.DeskEditData";
    static components = { DeskKey };
    static props = {};

    setup() {
        this.desk = useDesk();
        this.EDIT_DATA = EDIT_DATA;
        // After a reload the corrections come from the draft.
        onWillStart(() => showCorrections(this.desk));
    }

    get isOpen() {
        return this.desk.name.parts.data.open;
    }

    toggle() {
        toggleData(this.desk);
    }
}

/** The main fields over the name's pane, which stays as it is. */
export class DeskDataPanel extends Component {
    static template = "crm_campaign_motivi.DeskDataPanel";
    static components = { DeskKeyFields };
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    close() {
        toggleData(this.desk);
    }

    onKeydown(ev) {
        if (ev.key === "Escape") {
            ev.stopPropagation();
            this.close();
        }
    }
}

deskPlaces.add(
    "edit_data",
    {
        place: "name",
        component: DeskEditData,
        isShown: (desk) => Boolean(desk.payload.key_fields?.length),
    },
    { sequence: 80 }
);

deskPlaces.add("data_panel", {
    place: "freeze",
    component: DeskDataPanel,
    isShown: (desk) => desk.phase === "name" && desk.name.parts.data.open,
});

deskShortcuts.add("edit_data", {
    phases: ["name"],
    key: EDIT_DATA,
    run: toggleData,
    help: _t("Edit the data of the name"),
});
