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
