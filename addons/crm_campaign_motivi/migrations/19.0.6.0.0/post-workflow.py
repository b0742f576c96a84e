def migrate(cr, version):
    """Give ESITO to every call campaign, and version 1 to every script."""
    if not version:
        return
    cr.execute(
        """INSERT INTO crm_campaign_step (campaign_id, sequence, name, kind,
                                          required_for, condition, condition_yes_no,
                                          create_uid, create_date, write_uid,
                                          write_date)
           SELECT campaign.id, 1000, 'Esito', 'outcome', 'deal', 'always', 'yes', 1,
                  now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC'
             FROM utm_campaign campaign
            WHERE campaign.is_call_campaign
              AND NOT EXISTS (SELECT 1 FROM crm_campaign_step step
                               WHERE step.campaign_id = campaign.id
                                 AND step.kind = 'outcome')"""
    )
    cr.execute(
        """INSERT INTO crm_script_version (campaign_id, is_main, name, number, body,
                                           user_id, date)
           SELECT campaign.id, true,
                  coalesce(campaign.title ->> 'en_US',
                           (SELECT min(value)
                              FROM jsonb_each_text(campaign.title)), '-'),
                  1, campaign.script, coalesce(campaign.write_uid, 1),
                  coalesce(campaign.write_date, now() AT TIME ZONE 'UTC')
             FROM utm_campaign campaign
            WHERE campaign.is_call_campaign AND campaign.script IS NOT NULL
              AND campaign.script != ''
              AND NOT EXISTS (SELECT 1 FROM crm_script_version known
                               WHERE known.campaign_id = campaign.id
                                 AND known.is_main)"""
    )
