import { Component, onWillStart, useState } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { LabelPairs } from "./label_pairs";

const MODEL = "crm.dedup.scoring";
/** Size of the drawing, in its own units. */
const CHART = { width: 640, height: 250, left: 40, right: 10, top: 10, bottom: 28 };

/** What precision and recall the thresholds have, by the labels of people. */
export class DedupThresholds extends Component {
    static template = "crm_dedup.Thresholds";
    static components = { Layout, LabelPairs };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        this.chart = CHART;
        this.state = useState({ page: null, isLabelling: false, isDirty: false, problem: "" });
        this.values = useState({ sure: 0, review: 0, weights: {} });
        this.request = 0;
        onWillStart(() => this.load());
    }

    // ---------------------------------------------------------------
    // Reading
    // ---------------------------------------------------------------

    /** Reads the page, of the values being tried or of those that are saved. */
    async load(values) {
        const request = ++this.request;
        let page;
        try {
            page = await this.orm.silent.call(MODEL, "page", values ? [values] : []);
        } catch (error) {
            if (request !== this.request || !error.data?.message || !values) {
                throw error;
            }
            this.state.problem = error.data.message;
            return;
        }
        if (request !== this.request) {
            return;
        }
        this.state.page = page;
        this.state.problem = "";
        this.state.isDirty = Boolean(values);
        this.values.sure = page.sure;
        this.values.review = page.review;
        this.values.weights = Object.fromEntries(page.weights.map((row) => [row.code, row.points]));
    }

    async closeLabels() {
        this.state.isLabelling = false;
        await this.load();
    }

    // ---------------------------------------------------------------
    // Trying
    // ---------------------------------------------------------------

    get tried() {
        const { sure, review, weights } = this.values;
        return { sure, review, weights: { ...weights } };
    }

    async set(name, text) {
        const value = parseFloat(text);
        if (Number.isNaN(value)) {
            this.state.problem = _t("Enter a number.");
            return;
        }
        this.values[name] = value;
        await this.load(this.tried);
    }

    async setWeight(code, text) {
        const value = parseFloat(text);
        if (Number.isNaN(value)) {
            this.state.problem = _t("Enter a number.");
            return;
        }
        this.values.weights[code] = value;
        await this.load(this.tried);
    }

    async save() {
        await this.orm.call(MODEL, "save_page", [this.tried]);
        this.notification.add(_t("Saved. The archive is compared again in the background."), {
            type: "success",
        });
        await this.load();
    }

    reset() {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Shipped values"),
            body: _t("Thresholds and weights become those that the product comes with."),
            confirmLabel: _t("Reset"),
            confirm: async () => {
                await this.orm.call(MODEL, "reset", []);
                await this.load();
            },
            cancel: () => {},
        });
    }

    // ---------------------------------------------------------------
    // Showing
    // ---------------------------------------------------------------

    percent(value) {
        return value === null ? "–" : `${(100 * value).toFixed(1)} %`;
    }

    interval([value, low, high]) {
        if (value === null) {
            return _t("not known yet");
        }
        return `${(100 * low).toFixed(1)} – ${(100 * high).toFixed(1)} %`;
    }

    verdict(code) {
        return { same: _t("sure"), review: _t("to review"), different: _t("different") }[code];
    }

    get figures() {
        const { at_sure, at_review } = this.state.page;
        return [
            { name: "sure", label: _t("Sure"), ...at_sure },
            { name: "review", label: _t("Sure and to review"), ...at_review },
        ];
    }

    x(points) {
        const { width, left, right } = CHART;
        return left + ((width - left - right) * Math.min(Math.max(points, 0), 60)) / 60;
    }

    y(share) {
        const { height, top, bottom } = CHART;
        return top + (height - top - bottom) * (1 - share);
    }

    /** Points of a line along the thresholds, for SVG. */
    line(name) {
        return this.state.page.curve
            .filter((point) => point[name][0] !== null)
            .map((point) => `${this.x(point.threshold)},${this.y(point[name][0])}`)
            .join(" ");
    }

    /** Outline of the interval around it. */
    area(name) {
        const points = this.state.page.curve.filter((point) => point[name][0] !== null);
        return [
            ...points.map((point) => `${this.x(point.threshold)},${this.y(point[name][2])}`),
            ...points
                .reverse()
                .map((point) => `${this.x(point.threshold)},${this.y(point[name][1])}`),
        ].join(" ");
    }
}

registry.category("actions").add("crm_dedup_thresholds", DedupThresholds);
