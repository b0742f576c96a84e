def post_init_hook(env):
    """Give the companies that exist the main fields that a new company starts with."""
    companies = env["res.company"].search([("lead_main_field_ids", "=", False)])
    companies.write(
        {"lead_main_field_ids": [(6, 0, companies._default_main_fields().ids)]}
    )
    _stop_enrichment(env)


def _stop_enrichment(env):
    """Keep names here: Odoo sends each new e-mail address to a service of its own.

    It does so unless told otherwise. Who wants it switches it on in CRM's settings.
    """
    env["ir.config_parameter"].set_param("crm.iap.lead.enrich.setting", "manual")
    # Not there yet when it is installed together with this addon; it reads the
    # parameter then.
    cron = env.ref("crm_iap_enrich.ir_cron_lead_enrichment", raise_if_not_found=False)
    if cron:
        cron.active = False
