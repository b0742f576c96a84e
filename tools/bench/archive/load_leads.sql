-- Inserts the names {first} to {last}. Every draw is a hash of the row's number and the
-- seed, so that chunks can be loaded in any order and always come out the same.
INSERT INTO crm_lead ({columns}, {template_columns})
WITH numbered AS (
    SELECT i,
           -- One name in 25 is somebody who is there already, written otherwise.
           CASE WHEN bench.draw(i, 1) % 100 < 4
                THEN i - 1 - bench.draw(i, 2) % least(i, 50000) ELSE i END AS src
      FROM generate_series({first}::bigint, {last}::bigint) AS i
), drawn AS (
    SELECT numbered.i, numbered.src,
           bench.draw(src, 3) % 100 < 35 AS is_company,
           surname.value AS surname, first_name.value AS first_name,
           trade.value AS trade, surname.plain AS plain_surname,
           first_name.plain AS plain_first, trade.plain AS plain_trade, form.value AS legal_form,
           street_type.value || ' ' || street_name.value || ' '
               || 1 + bench.draw(src, 4) % CASE WHEN bench.draw(src, 5) % 100 < 85
                                                THEN 60 ELSE 280 END AS street,
           place.*, prefix.value AS prefix,
           bench.draw(src, 6) % 100 AS phone_share,
           bench.draw(src, 7) % 100 AS mobile_share,
           bench.draw(src, 8) % 100 AS email_share,
           bench.draw(i, 9) % 100 AS spelling,
           bench.draw(i, 10) % 1000 AS state_share,
           bench.draw(src, 11) AS landline_draw,
           bench.draw(src, 12) AS mobile_draw,
           bench.draw(i, 13) AS second_draw
      FROM numbered
      JOIN bench.surname ON surname.n = bench.draw(src, 20) % {entries}
      JOIN bench.first_name ON first_name.n = bench.draw(src, 21) % {entries}
      JOIN bench.trade ON trade.n = bench.draw(src, 22) % {entries}
      JOIN bench.legal_form form ON form.n = bench.draw(src, 23) % {entries}
      JOIN bench.street_type ON street_type.n = bench.draw(src, 24) % {entries}
      JOIN bench.street_name ON street_name.n = bench.draw(src, 25) % {entries}
      JOIN bench.mobile_prefix prefix ON prefix.n = bench.draw(src, 26) % {entries}
      JOIN bench.place_pick pick ON pick.n = bench.draw(src, 27) % {entries}
      JOIN bench.place ON place.place_id = pick.value::int
), numbers AS (
    SELECT drawn.*,
           phone_share < CASE WHEN is_company THEN 85 ELSE 50 END AS has_landline,
           CASE WHEN is_company THEN
               trade || CASE WHEN landline_draw % 10 < 3 THEN ' di ' || surname || ' '
                                  || first_name
                             ELSE ' ' || surname || ' ' || legal_form END
           ELSE surname || ' ' || first_name END AS full_name,
           area || (2 + landline_draw % 8)
               || lpad((landline_draw / 8 % (10 ^ (8 - length(area) + 1))::bigint)::text,
                       9 - length(area), '0') AS landline,
           prefix || (2 + mobile_draw % 8)
               || lpad((mobile_draw / 8 % 1000000)::text, 6, '0') AS mobile
      FROM drawn
), written AS (
    SELECT numbers.*,
           CASE WHEN spelling < 25 THEN upper(full_name)
                WHEN spelling < 29 AND i <> src THEN overlay(full_name placing
                     substr(full_name, 5, 1) from 4 for 1)
                ELSE full_name END AS shown_name,
           CASE WHEN has_landline THEN '+39' || landline END AS own_phone,
           CASE WHEN NOT has_landline OR mobile_share < 35
                THEN '+39' || numbers.mobile END AS own_mobile,
           CASE WHEN second_draw % 100 < 3
                THEN '+39' || prefix || (2 + second_draw / 100 % 8)
                     || lpad((second_draw / 800 % 1000000)::text, 6, '0')
           END AS own_second,
           CASE WHEN email_share < 30 THEN
               plain_first || CASE WHEN landline_draw % 2 = 0 THEN '.'
                                               ELSE '' END || plain_surname
               || CASE WHEN landline_draw % 3 = 0
                       THEN (1 + landline_draw % 99)::text ELSE '' END
               || '@' || CASE WHEN is_company
                              THEN plain_surname || '-' || plain_trade
                              ELSE 'posta' || landline_draw % 12 END || '.example'
           END AS email
      FROM numbers
), moments AS (
    SELECT written.*,
           timestamp '2026-11-01' - make_interval(
               secs => bench.draw(i, 14) % (3 * 365 * 86400)) AS created
      FROM written
)
SELECT {base} + i, shown_name,
       CASE WHEN is_company THEN 'company' ELSE 'person' END,
       CASE WHEN NOT is_company THEN shown_name END,
       CASE WHEN is_company THEN shown_name END,
       CASE WHEN spelling < 25 THEN upper(moments.street) ELSE moments.street END,
       CASE WHEN state_share % 50 > 0 THEN cap END,
       moments.city, moments.state_id,
       bench.spaced(own_phone), bench.spaced(own_mobile), bench.spaced(own_second),
       own_phone, own_mobile, own_second, coalesce(own_phone, own_mobile),
       CASE WHEN own_phone IS NOT NULL THEN 'correct' END,
       email, email, '@' || split_part(email, '@', 2),
       CASE WHEN email IS NOT NULL THEN 'correct' END,
       state.id,
       CASE WHEN state_share % 50 > 0 THEN moments.zone_id ELSE zone_without_cap END,
       created, created, created,
       {template_values}
  FROM moments
  JOIN bench.state ON state.n = state_share
 CROSS JOIN bench.template
