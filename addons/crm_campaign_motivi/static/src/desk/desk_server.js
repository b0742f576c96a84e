import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";

/** A refusal that the operator can act upon; its message is a sentence for the desk. */
export class DeskRefusal extends Error {}

/**
 * Something is missing before the outcome can be confirmed.
 *
 * @param {string} sentence for the operator
 * @param {string} focus where to go on: the `data-desk-focus` of an element
 * @returns {DeskRefusal}
 */
export function missing(sentence, focus) {
    return Object.assign(new DeskRefusal(sentence), { focus });
}

const SESSION_EXPIRED = "odoo.http.SessionExpiredException";

/**
 * Call a method of the server's desk.
 *
 * @param {Object} orm the service
 * @param {string} method of `crm.desk`
 * @param {Object} values keyword arguments
 * @throws {DeskRefusal} the server refuses, or can't be reached
 */
export async function callDesk(orm, method, values = {}) {
    try {
        return await orm.call("crm.desk", method, [], values);
    } catch (error) {
        throw asRefusal(error);
    }
}

function asRefusal(error) {
    if (error instanceof ConnectionLostError) {
        return Object.assign(
            new DeskRefusal(
                _t(
                    "The server can't be reached. What you wrote stays here: try again in a moment."
                )
            ),
            { isOffline: true }
        );
    }
    if (!(error instanceof RPCError) || error.exceptionName === SESSION_EXPIRED) {
        return error;
    }
    if (error.exceptionName?.startsWith("odoo.exceptions.")) {
        const isFrozen = Boolean(error.data.context?.desk_is_frozen);
        return Object.assign(new DeskRefusal(error.data.message), { isFrozen });
    }
    return new DeskRefusal(
        _t("The server failed to do this, and nothing was saved. Try again, or tell support.")
    );
}
