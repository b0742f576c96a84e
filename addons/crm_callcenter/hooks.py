def post_init_hook(env):
    """Give the companies that exist the main fields that a new company starts with."""
    companies = env["res.company"].search([("lead_main_field_ids", "=", False)])
    companies.write(
        {"lead_main_field_ids": [(6, 0, companies._default_main_fields().ids)]}
    )
    companies = env["res.company"].search([("mandatory_field_ids", "=", False)])
    companies.write(
        {"mandatory_field_ids": [(6, 0, companies._default_mandatory_fields().ids)]}
    )
    env["crm.municipality"]._load()
    env.cr.execute(
        "UPDATE crm_lead SET portfolio_id = %s WHERE portfolio_id IS NULL",
        [env["crm.portfolio"]._get_default().id],
    )
    _stop_enrichment(env)
    _fill_initial_states(env)
    fill_customer_states(env.cr)


def _fill_initial_states(env):
    """Give names that were there before the state and portfolio that new ones get."""
    env.cr.execute(
        """UPDATE crm_lead
              SET commercial_state_id = COALESCE(commercial_state_id, %s),
                  portfolio_id = COALESCE(portfolio_id, %s)
            WHERE commercial_state_id IS NULL OR portfolio_id IS NULL""",
        [
            env["crm.commercial.state"]._get_initial_id() or None,
            env["crm.portfolio"]._get_default().id or None,
        ],
    )


def fill_customer_states(cr):
    """Give customers that were there before the commercial state of their last name."""
    cr.execute(
        """UPDATE res_partner partner
              SET commercial_state_id = lead.commercial_state_id
             FROM (SELECT DISTINCT ON (partner_id) partner_id, commercial_state_id
                     FROM crm_lead
                    WHERE partner_id IS NOT NULL AND commercial_state_id IS NOT NULL
                 ORDER BY partner_id, write_date DESC, id DESC) lead
            WHERE lead.partner_id = partner.id
              AND partner.commercial_state_id IS NULL"""
    )


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
