from odoo import models

# Names leave their recall by the desk, by bulk changes of lists and by whatever comes
# later: a trigger sees all of them, costs no query of its own and can't be forgotten.
_FUNCTION = """
CREATE OR REPLACE FUNCTION callcenter_close_recall()
    RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    served timestamp;
    tolerance integer;
    zone varchar;
    ended varchar := 'lost';
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.last_contact_at IS DISTINCT FROM OLD.last_contact_at
                             OR NEW.attempts > OLD.attempts) THEN
        -- Somebody called; the attempt tells two outcomes of the same second apart.
        served := NEW.last_contact_at;
    ELSIF TG_OP = 'UPDATE' AND NEW.category = 'recall'
          AND OLD.recall_at > (now() AT TIME ZONE 'UTC') THEN
        -- Given another time before the promised one came: the promise goes on.
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' AND (
            NOT EXISTS (SELECT 1 FROM crm_lead WHERE id = OLD.lead_id)
            OR EXISTS (SELECT 1 FROM crm_call_list_line other
                        WHERE other.lead_id = OLD.lead_id AND other.category = 'recall'
                          AND other.recall_at = OLD.recall_at)) THEN
        -- The name itself is gone, or was moved to another list with its recall.
        RETURN NULL;
    END IF;
    IF served IS NOT NULL THEN
        -- As in res.company._local_zone.
        SELECT company.recall_tolerance_minutes,
               COALESCE(NULLIF(calendar.tz, 'UTC'), partner.tz, 'Europe/Rome')
          INTO tolerance, zone
          FROM res_company company
          JOIN res_partner partner ON partner.id = company.partner_id
     LEFT JOIN resource_calendar calendar
            ON calendar.id = COALESCE(company.action_calendar_id,
                                      company.resource_calendar_id)
         WHERE company.id = COALESCE(
               (SELECT company_id FROM utm_campaign WHERE id = OLD.campaign_id),
               (SELECT min(id) FROM res_company));
        IF served <= OLD.recall_at + tolerance * interval '1 minute' THEN
            ended := 'kept';
        ELSIF (served AT TIME ZONE 'UTC' AT TIME ZONE zone)::date
              <= (OLD.recall_at AT TIME ZONE 'UTC' AT TIME ZONE zone)::date THEN
            ended := 'late';
        END IF;
    END IF;
    INSERT INTO crm_recall (line_id, lead_id, campaign_id, promised_at, scope, user_id,
                            served_by_id, served_at, delay_minutes, result)
         VALUES (OLD.id, OLD.lead_id, OLD.campaign_id, OLD.recall_at, OLD.recall_scope,
                 OLD.recall_user_id,
                 CASE WHEN served IS NOT NULL THEN OLD.claimed_by_id END, served,
                 GREATEST(0, floor(extract(epoch FROM served - OLD.recall_at) / 60)),
                 ended)
    ON CONFLICT (line_id, promised_at) DO UPDATE
            SET served_at = EXCLUDED.served_at,
                served_by_id = EXCLUDED.served_by_id,
                delay_minutes = EXCLUDED.delay_minutes
          WHERE crm_recall.served_at IS NULL AND EXCLUDED.served_at IS NOT NULL;
    RETURN NULL;
END $$;
"""
_PROMISED = """OLD.category = 'recall' AND OLD.recall_at IS NOT NULL
          AND OLD.campaign_id IS NOT NULL
          AND OLD.recall_scope IS DISTINCT FROM 'automatic'"""
_TRIGGERS = f"""
CREATE OR REPLACE TRIGGER callcenter_recall_ended
    AFTER UPDATE OF category, recall_at, last_contact_at, attempts
    ON crm_call_list_line FOR EACH ROW
    WHEN ({_PROMISED}
          AND (NEW.category IS DISTINCT FROM 'recall'
               OR NEW.recall_at IS DISTINCT FROM OLD.recall_at
               OR NEW.last_contact_at IS DISTINCT FROM OLD.last_contact_at
               OR NEW.attempts > OLD.attempts))
    EXECUTE FUNCTION callcenter_close_recall();
CREATE OR REPLACE TRIGGER callcenter_recall_dropped
    AFTER DELETE ON crm_call_list_line
    FOR EACH ROW WHEN ({_PROMISED})
    EXECUTE FUNCTION callcenter_close_recall();
"""


class CrmCallListLine(models.Model):
    """Recalls that end: the database records what became of each promise."""

    _inherit = "crm.call.list.line"

    def init(self):
        """Have the database record every recall that ends; see ``crm.recall``."""
        result = super().init()
        # Not when a custom field sets the model up again: it would lock all calls out.
        if not self.pool.ready:
            self.env.cr.execute(_FUNCTION)
            self.env.cr.execute(_TRIGGERS)
        return result
