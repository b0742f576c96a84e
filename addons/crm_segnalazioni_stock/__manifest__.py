{
    "name": "Segnalazioni and Contracts: Deliveries",
    "summary": "Confirmed lines are delivered; deliveries in the archive of documents",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Call Centre Suite Contributors",
    "license": "AGPL-3",
    "depends": ["crm_segnalazioni", "sale_stock"],
    "data": [
        "security/ir.model.access.csv",
        "security/deliveries_rules.xml",
        "views/crm_segnalazione_archive_views.xml",
        "views/sale_order_views.xml",
    ],
    "auto_install": True,
}
