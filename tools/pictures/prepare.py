"""Runs inside Odoo: makes an ordinary morning of the copy of the demo database."""

from datetime import timedelta

from odoo import fields

#: What the operator has had before the picture is taken, one name each.
MORNING = (
    ("not_interested", "Ha già firmato con un altro fornitore."),
    ("no_answer", ""),
    ("call_back", "Ne parla con il marito."),
    ("not_interested", "Casa in affitto."),
    ("appointment", "Tetto a falda di 120 mq, bolletta di 95 € al mese."),
    ("no_answer", ""),
    ("not_interested", "Non vuole impegni per quest'anno."),
    ("call_back", "È al lavoro, richiamare in serata."),
    ("no_answer", ""),
)
#: What was said to the names that are served first: days ago, outcome and note.
BEFORE = (
    (17, "busy", "Occupato due volte, riprovare la sera."),
    (10, "no_answer", "Risponde la figlia: il padre rientra dopo le 18."),
    (
        2,
        "call_back",
        "Interessato, tetto a falda rivolto a sud. Vuole che ci sia anche la moglie.",
    ),
)
LEADS = "call_list_line_ids.list_id.campaign_id"


def answer(env):
    """Let calls be made at any hour, and register a morning's outcomes.

    :return: how many outcomes were registered
    :rtype: int
    """
    campaign = env.ref("crm_campaign_motivi.campaign_fotovoltaico_lombardia")
    env["crm.call.window"]._open_always(campaign)
    operator = env.ref("crm_callcenter.user_operator_1")
    # Names that nobody has called, from the end of the list: they are not served today.
    leads = env["crm.lead"].search(
        [(LEADS, "=", campaign.id), ("interaction_ids", "=", False)],
        order="id desc",
        limit=len(MORNING),
    )
    for lead, (outcome, note) in zip(leads, MORNING, strict=True):
        lead._register_outcome(
            env.ref(f"crm_callcenter.crm_outcome_{outcome}"),
            user=operator,
            campaign=campaign,
            note=note,
        )
    _complete_recalls(env, campaign, operator)
    env.cr.commit()
    return len(leads)


def _complete_recalls(env, campaign, operator):
    """Give the names that are served first two numbers and a history."""
    lines = env["crm.call.list.line"].search(
        [("campaign_id", "=", campaign.id), ("category", "=", "recall")]
    )
    now = fields.Datetime.now()
    for number, line in enumerate(lines):
        lead = line.lead_id.with_context(line_closes_itself=line.id)
        lead.phone = lead.phone or f"030 55512{number:02}"
        lead.mobile = lead.mobile or f"347 55512{number:02}"
        for days, outcome, note in BEFORE:
            lead._register_outcome(
                env.ref(f"crm_callcenter.crm_outcome_{outcome}"),
                user=operator,
                campaign=campaign,
                note=note,
                date=now - timedelta(days=days),
            )
