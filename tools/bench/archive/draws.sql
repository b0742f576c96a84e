-- Functions and tables that load_leads.sql draws from; dropped with the schema.
CREATE SCHEMA bench;
CREATE FUNCTION bench.draw(i bigint, salt integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN hashint8extended(i, {seed} * 1000 + salt) & 9223372036854775807;
CREATE FUNCTION bench.plain(written text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN lower(regexp_replace(public.unaccent(written), '[^A-Za-z]', '', 'g'));
CREATE FUNCTION bench.spaced(number text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN substr(number, 1, 3) || ' ' || substr(number, 4, 3) || ' '
           || substr(number, 7, 3) || ' ' || substr(number, 10);
CREATE TABLE bench.template AS SELECT * FROM crm_lead WHERE id = {template_id};
DELETE FROM crm_lead WHERE id = {template_id};
CREATE TABLE bench.state AS
    SELECT share.n, (SELECT min(s.id) FROM crm_commercial_state s
                      WHERE s.state_class = CASE WHEN share.n < 700 THEN 'lead'
                                                 WHEN share.n < 850 THEN 'suspect'
                                                 WHEN share.n < 930 THEN 'prospect'
                                                 WHEN share.n < 970 THEN 'customer'
                                                 WHEN share.n < 990 THEN 'former'
                                                 ELSE 'blocked' END) AS id
      FROM generate_series(0, 999) AS share(n);
CREATE TABLE bench.place (place_id integer, cap text, city text, state_id integer,
    area text, zone_id integer, zone_without_cap integer);
