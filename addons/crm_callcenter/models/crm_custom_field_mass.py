import time

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from .crm_names_job_mixin import TRIES

#: Names that one batch changes: about a third of a second, in which nobody waits for
#: long. Each batch is a transaction of its own.
BATCH_NAMES = 10_000
#: Of the names that lie together, one batch changes every third. PostgreSQL keeps a
#: changed row on its page, and its 50 indexes untouched, as long as there is room:
#: names leave 30 % (``crm_lead``'s fill factor), and get the room of the batch before
#: back. Changing neighbours at once took eleven times as long.
PARTS = 3
#: A run that nobody has driven for so long is gone on with by the job.
FORSAKEN_SECONDS = 60


class CrmCustomFieldMass(models.Model):
    """Mass maintenance: one change of a custom field over a search of names."""

    _name = "crm.custom.field.mass"
    _description = "Mass Maintenance of a Custom Field"
    _inherit = ["crm.custom.value.mixin"]
    _order = "id desc"

    operation = fields.Selection(
        [
            ("set", "Set"),
            ("clear", "Clear"),
            ("add", "Add"),
            ("replace", "Replace"),
        ],
        required=True,
        default="set",
        help="Set: every name gets the value. Clear: no name keeps any. Add: numbers"
        " grow by it, several choices get it besides theirs, other fields get it where"
        " they are empty. Replace: only names that have the old value get the new one.",
    )
    old_text = fields.Text()
    old_integer = fields.Integer("Old Whole Number")
    old_decimal = fields.Float("Old Number", digits=(16, 4))
    old_date = fields.Date()
    old_datetime = fields.Datetime("Old Date and Time")
    old_yes_no = fields.Boolean("Old Yes")
    old_choice_id = fields.Many2one(
        "crm.custom.field.choice",
        string="Old Value",
        ondelete="restrict",
        domain="[('custom_field_id', '=', custom_field_id)]",
    )
    old_contact_id = fields.Many2one("res.partner", ondelete="restrict")
    domain = fields.Char("Names", default="[]", required=True)
    res_model = fields.Char(default="crm.lead", readonly=True)
    state = fields.Selection(
        [
            ("draft", "To Start"),
            ("running", "Running"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    total = fields.Integer("Names Found", readonly=True, copy=False)
    done = fields.Integer("Names Seen", readonly=True, copy=False)
    changed = fields.Integer("Names Changed", readonly=True, copy=False)
    refused = fields.Integer(
        "Names Refused",
        readonly=True,
        copy=False,
        help="Whose value would break the rule of the field. They keep theirs.",
    )
    last_lead = fields.Integer(
        readonly=True, copy=False, help="All names up to this one are done."
    )
    window_end = fields.Integer(
        readonly=True, copy=False, help="Up to this one, some parts are done."
    )
    next_part = fields.Integer(readonly=True, copy=False)
    dry_run_result = fields.Char(readonly=True, copy=False)

    @api.depends("operation", "custom_field_id")
    def _compute_display_name(self):
        labels = dict(self._fields["operation"]._description_selection(self.env))
        for job in self:
            job.display_name = (
                f"{labels.get(job.operation, '')} {job.custom_field_id.label or ''}"
            )

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.constrains("domain")
    def _check_domain(self):
        for job in self:
            try:
                job._leads_query()
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "The search %(domain)s can't be read: %(error)s. Choose it"
                        " anew.",
                        domain=job.domain,
                        error=error,
                    )
                ) from error

    def _check_ready(self):
        """Refuse a job without a value, or one that its field's rule refuses.

        :raise UserError: with what is missing
        """
        self.ensure_one()
        field = self.custom_field_id
        if field.state != "active":
            raise UserError(
                self.env._("%(field)s has been deleted.", field=field.label)
            )
        if field._my_modes().get(field.name) not in ("edit", "required"):
            raise UserError(
                self.env._(
                    "Campaign managers may not change %(field)s. Open it to them first,"
                    " in the catalogue of custom fields.",
                    field=field.label,
                )
            )
        if self.operation != "clear" and not self._has_custom_value():
            raise UserError(
                self.env._(
                    "Enter the value that %(field)s gets, or choose to clear it.",
                    field=field.label,
                )
            )
        if self.operation == "add" and field.field_type == "yes_no":
            raise UserError(
                self.env._(
                    "%(field)s is yes or no: nothing can be added. Set it instead.",
                    field=field.label,
                )
            )
        if self.operation == "replace" and not self._old_value():
            raise UserError(
                self.env._(
                    "Enter the old value of %(field)s that is replaced.",
                    field=field.label,
                )
            )

    # ------------------------------------------------------------
    # WHAT IS CHANGED
    # ------------------------------------------------------------

    def _leads_query(self, extra=None):
        """Return the names of the search that the current user may write.

        :param Domain extra: a further condition
        :rtype: odoo.tools.Query
        """
        leads = self.env["crm.lead"]
        domain = fields.Domain(safe_eval(self.domain or "[]"))
        return leads._search(domain & (extra or fields.Domain.TRUE), order="id")

    def _new_value(self):
        """Return the value as a column holds it."""
        if self.field_type == "choices":
            return self.value_choice_ids.ids
        value = self._custom_value()
        return value if self.field_type in ("integer", "yes_no") else (value or None)

    def _old_value(self):
        """Return the value that is replaced, as a column holds it."""
        holder = {
            "text": "old_text",
            "long_text": "old_text",
            "integer": "old_integer",
            "decimal": "old_decimal",
            "amount": "old_decimal",
            "date": "old_date",
            "datetime": "old_datetime",
            "yes_no": "old_yes_no",
            "contact": "old_contact_id",
        }.get(self.field_type, "old_choice_id")
        value = self[holder]
        if self.field_type == "choices":
            return value.ids
        if isinstance(value, models.BaseModel):
            return value.id
        if self.field_type in ("integer", "decimal", "amount", "yes_no"):
            # Zero and no are values, too.
            return _Number(value)
        return value

    # ------------------------------------------------------------
    # RUN
    # ------------------------------------------------------------

    def action_dry_run(self):
        """Count what would be changed, and change nothing."""
        self.ensure_one()
        self._check_ready()
        if self.field_type != "choices" and not self._rules_touched():
            total, changed = self.custom_field_id._sql_count_changes(
                self.env["crm.lead"],
                self._leads_query().subselect(),
                self.operation,
                self._new_value(),
                self._sql_old_value(),
            )
            self.dry_run_result = self.env._(
                "%(total)s names are found: %(changed)s would be changed.",
                total=total,
                changed=changed,
            )
            return
        total = self._count_names()
        sample, changed, refused = self._try_batch()
        if total > BATCH_NAMES:
            self.dry_run_result = self.env._(
                "%(total)s names are found. Of the first %(sample)s, %(changed)s would"
                " be changed and %(refused)s refused by the rule of the field.",
                total=total,
                sample=sample,
                changed=changed,
                refused=refused,
            )
        else:
            self.dry_run_result = self.env._(
                "%(total)s names are found: %(changed)s would be changed, %(refused)s"
                " refused by the rule of the field.",
                total=total,
                changed=changed,
                refused=refused,
            )

    def _count_names(self):
        [[total]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM (%s) AS found",
                self._leads_query().select("crm_lead.id"),
            )
        )
        return total

    def _try_batch(self):
        """Change the first batch and take it back.

        :return: names seen, changed and refused
        :rtype: tuple[int, int, int]
        """
        savepoint = self.env.cr.savepoint(flush=True)
        with savepoint:
            ids = self._next_ids(BATCH_NAMES)
            changed, refused = self._change(ids)
            savepoint.rollback()
        self.env.invalidate_all()
        return len(ids), changed, refused

    def action_run(self):
        """Start, or go on where it was stopped.

        :return: the dialog that shows how far it is
        :rtype: dict
        """
        self.ensure_one()
        self._check_ready()
        if self.state == "done":
            raise UserError(
                self.env._("This maintenance has ended. Duplicate it to run it again.")
            )
        if self.state == "draft":
            self.total = self._count_names()
        self.state = "running"
        return {
            "type": "ir.actions.client",
            "tag": "crm_custom_field_mass_progress",
            "name": self.display_name,
            "target": "new",
            "params": {"job_id": self.id},
        }

    def action_stop(self):
        """Stop it; what was changed so far stays."""
        self.filtered(lambda job: job.state == "running").state = "stopped"

    def run_next_batch(self):
        """Change the next names. The browser calls this until ``finished``.

        :return: ``total``, ``done``, ``changed``, ``refused`` (numbers of names) and
            ``finished`` (bool)
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        # Two windows must not run the same batch.
        self.lock_for_update()
        if self.state == "running":
            self._run_batch()
        return {
            **{name: self[name] for name in ("total", "done", "changed", "refused")},
            "finished": self.state != "running",
        }

    @api.model
    def _cron_go_on(self):
        """Finish runs whose browser was closed."""
        forsaken = fields.Datetime.subtract(
            fields.Datetime.now(), seconds=FORSAKEN_SECONDS
        )
        for job in self.search(
            [("state", "=", "running"), ("write_date", "<", forsaken)]
        ):
            if not job.with_user(job.create_uid)._go_on():
                return

    def _go_on(self):
        """Run the next batches, each in a transaction of its own.

        :return: whether there is time left for other jobs
        :rtype: bool
        """
        tries = 0
        while True:
            try:
                finished = self.run_next_batch()["finished"]
                time_left = self.env["ir.cron"]._commit_progress(1)
                tries = 0
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody saved one of the names: nothing of the batch is done.
                self.env.cr.rollback()
                tries += 1
                if tries >= TRIES:
                    return True
                time.sleep(0.1 * tries)
                continue
            if finished or not time_left:
                return bool(time_left)

    def _run_batch(self):
        """Change the next part of the names that are next, and note how far it is."""
        ids = self._next_ids(BATCH_NAMES * PARTS, self.window_end)
        window_end = ids[-1] if ids else self.last_lead
        if self.window_end:
            window_end = self.window_end
        parts = PARTS if self.window_end or len(ids) > BATCH_NAMES else 1
        part, mine = self.next_part, ids
        if parts > 1:
            mine = [lead_id for lead_id in ids if lead_id % PARTS == part]
        changed, refused = self._change(mine)
        last_part = part == parts - 1
        self.write(
            {
                "last_lead": window_end if last_part else self.last_lead,
                "window_end": 0 if last_part else window_end,
                "next_part": 0 if last_part else part + 1,
                "done": self.done + len(mine),
                "changed": self.changed + changed,
                "refused": self.refused + refused,
                "state": "running" if parts > 1 else "done",
            }
        )

    def _next_ids(self, limit, window_end=0):
        """Return the names behind the last one that is done, in their order.

        :param int limit: at most so many, unless it is said where they end
        :param int window_end: id of the last one that counts; 0: any
        :rtype: list[int]
        """
        self.env.flush_all()
        domain = fields.Domain("id", ">", self.last_lead)
        if window_end:
            domain &= fields.Domain("id", "<=", window_end)
        query = self._leads_query(domain)
        query.limit = None if window_end else limit
        return [row[0] for row in self.env.execute_query(query.select())]

    def _change(self, ids):
        """Change names.

        :param list ids: of names
        :return: how many were changed, and how many refused
        :rtype: tuple[int, int]
        """
        if not ids:
            return 0, 0
        field, leads = self.custom_field_id.sudo(), self.env["crm.lead"]
        source = SQL("SELECT unnest(%s) AS id", ids)
        accepted, values = ids, (self._new_value(), self._sql_old_value())
        rules = self._rules_touched()
        if rules:
            savepoint = self.env.cr.savepoint()
            with savepoint:
                changed = field._sql_change(leads, source, self.operation, *values)
                broken = self._broken(changed, rules)
                if broken:
                    savepoint.rollback()
            accepted = [lead_id for lead_id in ids if lead_id not in broken]
            source = SQL("SELECT unnest(%s) AS id", accepted)
        else:
            broken = set()
        if not rules or broken:
            changed = field._sql_change(leads, source, self.operation, *values)
        self.env.invalidate_all()
        if changed:
            self._follow_up(field, changed)
        return len(changed), len(broken)

    def _sql_old_value(self):
        old = self._old_value() if self.operation == "replace" else None
        return old.value if isinstance(old, _Number) else old

    def _rules_touched(self):
        name = self.custom_field_id.name
        return [
            rule
            for rule, needed in self.custom_field_id._expressions()["rule"]
            if name in needed
        ]

    def _broken(self, ids, rules):
        """Return the ids of the names that break a rule now."""
        self.env.invalidate_all()
        # sudo: a rule holds for what its user doesn't see, too
        leads = self.env["crm.lead"].sudo().browse(ids)
        return set().union(
            *(self.custom_field_id.sudo()._breaking(rule, leads) for rule in rules)
        )

    def _follow_up(self, field, ids):
        """Compute what depends on the field, and bring customers in step."""
        # Names of the search that come later are changed in their own turn.
        field._sql_copy_to_customers(ids, self._names_of_search)
        self.env.invalidate_all()
        # sudo: a computed value is the same whoever looks at the name
        leads = self.env["crm.lead"].sudo().browse(ids)
        for name in field._computed_from()[1:]:
            leads._compute_custom_column(name)

    def _names_of_search(self, lead_ids):
        """Return which of some names the search finds.

        :param list lead_ids: ids of names
        :rtype: list[int]
        """
        query = self._leads_query(fields.Domain("id", "in", lead_ids))
        return [row[0] for row in self.env.execute_query(query.select())]


class _Number:
    """A value that counts as one even when it is zero."""

    def __init__(self, value):
        self.value = value
