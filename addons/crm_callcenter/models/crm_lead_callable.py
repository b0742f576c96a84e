from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.phone import format_international, is_mobile

#: Columns that decide whether a name may be called.
WATCHED = ("phone_e164", "mobile_e164", "phone_second_e164", "commercial_state_id")
#: Fields from which somebody's write changes one of them.
_SOURCES = frozenset(
    ("phone", "mobile", "phone_second", "country_id", "commercial_state_id")
)

# Names come by COPY, states move set-based, numbers are computed: a trigger sees all of
# them, costs no query of its own and can't be forgotten by whoever writes the next one.
_FUNCTIONS = """
CREATE OR REPLACE FUNCTION callcenter_digest(plain varchar)
    RETURNS varchar LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT encode(sha256(convert_to(value || plain, 'UTF8')), 'hex')
              FROM ir_config_parameter
             WHERE key = 'crm_callcenter.forgotten_number_secret');
END $$;

CREATE OR REPLACE FUNCTION callcenter_may_not_be_called(
        state_id integer, numbers varchar[])
    RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    own varchar;
    has_number boolean := false;
BEGIN
    IF EXISTS (SELECT 1 FROM crm_commercial_state
                WHERE id = state_id AND state_class = 'blocked') THEN
        RETURN true;
    END IF;
    -- The first number that is free decides: of most names one look-up is made.
    FOREACH own IN ARRAY numbers LOOP
        IF own IS NOT NULL THEN
            IF NOT EXISTS (SELECT 1 FROM phone_blacklist
                            WHERE active AND number = own)
               AND NOT (EXISTS (SELECT 1 FROM crm_forgotten_number)
                        AND EXISTS (SELECT 1 FROM crm_forgotten_number
                                     WHERE digest = callcenter_digest(own))) THEN
                RETURN false;
            END IF;
            has_number := true;
        END IF;
    END LOOP;
    RETURN has_number;
END $$;

CREATE OR REPLACE FUNCTION callcenter_flag_lead()
    RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.may_not_be_called := callcenter_may_not_be_called(
        NEW.commercial_state_id,
        ARRAY[NEW.phone_e164, NEW.mobile_e164, NEW.phone_second_e164]);
    RETURN NEW;
END $$;
"""
_TRIGGER = """
CREATE OR REPLACE TRIGGER callcenter_flag_lead
    BEFORE INSERT OR UPDATE OF phone_e164, mobile_e164, phone_second_e164,
                               commercial_state_id, may_not_be_called
    ON crm_lead FOR EACH ROW EXECUTE FUNCTION callcenter_flag_lead();
"""


class CrmLead(models.Model):
    """Who may not be called: a flag in the database, and the reasons for people."""

    _inherit = "crm.lead"

    # Not prefetched: before it is read, what decides about it is flushed.
    may_not_be_called = fields.Boolean(
        readonly=True,
        copy=False,
        prefetch=False,
        help="Blocked, or every number is on the do-not-call list. Kept by the"
        " database itself.",
    )
    do_not_call_reason = fields.Text(
        "Why Not to Call", compute="_compute_phone_overview"
    )
    phone_overview = fields.Html(
        "What Is Known of the Numbers",
        compute="_compute_phone_overview",
        sanitize=False,
    )

    _not_callable = models.Index("(id) WHERE may_not_be_called IS TRUE")

    def init(self):
        """Have the database keep the flag of every name that is written."""
        result = super().init()
        self.env.cr.execute(_FUNCTIONS)
        self.env.cr.execute(_TRIGGER)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._forget_flag()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if not _SOURCES.isdisjoint(vals):
            self._forget_flag()
        return result

    def _write_multi(self, vals_list):
        if any(name in vals for vals in vals_list for name in WATCHED):
            self._forget_flag()
        return super()._write_multi(vals_list)

    def _fetch_query(self, query, fields):
        # The database decides when the row is written: write it before asking.
        if any(field.name == "may_not_be_called" for field in fields):
            self.env["crm.lead"].flush_model(WATCHED)
        return super()._fetch_query(query, fields)

    def _forget_flag(self):
        """Let the flag be read from the database, which keeps it."""
        self.invalidate_recordset(["may_not_be_called"], flush=False)

    @api.model
    def _refresh_may_not_be_called(self, numbers=None, states=None, flagged=False):
        """Bring the flags of names in step with the do-not-call list, set-based.

        :param list numbers: those of names with one of these, in E.164
        :param crm.commercial.state states: those of names in one of these
        :param bool flagged: those of all names that carry the flag
        :return: how many names changed
        :rtype: int
        """
        if numbers is not None:
            if not numbers:
                return 0
            numbers = list(numbers)
            of = SQL(" UNION ").join(
                SQL(
                    "SELECT id FROM crm_lead WHERE %s = ANY(%s::varchar[])",
                    SQL.identifier(column),
                    numbers,
                )
                for column in WATCHED[:3]
            )
        elif flagged:
            of = SQL("SELECT id FROM crm_lead WHERE may_not_be_called IS TRUE")
        else:
            of = SQL(
                "SELECT id FROM crm_lead WHERE commercial_state_id = ANY(%s)",
                states.ids,
            )
        self.env["crm.lead"].flush_model(WATCHED)
        rows = self.env.execute_query(
            SQL(
                """UPDATE crm_lead lead SET may_not_be_called = fresh.flag
                     FROM (SELECT id, callcenter_may_not_be_called(
                                  commercial_state_id,
                                  ARRAY[phone_e164, mobile_e164, phone_second_e164])
                                  AS flag
                             FROM crm_lead WHERE id IN (%s)) AS fresh
                    WHERE fresh.id = lead.id
                      AND COALESCE(lead.may_not_be_called, false) != fresh.flag
                RETURNING lead.id""",
                of,
            )
        )
        self.env["crm.lead"].invalidate_model(["may_not_be_called"], flush=False)
        return len(rows)

    # ------------------------------------------------------------
    # FOR PEOPLE
    # ------------------------------------------------------------

    @api.depends(
        "phone_e164", "mobile_e164", "phone_second_e164", "commercial_state_id"
    )
    def _compute_phone_overview(self):
        for lead in self:
            rows = lead._phone_rows()
            lead.do_not_call_reason = "\n".join(
                f"{row['shown']}: {row['why']}" for row in rows if row["why"]
            )
            lead.phone_overview = self.env["ir.qweb"]._render(
                "crm_callcenter.phone_overview", {"rows": rows}
            )

    def _phone_rows(self):
        """Return what is known of each number of this name, for screens.

        :return: per number ``number`` (E.164), ``shown``, ``label`` of its field,
            ``kind`` (and ``kind_value``), ``state``, ``state_label``, ``last_result``,
            ``last_call``, ``best_hour`` (local, a sentence) and ``why`` it must not
            be called
        :rtype: list[dict]
        """
        self.ensure_one()
        numbers = self._e164_numbers()
        facts = self.env["crm.phone.number"]._facts(numbers)
        why = self.env["phone.blacklist"]._why_forbidden(numbers)
        labels = {}
        for name in ("phone", "mobile", "phone_second"):
            labels.setdefault(
                self[f"{name}_e164"], self._fields[name]._description_string(self.env)
            )
        return [
            {
                "number": number,
                "shown": format_international(number),
                "label": labels[number],
                "why": why.get(number, ""),
                **self._phone_fact_labels(number, facts.get(number), number in why),
            }
            for number in dict.fromkeys(numbers)
        ]

    def _phone_fact_labels(self, number, fact, forbidden):
        """Return the labels of what is known of a number, empty when nothing is."""
        fact = fact or self.env["crm.phone.number"].sudo()

        def label(name, value):
            selection = fact._fields[name]._description_selection(self.env)
            return dict(selection).get(value, "")

        kind = fact.kind or ("mobile" if is_mobile(number) else "fixed")
        state = "never" if forbidden else fact.state or "unknown"
        hour = fact.best_hour
        return {
            "kind": label("kind", kind),
            "kind_value": kind,
            "state": state,
            "state_label": label("state", state),
            "last_result": label("last_result", fact.last_result),
            "last_call": fact.last_call,
            "best_hour": self.env._(
                "%(start)s:00 to %(stop)s:00", start=hour, stop=(hour + 1) % 24
            )
            if fact.answer_count
            else "",
        }

    def action_edit_numbers(self):
        """Button: say of what kind the numbers are and which must not be called.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Phone Numbers"),
            "res_model": "crm.phone.number.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_id": self.id},
        }


class CrmCommercialState(models.Model):
    _inherit = "crm.commercial.state"

    def write(self, vals):
        result = super().write(vals)
        if "state_class" in vals:
            self.flush_recordset(["state_class"])
            # sudo: the flags of all names follow the class of their state
            self.env["crm.lead"].sudo()._refresh_may_not_be_called(states=self)
        return result
