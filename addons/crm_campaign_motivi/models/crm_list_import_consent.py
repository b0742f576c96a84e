from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date


class CrmConsent(models.Model):
    """A consent that a list brought knows its import."""

    _inherit = "crm.consent"

    # A plain id: imports are deleted, the fact stays.
    import_ref = fields.Integer("Import Number", readonly=True)

    _of_import = models.Index("(import_ref, lead_ref) WHERE import_ref IS NOT NULL")


class CrmListImport(models.Model):
    """Consents that a list brings with its names."""

    _inherit = "crm.list.import"

    consent_purpose_id = fields.Many2one(
        "crm.consent.purpose",
        "Consents Are For",
        domain="[('channel', '!=', 'email')]",
        compute="_compute_consent_purpose_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        help="What the consents of this file allow. They are recorded for the numbers"
        " of each row that comes in, with the day and the source in its columns.",
    )

    consent_date = fields.Date(
        "Consents Given On",
        help="For rows without a day of their own. Left empty, they bring no consent.",
    )
    consent_source = fields.Char(
        "Consents Come From", help="For rows without a source of their own."
    )

    withdrawn_count = fields.Integer(
        "Consents Withdrawn",
        readonly=True,
        copy=False,
        help="Consents of this list that hold no more since it was taken back.",
    )

    @api.depends("campaign_id")
    def _compute_consent_purpose_id(self):
        default = self.env.ref(
            "crm_callcenter.crm_consent_purpose_calls", raise_if_not_found=False
        )
        for record in self:
            company = record.campaign_id.company_id or self.env.company
            record.consent_purpose_id = (
                record.consent_purpose_id
                # sudo: which consent calls need, whoever imports
                or company.sudo().call_consent_purpose_id
                or default
            )

    @api.constrains("consent_date")
    def _check_consent_date(self):
        # sudo: where the company is, whoever imports
        today = self.env.company.sudo()._local_day()
        for record in self:
            if record.consent_date and record.consent_date > today:
                raise ValidationError(
                    self.env._(
                        "A consent can't be dated in the future. Enter the day on which"
                        " the consents of this file were given."
                    )
                )

    def _reader_options(self, targets):
        options = super()._reader_options(targets)
        options["consent_date"] = self.consent_date or None
        return options

    def _record_consents(self, rows):
        """Record the consents of rows that came in, one per number, set-based.

        A row that is imported twice records its consent once, unless the import that
        brought it was taken back. Whatever was said later than the day in the file goes
        on to hold.

        :param list rows: id of the name and ``NameRow`` of each that came in
        """
        purpose = self.consent_purpose_id
        values = [
            (
                number,
                lead_id,
                row.consent[0],
                row.consent[1] or self.consent_source or self.filename or "",
            )
            for lead_id, row in rows
            if purpose and row.consent
            for number in row.numbers
        ]
        if not values:
            return
        columns = [list(column) for column in zip(*values, strict=True)]
        self.env["crm.consent"].flush_model()
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_consent (value, purpose_id, action, source,
                                            source_note, text_version, date, user_id,
                                            lead_ref, import_ref)
                   SELECT DISTINCT ON (given.value, given.day)
                          given.value, %(purpose)s, 'given', 'list', given.note,
                          'list', given.day, %(user)s, given.lead_id,
                          %(import)s
                     FROM unnest(%(numbers)s::text[], %(leads)s::int[],
                                 %(days)s::timestamp[], %(notes)s::text[])
                          AS given(value, lead_id, day, note)
                LEFT JOIN LATERAL (
                          SELECT action, import_ref FROM crm_consent
                           WHERE value = given.value AND purpose_id = %(purpose)s
                             AND date = given.day
                        ORDER BY id DESC LIMIT 1) AS known ON true
                    WHERE known.action IS NULL
                       OR (known.action = 'withdrawn' AND known.import_ref IS NOT NULL)
                RETURNING id""",
                purpose=purpose.id,
                user=self.env.uid,
                numbers=columns[0],
                leads=columns[1],
                days=columns[2],
                notes=columns[3],
                **{"import": self.id},
            )
        )
        self.env["crm.consent"].invalidate_model()

    def _withdraw_consents(self, lead_ids):
        """Let consents of this list hold no more, since the list is taken back.

        They are withdrawn as of the day on which they were given, since they never
        held: so another import of the same list brings them again. What was said later
        stays the last word. Where somebody had given it before to somebody else, it
        goes on to hold. Nobody asked not to be called, so no number gets on the
        do-not-call list.

        :param list lead_ids: names of the rows that are taken back
        :return: how many there were
        :rtype: int
        """
        if not lead_ids:
            return 0
        today = format_date(self.env, fields.Date.context_today(self))
        self.env["crm.consent"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO crm_consent (value, purpose_id, action, source,
                                            source_note, text_version, date, user_id,
                                            lead_ref, import_ref)
                   SELECT DISTINCT ON (given.value, given.purpose_id)
                          given.value, given.purpose_id, 'withdrawn', 'list',
                          %(note)s, 'list', given.date, %(user)s,
                          given.lead_ref, %(import)s
                     FROM crm_consent given
                LEFT JOIN LATERAL (
                          SELECT action, date, id, date_expiry FROM crm_consent
                           WHERE value = given.value
                             AND purpose_id = given.purpose_id
                             AND import_ref IS DISTINCT FROM given.import_ref
                        ORDER BY date DESC, id DESC LIMIT 1) AS other ON true
                    WHERE given.import_ref = %(import)s AND given.action = 'given'
                      AND given.lead_ref = ANY(%(leads)s)
                      AND (other.id IS NULL
                           OR (other.date, other.id) < (given.date, given.id)
                              AND (other.action = 'withdrawn'
                                   OR other.date_expiry < CURRENT_DATE))
                      AND NOT EXISTS (
                          SELECT 1 FROM crm_consent gone
                           WHERE gone.value = given.value
                             AND gone.purpose_id = given.purpose_id
                             AND gone.import_ref = given.import_ref
                             AND gone.action = 'withdrawn')
                 ORDER BY given.value, given.purpose_id, given.date DESC, given.id DESC
                RETURNING id""",
                note=self.env._(
                    "%(name)s was taken back on %(day)s", name=self.name, day=today
                ),
                user=self.env.uid,
                leads=list(lead_ids),
                **{"import": self.id},
            )
        )
        self.env["crm.consent"].invalidate_model()
        return len(rows)
