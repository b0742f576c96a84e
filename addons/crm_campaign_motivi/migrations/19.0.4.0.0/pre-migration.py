def migrate(cr, version):
    """Keep who works on which list, and drop an index that another one replaces."""
    cr.execute("DROP INDEX IF EXISTS crm_call_list_line_lead_lists")
    _assign_by_name(cr)


def _assign_by_name(cr):
    """Make whoever works on a list assigned to it by name, as it was meant till now.

    Before the fields are there: what works in effect is computed from the assignment,
    and a list that was given to some operators is not for the whole campaign.
    """
    cr.execute(
        """CREATE TABLE crm_call_list_own_operator_rel (
               list_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
               PRIMARY KEY (list_id, user_id));
           CREATE INDEX ON crm_call_list_own_operator_rel (user_id, list_id);
           INSERT INTO crm_call_list_own_operator_rel (list_id, user_id)
                SELECT list_id, user_id FROM crm_call_list_operator_rel;
           ALTER TABLE crm_call_list ADD COLUMN is_for_campaign boolean;
           UPDATE crm_call_list SET is_for_campaign = false;"""
    )
