"""Inside Odoo's shell: what the models must make of the big database.

One name with all that a new name gets, the zone of each place, and the campaigns
with their lists.
"""

CAMPAIGNS = (("Banco di prova", 1), ("Banco di prova, 25 elenchi", 25))


def answer(env, places):
    """Return what the loading needs; commits."""
    italy = env.ref("base.it")
    states = {state.code: state.id for state in italy.state_ids}
    zones = env["crm.zone"]._zones_for(
        [(cap, states[province]) for cap, _city, province, _area, _weight in places]
        + [(False, state_id) for state_id in states.values()]
    )
    found = {
        "template_id": new_name(env, italy).id,
        "campaigns": [new_campaign(env, title, count) for title, count in CAMPAIGNS],
        "places": [
            {
                "cap": cap,
                "city": city,
                "state_id": states[province],
                "area": area,
                "zone_id": zones[cap, states[province]] or None,
                "zone_without_cap": zones[False, states[province]] or None,
            }
            for cap, city, province, area, _weight in places
        ],
    }
    env.cr.commit()
    return found


def new_name(env, country):
    """Create a name with what every new name of an import gets."""
    team = env["crm.team"]._get_default_team_id(domain=[("use_leads", "=", True)])
    lead = env["crm.lead"].with_context(
        tracking_disable=True, mail_create_nosubscribe=True
    )
    return lead.create(
        {
            "name": "/",
            "type": "lead",
            "user_id": False,
            "team_id": team.id,
            "company_id": env.ref("base.main_company").id,
            "country_id": country.id,
        }
    )


def new_campaign(env, title, lists):
    """Create a running campaign with empty lists.

    All operators work on them, but the last one on no campaign of several lists.
    """
    users = env["res.users"]
    operators = users.search([("login", "=like", "operatore%")])
    if lists > 1:
        operators -= operators.filtered(lambda user: user.login == "operatore20")
    agents = users.search([("login", "=like", "agente%")])
    campaign = env["utm.campaign"].create(
        {
            "title": title,
            "is_call_campaign": True,
            "company_id": env.ref("base.main_company").id,
            "call_state": "running",
            "agent_ids": [(6, 0, agents.ids)],
            "expected_revenue": 12000,
        }
    )
    # It is measured at any hour of any day.
    env["crm.call.window"]._open_always(campaign)
    values = [
        {
            "name": f"{title} {number}",
            "campaign_id": campaign.id,
            "operator_ids": [(6, 0, operators.ids)],
        }
        for number in range(1, lists + 1)
    ]
    env["crm.call.list"].create(values)
    return campaign.id
