from odoo import api, fields, models
from odoo.tools import SQL


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

    def _place(self, name_row, known, free_ids):
        if not name_row.consent and self.consent_date:
            name_row.consent = (self.consent_date, "")
        return super()._place(name_row, known, free_ids)

    def _record_consents(self, rows):
        """Record the consents of rows that came in, one per number, set-based.

        A row that is imported twice records its consent once. Whatever was said later
        than the day in the file goes on to hold.

        :param list rows: id of the name and ``NameRow`` of each
        """
        purpose = self.consent_purpose_id
        if not rows or not purpose:
            return
        values = [
            (
                number,
                lead_id,
                row.consent[0],
                row.consent[1] or self.consent_source or self.filename or "",
            )
            for lead_id, row in rows
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
                                            lead_ref)
                   SELECT DISTINCT ON (given.value, given.day)
                          given.value, %(purpose)s, 'given', 'list', given.note,
                          'list', given.day, %(user)s, given.lead_id
                     FROM unnest(%(numbers)s::text[], %(leads)s::int[],
                                 %(days)s::timestamp[], %(notes)s::text[])
                          AS given(value, lead_id, day, note)
                    WHERE NOT EXISTS (
                          SELECT 1 FROM crm_consent known
                           WHERE known.value = given.value
                             AND known.purpose_id = %(purpose)s
                             AND known.date = given.day AND known.action = 'given')
                RETURNING id""",
                purpose=purpose.id,
                user=self.env.uid,
                numbers=columns[0],
                leads=columns[1],
                days=columns[2],
                notes=columns[3],
            )
        )
        self.env["crm.consent"].invalidate_model()
