"""Inside Odoo's shell: read the analysis of effectiveness as its pivot does."""

import time

MARK = "banco-imbuto"
#: Each view is read so often; the median counts.
REPEATS = 5
#: Rows of today's ledger, which aren't added up yet.
TODAY = 2_000
MEASURES = [
    "calls:sum",
    "appointments:sum",
    "visits:sum",
    "contracts:sum",
    "confirmed:sum",
    "appointment_rate:avg",
    "confirmed_rate:avg",
]
#: As the pivot asks: rows and columns with all their subtotals.
VIEWS = {
    "campaign_month": [["campaign_id", "date:month"], ["campaign_id"], []],
    "zone_agent": [["zone_id", "agent_id"], ["zone_id"], []],
    "operator": [["operator_id", "date:year"], ["operator_id"], []],
    "day": [["date:day"], []],
}


def answer(env, interactions, documents):
    """Return the seconds of each view and how much it stands on.

    :param int interactions: rows that the ledger has at least
    :param int documents: documents that are made
    """
    fill_ledger(env, interactions)
    fill_documents(env, documents)
    env.cr.commit()
    for table in ("crm_interaction", "sale_order"):
        env.cr.execute(f"ANALYZE {table}")
    started = time.perf_counter()
    env["crm.call.day"]._cron_add_up()
    add_up_seconds = time.perf_counter() - started
    env.cr.execute("ANALYZE crm_call_day")
    fill_ledger(env, TODAY, today=True)
    env.cr.commit()
    allow_persons(env)
    manager = manager_of(env)
    report = env(user=manager.id)["crm.effectiveness.report"]
    seconds = {name: timed(report, sets) for name, sets in VIEWS.items()}
    return {
        "seconds": seconds,
        "add_up_seconds": add_up_seconds,
        "ledger": count(env, "crm_interaction"),
        "documents": count(env, "sale_order"),
        "day_rows": count(env, "crm_call_day"),
    }


def timed(report, grouping_sets):
    """Return the median seconds of a view, each time in a transaction of its own."""
    times = []
    for _time in range(REPEATS):
        report.env.invalidate_all()
        started = time.perf_counter()
        groups = report.formatted_read_grouping_sets([], grouping_sets, MEASURES)
        times.append(time.perf_counter() - started)
        report.env.cr.rollback()
    total = groups[-1][0]
    if not all(total[measure] for measure in MEASURES):
        raise ValueError(f"the report is empty: {total}")
    return sorted(times)[len(times) // 2]


def count(env, table):
    env.cr.execute(f"SELECT count(*) FROM {table}")
    return env.cr.fetchone()[0]


def allow_persons(env):
    """Record an agreement, without which there are no figures per operator."""
    env.company.write(
        {
            "individual_monitoring": True,
            "monitoring_agreement_date": "2026-01-01",
            "monitoring_agreement_reference": MARK,
        }
    )
    env.cr.commit()


def manager_of(env):
    """Return a campaign manager."""
    users = env["res.users"].with_context(no_reset_password=True)
    manager = users.create(
        {
            "name": MARK,
            "login": MARK,
            "group_ids": [(4, env.ref("crm_callcenter.group_campaign_manager").id)],
        }
    )
    env.cr.commit()
    return manager


def fill_ledger(env, wanted, today=False):
    """Write rows into the ledger until there are so many, or so many of today.

    Outcomes of three years, of 50 operators, 20 campaigns and the zones of the names;
    one in 40 is an appointment.
    """
    missing = wanted if today else wanted - count(env, "crm_interaction")
    operators = env["res.users"].search([("login", "=like", "operatore%")], limit=50)
    env.cr.execute(
        """INSERT INTO crm_interaction
                  (lead_id, date, user_id, campaign_id, outcome_id, outcome_kind,
                   points, note)
           SELECT lead.id,
                  (now() AT TIME ZONE 'UTC') - CASE WHEN %(today)s
                      THEN interval '0'
                      ELSE (n * 7919 %% 94608000) * interval '1 second' END,
                  (%(users)s)[1 + (n %% cardinality(%(users)s))::int],
                  (%(campaigns)s)[1 + (n / 7 %% cardinality(%(campaigns)s))::int],
                  outcome.id, outcome.kind, 0, %(mark)s
             FROM generate_series(1::bigint, %(missing)s) n
             JOIN LATERAL (SELECT id FROM crm_lead
                            WHERE id >= 1 + n * 7919 %% (%(leads)s - 100)
                         ORDER BY id LIMIT 1) lead ON true
             JOIN (SELECT DISTINCT ON (kind) id, kind FROM crm_outcome
                    WHERE kind IN ('N', 'T') AND NOT COALESCE(is_system, false)
                 ORDER BY kind, id) outcome
               ON outcome.kind = CASE WHEN n %% 40 = 0 THEN 'T' ELSE 'N' END""",
        {
            "today": today,
            "users": (operators or env.user).ids,
            "campaigns": campaigns(env).ids,
            "missing": missing,
            "leads": highest(env, "crm_lead"),
            "mark": MARK,
        },
    )


def campaigns(env):
    """Return 20 campaigns, made when first needed."""
    model = env["utm.campaign"]
    found = model.search([("title", "=like", f"{MARK}%")])
    return found or model.create([{"title": f"{MARK} {n}"} for n in range(20)])


def highest(env, table):
    env.cr.execute(f"SELECT max(id) FROM {table}")
    return env.cr.fetchone()[0]


def fill_documents(env, documents):
    """Write documents: appointments and contracts, of which some were confirmed.

    As many as the appointments of the ledger are made from them.
    """
    types = env["crm.segnalazione.type"].search([("is_counted", "=", True)])
    state = env.ref("crm_segnalazioni.state_signed")
    agents = env["res.users"].search([("login", "=like", "agente%")], limit=30)
    partner = env["res.partner"].search([], limit=1)
    env.cr.execute(
        """WITH appointment AS (
               SELECT id, row_number() OVER (ORDER BY id) AS place
                 FROM crm_interaction WHERE outcome_kind = 'T')
           INSERT INTO sale_order
                  (name, company_id, partner_id, partner_invoice_id,
                   partner_shipping_id, currency_id, currency_rate, state,
                   date_order, create_date, write_date, segnalazione_type_id,
                   segnalazione_state_id, user_id, operator_id, campaign_id, zone_id,
                   interaction_id, visited_on, contract_on, confirmed_on)
           SELECT %(mark)s || '/' || n, %(company)s, %(partner)s, %(partner)s,
                  %(partner)s, %(currency)s, 1, 'draft', day, day, day,
                  (%(types)s)[1 + n %% cardinality(%(types)s)], %(state)s,
                  (%(agents)s)[1 + n %% cardinality(%(agents)s)],
                  (%(operators)s)[1 + n %% cardinality(%(operators)s)],
                  (%(campaigns)s)[1 + n / 7 %% cardinality(%(campaigns)s)], zone.id,
                  appointment.id, CASE WHEN n %% 3 > 0 THEN day::date + 5 END,
                  CASE WHEN n %% 3 = 1 THEN day::date + 9 END,
                  CASE WHEN n %% 6 = 1 THEN day::date + 30 END
             FROM generate_series(1, %(documents)s) n
            CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE 'UTC')
                      - (n %% 1095) * interval '1 day' AS day) moment
        LEFT JOIN appointment ON appointment.place = n
        LEFT JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place,
                          count(*) OVER () AS total FROM crm_zone) zone
               ON zone.place = n %% zone.total""",
        {
            "mark": MARK,
            "company": env.company.id,
            "partner": partner.id,
            "currency": env.company.currency_id.id,
            "types": types.ids,
            "state": state.id,
            "agents": (agents or env.user).ids,
            "operators": (
                env["res.users"].search([("login", "=like", "operatore%")], limit=50)
                or env.user
            ).ids,
            "campaigns": campaigns(env).ids,
            "documents": documents,
        },
    )
