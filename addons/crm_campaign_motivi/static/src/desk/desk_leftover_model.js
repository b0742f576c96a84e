import { _t } from "@web/core/l10n/translation";
import { deskDraft, isDraftOfPerson, isUnsaved, offeredAgain } from "./desk_draft";
import { DeskSessionModel } from "./desk_session_model";

/** What was done on names that are in hand no more, and was not saved. */
export class DeskLeftoverModel extends DeskSessionModel {
    /** The drafts, the latest first. */
    leftovers = [];

    showLeftovers() {
        this.leftovers = deskDraft.leftovers(this.userId).reverse();
    }

    /** The name is gone: was its outcome saved? The same token asks without saving twice. */
    async settleDraft(draft) {
        const { request, ...others } = draft;
        const saved = request && (await this.attempt(() => this.call("confirm", request)));
        if (saved) {
            this.tell("success", saved.message);
            deskDraft.dropLeftover(draft);
            const { note } = draft.values;
            if (note.trim() && note.trim() !== request.note) {
                // Written while the outcome was on its way.
                deskDraft.setAside({ ...others, values: { note } });
            }
        } else if (isUnsaved(draft.values)) {
            // Without an answer it is asked again when the desk is opened next.
            deskDraft.setAside(this.offline ? draft : others);
        }
        this.showLeftovers();
    }

    /** What was set aside while the server couldn't say whether it was saved. */
    async settleLeftovers() {
        for (const draft of deskDraft.leftovers(this.userId)) {
            if (draft.request) {
                await this.settleDraft(draft);
            }
        }
        this.showLeftovers();
    }

    /**
     * What was not saved on a name is offered once more when the person is served again.
     *
     * @returns {Object|null} as `draft.values`
     */
    takeLeftover(payload) {
        const draft = deskDraft
            .leftovers(this.userId)
            .find((leftover) => isDraftOfPerson(leftover, payload));
        if (!draft) {
            return null;
        }
        deskDraft.dropLeftover(draft);
        this.showLeftovers();
        this.tell("info", _t("What you had not saved on this name is here again."));
        return offeredAgain(draft.values, payload);
    }

    discardLeftover(draft) {
        deskDraft.dropLeftover(draft);
        this.showLeftovers();
        this.askFocus("next");
    }

    /** @param {Object} [values] those of the name's work that are not saved; all by default */
    setAside(values = this.name.draft.values) {
        // What is done in a window that was frozen goes on in the other one.
        if (!this.frozen && isUnsaved(values)) {
            deskDraft.setAside({ ...this.name.draft, userId: this.userId, values });
            this.showLeftovers();
            return true;
        }
        return false;
    }

    /** The name on the screen was the operator's for a moment only: nothing typed is lost. */
    keepForItsName() {
        if (!this.setAside()) {
            return;
        }
        const kept = _t(
            "%s is not in your hands after all. What you wrote on it is kept, and is here again when the name is.",
            this.payload.lead.name
        );
        // The outcome of the name before was saved: that stays to be read.
        this.tell("info", [this.message?.text, kept].filter(Boolean).join(" "));
    }

    /**
     * What was changed after the outcome was sent is not in what was saved.
     *
     * @param {Object} saved answer of the server
     * @param {{outcome_id: number, note: string}} sent
     */
    tellSaved(saved, sent) {
        const kept = saved.repeated || sent;
        const note = this.name.note.trim();
        const isOther = kept.outcome_id !== sent.outcome_id;
        if (!isOther && kept.note === note) {
            this.tell("success", saved.message);
            return;
        }
        if (note !== kept.note) {
            const { values } = this.name.draft;
            // An outcome that was saved is not offered again.
            this.setAside(isOther ? values : { note: values.note });
        }
        this.tell(
            "danger",
            saved.repeated
                ? _t(
                      "%s This was saved before the connection was lost, and what you changed later was not. Your note is kept: you see it when no name is in hand.",
                      saved.message
                  )
                : _t(
                      "%s What you wrote while it was being saved is not in it. Your note is kept: you see it when no name is in hand.",
                      saved.message
                  )
        );
    }
}
