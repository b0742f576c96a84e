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
