import re
import unicodedata

from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: Dates that a manager adds are fields of documents with names that begin so.
PREFIX = "x_segnalazione_date_"
#: PostgreSQL ends names of columns at 63 characters.
SLUG_LENGTH = 40
#: What says which column a date is, and that a manager has added it.
TECHNICAL = ("field_name", "is_added")
#: At most so many: each one is a column of every document.
MOST_DATES = 40


class CrmSegnalazioneDate(models.Model):
    """A date of the documents (Data): of the visit, the signature, the installation …

    Each entry is a column of its own on documents. Those that are shipped are fields
    of this addon; those that a manager adds are manual fields of Odoo.
    """

    _name = "crm.segnalazione.date"
    _description = "Document Date"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="As everybody reads it.")
    field_name = fields.Char(
        "Technical Name",
        readonly=True,
        copy=False,
        index=True,
        help="Name of the column, for exports and filters.",
    )
    field_type = fields.Selection(
        [("date", "Date"), ("datetime", "Date and Time")],
        "Type",
        required=True,
        default="date",
        help="It can't be changed later.",
    )
    sequence = fields.Integer(default=100)
    active = fields.Boolean(
        default=True, help="Archived dates are hidden; documents keep what they have."
    )
    is_added = fields.Boolean(
        readonly=True, copy=False, help="Added by a manager; can be deleted again."
    )
    state_ids = fields.One2many(
        "crm.segnalazione.state", "date_id", "Stamped by", readonly=True
    )

    _field_name_once = models.Constraint(
        "UNIQUE (field_name)", "There is a date with this technical name already."
    )

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            # Nobody makes a date of a column that is something else.
            vals_list = [
                {name: vals[name] for name in vals if name not in TECHNICAL}
                for vals in vals_list
            ]
        records = super().create(vals_list)
        for record in records.filtered(lambda entry: not entry.field_name):
            record._add_field()
        records._forget()
        return records

    def write(self, vals):
        for record in self:
            if record.field_name and any(
                name in vals and vals[name] != record[name]
                for name in (*TECHNICAL, "field_type")
            ):
                raise UserError(
                    self.env._(
                        "The type of %(date)s can't be changed: documents have it."
                        " Add another date instead.",
                        date=record.name,
                    )
                )
        result = super().write(vals)
        if "name" in vals:
            self._rename_fields()
        self._forget()
        return result

    def unlink(self):
        columns = self._added_fields()
        result = super().unlink()
        # sudo: only administrators delete fields in Odoo; this model's rights let
        # campaign managers delete those that they have added
        if columns:
            self._lock_documents()
            columns.sudo().unlink()
        self._forget()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for record in self:
            if not record.is_added:
                raise UserError(
                    self.env._(
                        "%(date)s belongs to the archive. Archive it to hide it.",
                        date=record.name,
                    )
                )
            # sudo: a date that any document has is kept, whoever may see it
            documents = self.env["sale.order"].sudo()
            if documents.search_count([(record.field_name, "!=", False)], limit=1):
                raise UserError(
                    self.env._(
                        "Documents have a %(date)s. Archive it to hide it.",
                        date=record.name,
                    )
                )

    # ------------------------------------------------------------
    # COLUMNS
    # ------------------------------------------------------------

    def _add_field(self):
        """Add the column of a new date to documents.

        :raise UserError: there are too many, or documents are in use all the time
        """
        self.ensure_one()
        added = self.with_context(active_test=False).search_count(
            [("is_added", "=", True)]
        )
        if added >= MOST_DATES:
            raise UserError(
                self.env._(
                    "There are %(count)s added dates already. Delete some that no"
                    " document has first.",
                    count=added,
                )
            )
        self._check_label()
        name = self._free_name()
        self._lock_documents()
        # sudo: see unlink()
        self.env["ir.model.fields"].sudo().create(
            {
                "name": name,
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "ttype": self.field_type,
                "field_description": self.name,
                "state": "manual",
                "store": True,
                "copied": False,
            }
        )
        # sudo: which column it is nobody writes by hand
        self.sudo().write({"field_name": name, "is_added": True})

    def _check_label(self):
        """Refuse a date that is called like another field of documents.

        :raise ValidationError: it is
        """
        # sudo: how the fields of documents are called is no secret
        other = (
            self.env["ir.model.fields"]
            .sudo()
            .search(
                [("model", "=", "sale.order"), ("field_description", "=", self.name)],
                limit=1,
            )
        )
        if other:
            raise ValidationError(
                self.env._(
                    "Documents have a field %(name)s already. Give the date another"
                    " name.",
                    name=self.name,
                )
            )

    def _free_name(self):
        """Return a name for the column that no other has.

        :rtype: str
        :raise ValidationError: the label has no letter to make one of
        """
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore")
        slug = re.sub(r"[^a-z0-9]+", "_", plain.decode().lower()).strip("_")
        slug = slug[:SLUG_LENGTH].strip("_")
        if not slug:
            raise ValidationError(
                self.env._(
                    "Give the date a name with letters: %(name)s has none.",
                    name=self.name,
                )
            )
        name, number = PREFIX + slug, 1
        every = self.with_context(active_test=False)
        while name in self.env["sale.order"]._fields or every.search_count(
            [("field_name", "=", name)]
        ):
            number += 1
            name = f"{PREFIX}{slug}_{number}"
        return name

    def _lock_documents(self):
        """Lock the table for the new column, without making anybody wait for long.

        Whoever reads a document waits behind a lock that is waited for, so the wait
        ends after two seconds.

        :raise UserError: documents are in use by something long
        """
        self.env.flush_all()
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute("SET LOCAL lock_timeout = '2s'")
                self.env.cr.execute(
                    "LOCK TABLE sale_order IN ACCESS EXCLUSIVE MODE",
                    log_exceptions=False,
                )
        except LockNotAvailable:
            raise UserError(
                self.env._(
                    "Documents are in use by a long-running report or change, and"
                    " dates can't be added or deleted meanwhile. Nothing was changed:"
                    " try again in some minutes."
                )
            ) from None

    def _added_fields(self):
        # sudo: see unlink()
        return (
            self.env["ir.model.fields"]
            .sudo()
            .search(
                [
                    ("model", "=", "sale.order"),
                    ("state", "=", "manual"),
                    (
                        "name",
                        "in",
                        self.filtered("is_added").mapped("field_name"),
                    ),
                ]
            )
        )

    def _rename_fields(self):
        by_name = self.grouped("field_name")
        for column in self._added_fields():
            column.field_description = by_name[column.name].name

    # ------------------------------------------------------------
    # LOOK-UP
    # ------------------------------------------------------------

    def _forget(self):
        """Forget the views that show the dates."""
        self.env.registry.clear_cache("templates")

    @api.model
    def _known(self):
        """Return the dates in use whose columns this process knows.

        Not kept in memory: a request that began before a date was added would leave
        its older list there.

        :return: (id, technical name), in their order
        :rtype: tuple[tuple]
        """
        known = self.env["sale.order"]._fields
        # sudo: which dates documents have is no secret
        entries = self.sudo().search([("field_name", "!=", False)])
        return tuple(
            (entry.id, entry.field_name)
            for entry in entries
            if entry.field_name in known
        )

    @api.model
    def _of_fields(self, names):
        """Return the dates behind fields of documents, archived ones included.

        :param names: names of fields
        :rtype: crm.segnalazione.date
        """
        names = [name for name in names if name.startswith(("date_", PREFIX))]
        if not names:
            return self.browse()
        # sudo: see _known()
        every = self.sudo().with_context(active_test=False)
        return every.search([("field_name", "in", names)])

    def _value_for(self, moment):
        """Return a moment as a value of this date.

        :param datetime.datetime moment: UTC
        :rtype: datetime.date or datetime.datetime
        """
        self.ensure_one()
        if self.field_type == "datetime":
            return moment
        return fields.Datetime.context_timestamp(self, moment).date()
