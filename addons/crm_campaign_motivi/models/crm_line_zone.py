from odoo import models

# Zones move set-based and by import, lines are written by INSERT … SELECT: a trigger
# sees all of them.
_TRIGGERS = """
CREATE OR REPLACE FUNCTION callcenter_zone_of_line()
    RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.zone_id := coalesce(
        (SELECT zone_id FROM crm_lead WHERE id = NEW.lead_id), 0);
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER callcenter_zone_of_line
    BEFORE INSERT ON crm_call_list_line
    FOR EACH ROW WHEN (NEW.zone_id IS NULL)
    EXECUTE FUNCTION callcenter_zone_of_line();

CREATE OR REPLACE TRIGGER callcenter_zone_of_moved_line
    BEFORE UPDATE OF lead_id ON crm_call_list_line
    FOR EACH ROW WHEN (NEW.lead_id IS DISTINCT FROM OLD.lead_id)
    EXECUTE FUNCTION callcenter_zone_of_line();

CREATE OR REPLACE FUNCTION callcenter_zone_of_lines()
    RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE crm_call_list_line SET zone_id = coalesce(NEW.zone_id, 0)
     WHERE lead_id = NEW.id
       AND zone_id IS DISTINCT FROM coalesce(NEW.zone_id, 0);
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER callcenter_zone_of_lines
    AFTER UPDATE OF zone_id ON crm_lead
    FOR EACH ROW WHEN (NEW.zone_id IS DISTINCT FROM OLD.zone_id)
    EXECUTE FUNCTION callcenter_zone_of_lines();
"""


class CrmCallListLine(models.Model):
    """The zone of a line is that of its name, whoever moves it."""

    _inherit = "crm.call.list.line"

    def init(self):
        """Have the database copy the zone of every name into its lines."""
        result = super().init()
        # Not when a custom field sets the model up again: it would lock all calls out.
        if not self.pool.ready:
            self.env.cr.execute(_TRIGGERS)
        return result
