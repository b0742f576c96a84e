def migrate(cr, version):
    """Let imports of the last version go on: rows to do lie in a table of their own."""
    if not version:
        return
    cr.execute(
        """INSERT INTO crm_list_import_stage (import_id, row_number, cells)
           SELECT import_id, row_number, cells FROM crm_list_import_row
            WHERE state = 'pending'
               ON CONFLICT DO NOTHING"""
    )
    cr.execute("DELETE FROM crm_list_import_row WHERE state = 'pending'")
    cr.execute(
        """UPDATE crm_list_import import
              SET phase = CASE state WHEN 'done' THEN 'done' ELSE 'write' END,
                  state = CASE state WHEN 'done' THEN 'done' ELSE 'stopped' END,
                  done_row = coalesce((SELECT max(row_number)
                                         FROM crm_list_import_row row
                                        WHERE row.import_id = import.id), 0),
                  date_done = CASE state WHEN 'done' THEN write_date END
            WHERE state IN ('running', 'done') AND phase IS NULL"""
    )
    _give_keys(cr)


def _give_keys(cr):
    """Let open imports recognise names by the keys that were built in before."""
    cr.execute(
        """INSERT INTO crm_list_import_key (import_id, sequence, by_name, by_phone,
                                            by_fiscal_code, by_vat, create_uid,
                                            create_date, write_uid, write_date)
           SELECT import.id, key.sequence, true, key.sequence = 1, key.sequence = 2,
                  key.sequence = 3, 1, now() AT TIME ZONE 'UTC', 1,
                  now() AT TIME ZONE 'UTC'
             FROM crm_list_import import, generate_series(1, 3) AS key(sequence)
            WHERE import.state IN ('draft', 'mapped', 'running', 'stopped')
              AND NOT EXISTS (SELECT 1 FROM crm_list_import_key own
                               WHERE own.import_id = import.id)"""
    )
