import { Component } from "@odoo/owl";
import { useDesk } from "./desk_hooks";
import { isAnswered, isStepAsked } from "./desk_workflow";

/** The questions of a step; the answers are stored with the outcome. */
export class DeskQuestionnaire extends Component {
    static template = "crm_campaign_motivi.DeskQuestionnaire";
    static props = {};

    setup() {
        this.desk = useDesk();
    }

    get questions() {
        return this.desk.step.questions;
    }

    get closed() {
        return this.desk.phase !== "name";
    }

    get part() {
        return this.desk.name.parts.steps;
    }

    answer(question) {
        const value = this.part.answers[question.id];
        return isAnswered(value) ? value : "";
    }

    /** Mandatory for the chosen outcome and not answered yet. */
    isOpen(question) {
        return (
            question.required &&
            !isAnswered(this.part.answers[question.id]) &&
            isStepAsked(this.desk.step, this.desk.name.outcome)
        );
    }

    set(question, value) {
        if (isAnswered(value)) {
            this.part.answers[question.id] = value;
        } else {
            delete this.part.answers[question.id];
        }
        this.desk.clearMessage();
        this.desk.saveDraft();
    }

    inputType(question) {
        return { number: "number", date: "date" }[question.kind] || "text";
    }
}
