from odoo import api, fields, models
from odoo.tools import SQL

REASONS = [
    ("asked", "Asked not to be called"),
    ("register", "Register of objections"),
    ("withdrawn", "Consent withdrawn"),
    ("legal", "Order of an authority"),
    ("erased", "Asked to be forgotten"),
    ("other", "Other"),
]


class PhoneBlacklist(models.Model):
    """The do-not-call list: why, from where and since when a number is on it.

    Names with such a number carry a flag that is kept in step with the list, and
    what is known of the number says 'never call'.
    """

    _inherit = "phone.blacklist"

    listing_reason = fields.Selection(REASONS, "Reason", default="other", tracking=True)
    listing_source = fields.Char(
        "Source",
        tracking=True,
        help="Where it comes from: an outcome, a register and its date, a letter.",
    )
    listing_date = fields.Datetime(
        "On the List Since", default=fields.Datetime.now, tracking=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        numbers = [vals.get("number") for vals in vals_list]
        was_off = self.with_context(active_test=False).search(
            [("number", "in", numbers), ("active", "=", False)]
        )
        records = super().create(vals_list)
        # A number that comes back is there for today's reason, not the old one.
        for back in (was_off & records).filtered("active"):
            given = next(
                (vals for vals in vals_list if vals.get("number") == back.number),
                {},
            )
            back.write(self._listing_values(given))
        records._list_changed()
        return records

    @api.model
    def _listing_values(self, vals):
        """Return why and since when, from values given or the context's defaults."""
        names = ("listing_reason", "listing_source", "listing_date")
        defaults = self.default_get(list(names))
        return {name: vals.get(name, defaults.get(name, False)) for name in names}

    def write(self, vals):
        before = self.mapped("number") if {"active", "number"} & set(vals) else []
        result = super().write(vals)
        if before:
            self._list_changed(before)
        return result

    def unlink(self):
        numbers = self.mapped("number")
        result = super().unlink()
        self.browse()._list_changed(numbers)
        return result

    def _list_changed(self, before=()):
        """Bring names and numbers in step with the list.

        :param list before: numbers that stood in these rows until now
        """
        listed = set(self.filtered("active").mapped("number"))
        numbers = listed | set(before) | set(self.mapped("number"))
        self.flush_model(["number", "active"])
        # sudo: follows from the list, whoever was allowed to change it
        known = self.env["crm.phone.number"].sudo()
        known._forbid(sorted(listed))
        known._allow(sorted(numbers - listed))
        self.env["crm.lead"].sudo()._refresh_may_not_be_called(sorted(numbers))
        if numbers:
            known._mend_flags_soon()

    def _forbid_numbers(self, numbers, reason, source):
        """Put numbers on the do-not-call list with the reason.

        :param list numbers: in E.164
        :param str reason: one of ``REASONS``
        :param str source: a sentence for whoever asks where it comes from
        :rtype: phone.blacklist
        """
        listing = self.with_context(
            default_listing_reason=reason, default_listing_source=source
        )
        return listing._add(list(numbers), message=source)

    @api.model
    def _why_forbidden(self, numbers):
        """Say for each number on the list why it must not be called.

        :param list numbers: in E.164
        :rtype: dict[str, str]
        """
        if not numbers:
            return {}
        self.flush_model(["number", "active"])
        rows = self.env.execute_query(
            SQL(
                """SELECT given.number, black.id
                     FROM unnest(%s::varchar[]) AS given(number)
                LEFT JOIN phone_blacklist black
                       ON black.number = given.number AND black.active
                    WHERE black.id IS NOT NULL
                       OR (EXISTS (SELECT 1 FROM crm_forgotten_number)
                           AND EXISTS (SELECT 1 FROM crm_forgotten_number
                                        WHERE digest
                                            = callcenter_digest(given.number)))""",
                list(numbers),
            )
        )
        reasons = dict(self._fields["listing_reason"]._description_selection(self.env))
        # sudo: the list is closed, the answer for the numbers of one name is not
        listing = self.sudo()
        return {
            number: listing.browse(row_id)._sentence() if row_id else reasons["erased"]
            for number, row_id in rows
        }

    def _sentence(self):
        """Return reason, source and day in one line.

        :rtype: str
        """
        self.ensure_one()
        reasons = dict(self._fields["listing_reason"]._description_selection(self.env))
        parts = [
            reasons.get(self.listing_reason or "other"),
            self.listing_source,
            fields.Datetime.context_timestamp(
                self, self.listing_date or self.create_date
            ).strftime("%d/%m/%Y"),
        ]
        return " · ".join(filter(None, parts))
