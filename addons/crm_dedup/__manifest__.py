{
    "name": "Clean Names",
    "summary": "Normalisation, duplicates and merge of names and customers",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Call Centre Suite Contributors",
    "license": "AGPL-3",
    "depends": ["crm_callcenter"],
    "external_dependencies": {"python": ["rapidfuzz"]},
    "data": [
        "security/ir.model.access.csv",
        "views/crm_duplicate_pair_views.xml",
        "views/dedup_menus.xml",
    ],
    "application": False,
    "installable": True,
}
