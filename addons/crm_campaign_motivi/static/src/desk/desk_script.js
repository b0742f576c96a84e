import { Component, markup, useEffect } from "@odoo/owl";
import { useDesk } from "./desk_hooks";
import { fillMerged, mergedWords } from "./desk_merge";

/**
 * What the operator says, as the campaign's manager wrote it: a page of the workflow, or
 * the script of the campaign. The version on screen is stored with the outcome.
 */
export class DeskScript extends Component {
    static template = "crm_campaign_motivi.DeskScript";
    static props = {};

    setup() {
        this.desk = useDesk();
        useEffect(
            (versionId) => this.remember(versionId),
            // Also when the same name is served anew, with other work on it.
            () => [this.versionId, this.desk.name]
        );
    }

    get isPage() {
        return Boolean(this.desk.step.id);
    }

    get text() {
        return (this.isPage ? this.desk.step : this.desk.payload.campaign).script || "";
    }

    get versionId() {
        return this.isPage
            ? this.desk.step.version_id
            : this.desk.payload.campaign.script_version_id;
    }

    get script() {
        // An Html field: the server has cleaned it when it was written.
        return markup(fillMerged(this.text, mergedWords(this.desk)));
    }

    remember(versionId) {
        const { pages } = this.desk.name.parts.steps;
        if (versionId && !pages.includes(versionId)) {
            pages.push(versionId);
        }
    }
}
