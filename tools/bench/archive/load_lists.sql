-- The queue: a sample of the names in each list, in an order of its own. Most are fresh,
-- some have been called: closed, or to be called again later.
INSERT INTO crm_call_list_line
       (list_id, campaign_id, lead_id, zone_id, list_state_id, category, rank, attempts,
        recall_at, recall_scope, recall_user_id, last_contact_at)
SELECT list_id, campaign_id, lead_id, zone_id, state.id, state.category,
       row_number() OVER (PARTITION BY list_id ORDER BY bench.draw(lead_id, 31)),
       CASE WHEN state.category = 'to_call' THEN 0 ELSE 1 + share % 3 END,
       CASE WHEN state.category = 'recall'
            THEN (now() AT TIME ZONE 'UTC') + make_interval(
                 mins => (bench.draw(lead_id, 32) % 43200)::int - 60) END,
       CASE WHEN state.category = 'recall' THEN 'public' END, NULL,
       CASE WHEN state.category != 'to_call' THEN now() AT TIME ZONE 'UTC' END
  FROM (
    SELECT list.id AS list_id, list.campaign_id, lead.id AS lead_id,
           coalesce(lead.zone_id, 0) AS zone_id,
           bench.draw(lead.id, 33 + list.campaign_id) % 100 AS share
      FROM (SELECT id, zone_id, bench.draw(id, 30 + {campaign}) % {modulus} AS bucket
              FROM crm_lead WHERE id > {base}) lead
      JOIN (SELECT id, campaign_id, row_number() OVER (ORDER BY id) - 1 AS bucket
              FROM crm_call_list WHERE campaign_id = {campaign}) list USING (bucket)
  ) placed
  JOIN (SELECT DISTINCT ON (category) id, category FROM crm_list_state
         WHERE active ORDER BY category, sequence, id) state
    ON state.category = CASE WHEN share < 80 THEN 'to_call'
                             WHEN share < 88 THEN 'recall'
                             WHEN share < 97 THEN 'closed_negative'
                             ELSE 'closed_positive' END
