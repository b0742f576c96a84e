from odoo.tools import SQL


def migrate(cr, version):
    """The agents of a zone have a weekly capacity from this version on."""
    cr.execute("SELECT to_regclass('crm_zone_agent_rel')")
    if cr.fetchone()[0]:
        cr.execute("ALTER TABLE crm_zone_agent_rel RENAME TO crm_zone_agent")
        cr.execute("ALTER TABLE crm_zone_agent ADD COLUMN id serial")
        cr.execute(
            "ALTER TABLE crm_zone_agent DROP CONSTRAINT crm_zone_agent_rel_pkey,"
            " ADD PRIMARY KEY (id)"
        )
        for column in ("user_id", "zone_id"):
            cr.execute(
                SQL(
                    "ALTER TABLE crm_zone_agent RENAME CONSTRAINT %s TO %s",
                    SQL.identifier(f"crm_zone_agent_rel_{column}_fkey"),
                    SQL.identifier(f"crm_zone_agent_{column}_fkey"),
                )
            )
    # Names are found by zone with what they are sorted by, agents by their own fields.
    cr.execute("DROP INDEX IF EXISTS crm_zone_agent_rel_user_id_zone_id_idx")
    cr.execute("DROP INDEX IF EXISTS crm_lead__zone_id_index")
