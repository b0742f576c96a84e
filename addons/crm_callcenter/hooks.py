from odoo.tools import SQL


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
    _stop_enrichment(env)
    fill_initial_states(env)
    fill_customer_states(env.cr)
    flag_names(env.cr)


def fill_initial_states(env):
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


def flag_names(cr):
    """Set the do-not-call flag of names that were there before the trigger was."""
    cr.execute(
        """UPDATE crm_lead SET may_not_be_called = true
            WHERE may_not_be_called IS NOT TRUE
              AND id IN (
                  SELECT lead.id FROM crm_lead lead
                    JOIN crm_commercial_state state
                      ON state.id = lead.commercial_state_id
                     AND state.state_class = 'blocked'
                   UNION
                  SELECT lead.id FROM crm_lead lead
                    JOIN phone_blacklist black
                      ON black.active
                     AND black.number = ANY (ARRAY[lead.phone_e164, lead.mobile_e164,
                                                lead.phone_second_e164]))
              AND callcenter_may_not_be_called(
                  commercial_state_id,
                  ARRAY[phone_e164, mobile_e164, phone_second_e164])"""
    )
    cr.execute(
        """INSERT INTO crm_phone_number
                  (number, kind, state, is_state_by_hand, call_count, answer_count)
           SELECT number,
                  CASE WHEN number LIKE '+393%%' THEN 'mobile' ELSE 'fixed' END,
                  'never', false, 0, 0
             FROM phone_blacklist WHERE active
               ON CONFLICT (number) DO UPDATE SET state = 'never'""",
        (),
    )


def release_links(env, module):
    """Drop the foreign keys of tables that stay to tables that go with an addon.

    Odoo deletes an addon's data before the columns that link them, and writes an error
    into its log for each key that forbids it.

    :param str module: that is uninstalled
    """
    env.cr.execute(
        """SELECT model.model
             FROM ir_model model
             JOIN ir_model_data data
               ON data.model = 'ir.model' AND data.res_id = model.id
         GROUP BY model.model HAVING bool_and(data.module = %s)""",
        [module],
    )
    tables = [env[name]._table for (name,) in env.cr.fetchall() if name in env]
    env.cr.execute(
        """SELECT holder.relname, link.conname
             FROM pg_constraint link
             JOIN pg_class holder ON holder.oid = link.conrelid
             JOIN pg_class target ON target.oid = link.confrelid
            WHERE link.contype = 'f' AND target.relname = ANY(%s)
              AND holder.relnamespace = current_schema::regnamespace""",
        [tables],
    )
    for table, name in env.cr.fetchall():
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )


def uninstall_hook(env):
    """Take back what the database does by itself; it would miss its columns."""
    release_links(env, "crm_callcenter")
    env.cr.execute(
        """DROP TRIGGER IF EXISTS callcenter_flag_lead ON crm_lead;
           DROP TRIGGER IF EXISTS callcenter_keep_consent ON crm_consent;
           DROP FUNCTION IF EXISTS callcenter_keep_consent();
           DROP FUNCTION IF EXISTS callcenter_flag_lead();
           DROP FUNCTION IF EXISTS callcenter_may_not_be_called(integer, varchar[]);
           DROP FUNCTION IF EXISTS callcenter_digest(varchar);"""
    )
