"""Lines written before they had a zone and every recall a scope."""


def migrate(cr, version):
    """Fill the new columns of lines in pieces that fit into memory."""
    cr.execute("SELECT coalesce(max(id), 0) FROM crm_call_list_line")
    [last] = cr.fetchone()
    for first in range(0, last + 1, 100_000):
        cr.execute(
            """UPDATE crm_call_list_line line
                  SET zone_id = coalesce(lead.zone_id, 0),
                      recall_scope = CASE
                          WHEN line.category != 'recall' THEN line.recall_scope
                          WHEN line.recall_scope IS NOT NULL THEN line.recall_scope
                          WHEN line.recall_user_id IS NOT NULL THEN 'private'
                          ELSE 'public' END
                 FROM crm_lead lead
                WHERE lead.id = line.lead_id
                  AND line.id BETWEEN %s AND %s
                  AND (line.zone_id IS NULL OR (line.category = 'recall'
                                                AND line.recall_scope IS NULL))""",
            [first, first + 99_999],
        )
    # No answer and busy got their rules with this version; a manager's own stay.
    for name, minutes, most, other_band in (
        ("crm_outcome_no_answer", 120, 0, True),
        ("crm_outcome_busy", 20, 4, False),
    ):
        cr.execute(
            """UPDATE crm_outcome outcome
                  SET retry_minutes = %s, retry_max = %s, retry_other_band = %s
                 FROM ir_model_data data
                WHERE data.module = 'crm_callcenter' AND data.name = %s
                  AND data.model = 'crm.outcome' AND data.res_id = outcome.id
                  AND coalesce(outcome.retry_minutes, 0) = 0""",
            [minutes, most, other_band, name],
        )
