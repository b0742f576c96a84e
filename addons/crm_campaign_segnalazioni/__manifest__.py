{
    "name": "Segnalazioni of Call Campaigns",
    "summary": "What a call campaign gives to the documents that its calls make",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "author": "Call Centre Suite Contributors",
    "license": "AGPL-3",
    "depends": ["crm_campaign_motivi", "crm_segnalazioni"],
    "data": [
        "security/campaign_segnalazioni_rules.xml",
        "security/campaign_analysis_rules.xml",
        "data/crm_segnalazione_verdict_rule_data.xml",
        "views/sale_order_views.xml",
        "views/crm_lead_desk_views.xml",
        "views/utm_campaign_call_cost_views.xml",
        "views/crm_segnalazione_verdict_rule_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_campaign_segnalazioni/static/src/**/*"],
        "web.assets_unit_tests": ["crm_campaign_segnalazioni/static/tests/*.test.js"],
        "web.assets_tests": ["crm_campaign_segnalazioni/static/tests/tours/**/*"],
    },
    "auto_install": True,
}
