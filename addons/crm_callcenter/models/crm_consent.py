import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, email_normalize

from ..tools.phone import to_e164

SOURCES = [
    ("call", "Call"),
    ("form", "Web Form"),
    ("paper", "Paper"),
    ("email", "E-Mail"),
    ("list", "List of a Supplier"),
    ("visit", "Visit"),
    ("other", "Other"),
]

#: Setting of the transaction that erases by law; see ``crm.lead._erase``.
ERASING = "callcenter.erasing"
#: What was said never changes, whoever writes: not by code that goes past the ORM, and
#: not by an administrator with a console. Columns that later versions add are free.
_GUARD = f"""
CREATE OR REPLACE FUNCTION callcenter_keep_consent()
    RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('{ERASING}', true) = 'on' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'A recorded consent can''t be changed or deleted.'
          USING ERRCODE = 'restrict_violation';
END $$;

CREATE OR REPLACE TRIGGER callcenter_keep_consent
    BEFORE DELETE OR UPDATE OF value, purpose_id, action, source, source_note,
                               text_version, date, date_expiry, proof_name,
                               proof_digest, user_id
    ON crm_consent FOR EACH ROW EXECUTE FUNCTION callcenter_keep_consent();
"""


class CrmConsent(models.Model):
    """The ledger of consents: who allowed what, when, and how it can be proved.

    A row belongs to a number or an address, not to a name: the same number on two
    names is one person's word, and names are merged. Rows never change and are never
    deleted; a withdrawal is a new row. What holds now is the last row.
    """

    _name = "crm.consent"
    _description = "Consent"
    _order = "date desc, id desc"
    _rec_name = "value"
    _log_access = False

    value = fields.Char(
        "Number or E-Mail",
        required=True,
        readonly=True,
        help="A number in E.164, an address in small letters.",
    )
    purpose_id = fields.Many2one(
        "crm.consent.purpose", required=True, readonly=True, ondelete="restrict"
    )
    action = fields.Selection(
        [("given", "Given"), ("withdrawn", "Withdrawn")], required=True, readonly=True
    )
    source = fields.Selection(SOURCES, required=True, readonly=True)
    source_note = fields.Char("Details of the Source", readonly=True)
    text_version = fields.Char("Version of the Text", required=True, readonly=True)
    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    date_expiry = fields.Date(
        "Valid Until", readonly=True, help="The last day. Empty: until withdrawn."
    )
    proof = fields.Binary(attachment=True, readonly=True)
    proof_name = fields.Char("Name of the Proof", readonly=True)
    proof_digest = fields.Char(
        "Digest of the Proof",
        readonly=True,
        help="SHA-256 of the file, which shows that it is the one that was kept.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Recorded By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    # A plain id: names are merged and deleted, the fact stays.
    lead_ref = fields.Integer("Name Number", readonly=True)

    _expiry_of_given = models.Constraint(
        "CHECK (date_expiry IS NULL OR action = 'given')",
        "Only a consent that is given has a last day.",
    )
    _last_word = models.Index("(value, purpose_id, date DESC, id DESC)")

    def init(self):
        """Have the database keep what was recorded."""
        result = super().init()
        self.env.cr.execute(_GUARD)
        return result

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        consents = super().create([self._checked_values(vals) for vals in vals_list])
        consents._forbid_withdrawn()
        return consents

    def _forbid_withdrawn(self):
        """Put numbers on the do-not-call list whose consent to calls is withdrawn."""
        withdrawn = self.filtered(
            lambda row: (
                row.action == "withdrawn"
                and row.purpose_id.is_withdrawal_do_not_call
                and row.value.startswith("+")
            )
        )
        if withdrawn:
            # sudo: the word of who withdraws counts, whatever the rights of the user
            self.env["phone.blacklist"].sudo()._forbid_numbers(
                withdrawn.mapped("value"),
                "withdrawn",
                self.env._(
                    "Withdrew the consent: %(purposes)s.",
                    purposes=", ".join(withdrawn.purpose_id.mapped("name")),
                ),
            )

    @api.model
    def _checked_values(self, vals):
        """Return values with number or address normalised and the proof's digest.

        :param dict vals: as given to ``create``
        :raise UserError: what was entered is neither, or the date lies ahead
        """
        value = self._normalize(vals.get("value"))
        if not value:
            raise UserError(
                self.env._(
                    "%(value)s is neither a phone number nor an e-mail address. Correct"
                    " it, then record the consent.",
                    value=vals.get("value") or self.env._("An empty value"),
                )
            )
        moment = fields.Datetime.to_datetime(vals.get("date"))
        if moment and moment > fields.Datetime.now():
            raise UserError(
                self.env._("A consent can't be dated in the future. Enter when it was.")
            )
        expiry = fields.Date.to_date(vals.get("date_expiry"))
        if expiry and expiry < (moment or fields.Datetime.now()).date():
            raise UserError(
                self.env._("The last day of a consent lies before its first one.")
            )
        values = {**vals, "value": value}
        if vals.get("proof"):
            proof = base64.b64decode(vals["proof"])
            values["proof_digest"] = hashlib.sha256(proof).hexdigest()
        return values

    def write(self, vals):
        """Refuse: the ledger never changes, whoever asks."""
        if self:
            raise UserError(
                self.env._(
                    "A recorded consent can't be changed. Record a new one: the last"
                    " one counts."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Refuse: the ledger is never deleted, whoever asks."""
        raise UserError(
            self.env._("A recorded consent can't be deleted. Record a withdrawal.")
        )

    # ------------------------------------------------------------
    # WHAT HOLDS
    # ------------------------------------------------------------

    @api.model
    def _normalize(self, value):
        """Return a number in E.164 or an address in small letters.

        :param str value: as somebody wrote it
        :rtype: str | None
        """
        value = (value or "").strip()
        if "@" in value:
            return email_normalize(value) or None
        return to_e164(value)

    @api.model
    def _is_given(self, value, purpose, moment=None):
        """Tell whether a consent holds: the last word up to a moment, not expired.

        :param str value: a number or an address, written in any way
        :param crm.consent.purpose purpose: for what
        :param datetime.datetime moment: naive UTC; now by default
        :rtype: bool
        """
        value = self._normalize(value)
        return bool(value) and value in self._given_among([value], purpose, moment)

    @api.model
    def _given_among(self, values, purpose, moment=None):
        """Return those of many numbers and addresses whose consent holds.

        :param list values: normalised
        :param crm.consent.purpose purpose: for what
        :param datetime.datetime moment: naive UTC; now by default
        :rtype: set[str]
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT asked.value
                     FROM unnest(%s::varchar[]) AS asked(value) WHERE %s""",
                list(values),
                self._given_sql(SQL("asked.value"), purpose, moment),
            )
        )
        return {value for (value,) in rows}

    @api.model
    def _given_sql(self, value, purpose, moment=None):
        """Return the condition that a consent holds, for statements over many names.

        One look-up in an index per value.

        :param SQL value: the expression of a normalised number or address
        :param crm.consent.purpose purpose: for what
        :param datetime.datetime moment: naive UTC; now by default
        :rtype: SQL
        """
        moment = moment or fields.Datetime.now()
        # sudo: where the company is, whoever asks
        local = self.env.company.sudo()._local_day(moment)
        return SQL(
            """EXISTS (SELECT 1 FROM (
                   SELECT consent.action, consent.date_expiry
                     FROM crm_consent consent
                    WHERE consent.value = %(value)s
                      AND consent.purpose_id = %(purpose)s
                      AND consent.date <= %(moment)s
                 ORDER BY consent.date DESC, consent.id DESC LIMIT 1) AS last_word
                WHERE last_word.action = 'given'
                  AND (last_word.date_expiry IS NULL
                       OR last_word.date_expiry >= %(day)s))""",
            value=value,
            purpose=purpose.id,
            moment=moment,
            day=local,
        )

    @api.model
    def _present_states(self, values):
        """Return the last word of numbers and addresses for each purpose.

        :param list values: normalised
        :return: the rows, the newest of each value and purpose
        :rtype: crm.consent
        """
        if not values:
            return self.browse()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (value, purpose_id) id FROM crm_consent
                    WHERE value = ANY(%s)
                 ORDER BY value, purpose_id, date DESC, id DESC""",
                list(values),
            )
        )
        # sudo: whoever sees a name sees its consents, see ``crm.lead``
        return self.sudo().browse([row_id for (row_id,) in rows])

    def _state_label(self):
        """Say in a word what a row means today: given, withdrawn or expired.

        :return: ``(key, label)``
        :rtype: tuple[str, str]
        """
        self.ensure_one()
        # sudo: where the company is, whoever asks
        today = self.env.company.sudo()._local_day()
        expired = self.date_expiry and self.date_expiry < today
        if self.action == "given" and expired:
            return "expired", self.env._("Expired")
        labels = dict(self._fields["action"]._description_selection(self.env))
        return self.action, labels[self.action]
