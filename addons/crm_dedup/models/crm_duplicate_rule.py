from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.custom_field import PREFIX

from ..tools.duplicate_rule import READERS, DuplicateRule

#: Names that a rule is tried on.
TRIAL_SIZE = 50000
#: Examples that a trial shows.
EXAMPLES = 10


class CrmDuplicateRule(models.Model):
    """When two names are one for sure, or worth a look, whatever their score is.

    The first rule that hits decides.
    """

    _name = "crm.duplicate.rule"
    _description = "Rule of Duplicates"
    _order = "sequence, id"

    name = fields.Char("Rule", required=True, translate=True)
    sequence = fields.Integer(
        "Priority", default=10, help="The first rule that hits decides."
    )
    active = fields.Boolean(
        default=False,
        copy=False,
        help="Try a rule before you switch it on: from then on every new name is"
        " compared by it.",
    )
    field_ids = fields.Many2many(
        "ir.model.fields",
        "crm_duplicate_rule_field_rel",
        "rule_id",
        "field_id",
        "Equal Fields",
        domain=lambda self: self._field_domain(),
        required=True,
        help="All of them must be known and equal. 'Phone' means any number of one and"
        " any number of the other, 'Contact Name' the name of the person or company"
        " in any order, without titles and legal forms; 'Street' includes the civic"
        " number.",
    )
    # What a rule is compiled from: a field that is deleted later must not leave a rule
    # behind that asks for less.
    field_names = fields.Char(readonly=True, copy=False)
    verdict = fields.Selection(
        [("same", "Sure"), ("review", "To Review")],
        "Says",
        required=True,
        default="review",
        help="Sure pairs may be merged in bulk; the others wait for a person.",
    )
    name_must_agree = fields.Boolean(
        "And the Name Must Agree",
        default=True,
        help="In any order, a typo apart: a household shares its telephone, a company"
        " its switchboard.",
    )
    kind = fields.Selection(
        [
            ("lead", "Names"),
            ("partner", "Customers"),
            ("all", "Names and Customers"),
        ],
        "Holds For",
        required=True,
        default="all",
        help="'Names and Customers' compares names with customers as well.",
    )
    is_broken = fields.Boolean(
        compute="_compute_is_broken",
        help="One of its fields was deleted: it does nothing.",
    )
    trial_text = fields.Text("Last Trial", readonly=True, copy=False)
    trial_pairs = fields.Integer("Pairs of the Last Trial", readonly=True, copy=False)

    @api.model
    def _field_domain(self):
        return [
            ("model", "=", "crm.lead"),
            ("store", "=", True),
            "|",
            ("name", "in", sorted(READERS)),
            "&",
            ("name", "=like", f"{PREFIX}%"),
            ("ttype", "not in", ("many2many", "one2many", "boolean")),
        ]

    @api.depends("field_names", "field_ids")
    def _compute_is_broken(self):
        for rule in self:
            rule.is_broken = bool(rule.field_names) and (
                set(rule.field_names.split(",")) != set(rule.field_ids.mapped("name"))
            )

    @api.constrains("field_ids", "active")
    def _check_fields(self):
        allowed = self.env["ir.model.fields"].search(self._field_domain(), limit=2000)
        for rule in self:
            if not rule.field_ids:
                raise ValidationError(
                    self.env._(
                        "Choose at least one field that must be equal for %(rule)s.",
                        rule=rule.name,
                    )
                )
            wrong = rule.field_ids - allowed
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(field)s can't be compared by a rule. Choose another field.",
                        field=wrong[0].field_description,
                    )
                )
            if rule.active and rule.is_broken:
                raise ValidationError(
                    self.env._(
                        "A field of %(rule)s was deleted: choose its fields anew.",
                        rule=rule.name,
                    )
                )

    # ------------------------------------------------------------
    # ORM
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules._compile()
        rules.filtered("active")._archive_must_follow()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if "field_ids" in vals:
            self._compile()
        if {"field_ids", "active", "kind", "verdict", "name_must_agree"} & set(vals):
            if any(self.mapped("active")) or "active" in vals:
                self._archive_must_follow(new_keys={"field_ids", "active"} & set(vals))
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        used = any(self.mapped("active"))
        result = super().unlink()
        self.env.registry.clear_cache()
        if used:
            self._archive_must_follow(new_keys=False)
        return result

    def _compile(self):
        for rule in self:
            rule.field_names = ",".join(sorted(rule.field_ids.mapped("name")))
        self.env.registry.clear_cache()

    @api.model
    def _archive_must_follow(self, new_keys=True):
        """Let a job give the archive its new keys, and compare it again.

        :param bool new_keys: keys are made anew, and not only compared
        """
        self.env.registry.clear_cache()
        if self.env.context.get("install_mode") or not self.env.registry.ready:
            return
        # sudo: whoever may change rules may let the archive follow
        self.env["crm.duplicate.run"].sudo()._follow_rules(bool(new_keys))

    def _compiled(self):
        """Return this rule as the comparison takes it.

        :rtype: DuplicateRule
        """
        self.ensure_one()
        return DuplicateRule(
            self.id,
            tuple((self.field_names or "").split(",")),
            self.verdict,
            self.name_must_agree,
            self.kind,
        )

    # ------------------------------------------------------------
    # TRIAL
    # ------------------------------------------------------------

    def action_try(self):
        """Count the pairs that this rule finds, and show some, before it is on.

        :raise UserError: one of its fields was deleted
        """
        self.ensure_one()
        self.check_access("write")
        if self.is_broken:
            raise UserError(
                self.env._(
                    "A field of %(rule)s was deleted: choose its fields anew.",
                    rule=self.name,
                )
            )
        looked_at, pairs = self._trial_pairs()
        self.write(
            {
                "trial_pairs": len(pairs),
                "trial_text": self._trial_report(looked_at, pairs),
            }
        )

    def _trial_pairs(self):
        """Return how many records were looked at, and the pairs that this rule finds.

        The newest names and customers are the sample: duplicates come in with lists.

        :rtype: tuple[int, list[tuple[KnownRecord, KnownRecord]]]
        """
        rule = self._compiled()
        service = self.env["crm.dedup"].sudo()  # sudo: the whole archive is the sample
        service = service.with_context(dedup_extra_names=rule.fields)
        by_key, pairs, looked_at = {}, [], 0
        for holders in self._trial_holders():
            for known in service._records_of(holders):
                looked_at += 1
                for key in rule.keys(known.record, known.extras):
                    mates = by_key.setdefault(key, [])
                    if len(mates) < 60:
                        mates.append(known)
        seen = set()
        for mates in by_key.values():
            for at, first in enumerate(mates):
                for second in mates[at + 1 :]:
                    ids = (first.record.id, second.record.id)
                    if ids not in seen and self._trial_hit(rule, first, second):
                        seen.add(ids)
                        pairs.append((first, second))
        return looked_at, pairs

    def _trial_hit(self, rule, first, second):
        return self.env["crm.dedup"]._may_pair(first, second) and rule.hits(
            first.record, second.record, first.extras, second.extras
        )

    def _trial_holders(self):
        """Yield the holders of the sample, some thousands at a time."""
        tables = []
        if self.kind in ("lead", "all"):
            tables.append(("crm_lead", 1))
        if self.kind in ("partner", "all"):
            tables.append(("res_partner", -1))
        for table, sign in tables:
            rows = self.env.execute_query(
                SQL(
                    "SELECT id FROM %s WHERE active ORDER BY id DESC LIMIT %s",
                    SQL.identifier(table),
                    TRIAL_SIZE,
                )
            )
            ids = [sign * record_id for (record_id,) in rows]
            for position in range(0, len(ids), 10000):
                yield ids[position : position + 10000]

    def _trial_report(self, looked_at, pairs):
        lines = [
            self.env._(
                "%(pairs)s pairs among the %(records)s newest names and customers.",
                pairs=len(pairs),
                records=looked_at,
            )
        ]
        lines += [
            f"{self._trial_line(first)}  =  {self._trial_line(second)}"
            for first, second in pairs[:EXAMPLES]
        ]
        return "\n".join(lines)

    @api.model
    def _trial_line(self, known):
        record = known.record
        parts = (
            record.person or record.company,
            record.phones[0] if record.phones else "",
            record.street,
            record.city,
        )
        kind = self.env._("customer") if record.id < 0 else self.env._("name")
        return f"{', '.join(filter(None, parts))} ({kind} {abs(record.id)})"
