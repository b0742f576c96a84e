from odoo import SUPERUSER_ID, api

from odoo.addons.crm_callcenter.hooks import fill_initial_states, flag_names

#: What the outcomes that come with the addon tell of the number.
NUMBER_RESULTS = {
    "no_answer": "no_answer",
    "busy": "busy",
    "wrong_number": "wrong",
    "call_back": "answered",
    "not_interested": "answered",
    "not_owner": "answered",
    "no_more_calls": "answered",
    "sale": "answered",
    "appointment": "answered",
}


def migrate(cr, version):
    """Names know whether they may be called, outcomes what they tell of a number."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, result in NUMBER_RESULTS.items():
        outcome = env.ref(
            f"crm_callcenter.crm_outcome_{name}", raise_if_not_found=False
        )
        if outcome and not outcome.number_result:
            outcome.number_result = result
    fill_initial_states(env)
    flag_names(cr)
