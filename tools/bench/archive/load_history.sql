-- The ledger of three years: one outcome for each third name on average, some of them
-- with several.
INSERT INTO crm_interaction
       (lead_id, date, user_id, campaign_id, outcome_id, outcome_kind,
        state_before_id, state_after_id, points, note)
SELECT lead.id,
       timestamp '2026-11-01' - make_interval(
           secs => bench.draw(n, 41) % (3 * 365 * 86400)),
       operator.id, {campaign}, outcome.id, outcome.kind,
       lead.commercial_state_id, lead.commercial_state_id, 0,
       CASE WHEN bench.draw(n, 42) % 3 = 0 THEN 'Richiamare, parla con la moglie.' END
  FROM generate_series({first}::bigint, {last}::bigint) AS n
  JOIN crm_lead lead ON lead.id = {base} + 1 + bench.draw(n, 40) % {size}
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place,
               count(*) OVER () AS total
          FROM res_users WHERE login LIKE 'operatore%') operator
    ON operator.place = bench.draw(n, 43) % operator.total
  JOIN (SELECT id, kind, row_number() OVER (ORDER BY id) - 1 AS place,
               count(*) OVER () AS total
          FROM crm_outcome WHERE kind IN ('N', 'R')) outcome
    ON outcome.place = bench.draw(n, 44) % outcome.total
