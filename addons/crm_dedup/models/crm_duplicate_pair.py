import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: The two columns of each kind of pair. Of two of one kind the lower id comes first.
PAIR_COLUMNS = {
    "lead": ("first_lead_id", "second_lead_id"),
    "partner": ("first_partner_id", "second_partner_id"),
    "customer": ("first_lead_id", "second_partner_id"),
}
#: What nobody has decided yet.
UNDECIDED = ("open", "postponed")

#: Writes what was found of one kind of pairs; what somebody decided stays.
_WRITE = """
    INSERT INTO crm_duplicate_pair AS pair
        (kind, %(first)s, %(second)s, score, verdict, reasons,
         company_id, state, found_at)
    SELECT %(kind)s, new.first, new.second, new.score, new.verdict,
           new.reasons::jsonb, new.company, 'open',
           now() AT TIME ZONE 'UTC'
      FROM unnest(%(firsts)s::int[], %(seconds)s::int[],
                  %(scores)s::float8[], %(verdicts)s::text[],
                  %(reasons)s::text[], %(companies)s::int[])
           AS new(first, second, score, verdict, reasons, company)
      JOIN %(first_table)s one ON one.id = new.first
      JOIN %(second_table)s other ON other.id = new.second
  ON CONFLICT (%(first)s, %(second)s) WHERE %(present)s
DO UPDATE SET score = excluded.score, verdict = excluded.verdict,
           reasons = excluded.reasons, company_id = excluded.company_id
     WHERE pair.state IN ('open', 'postponed')
       AND (pair.score, pair.verdict, pair.reasons, pair.company_id)
           IS DISTINCT FROM
           (excluded.score, excluded.verdict, excluded.reasons,
            excluded.company_id)
 RETURNING (xmax = 0)::int"""


class CrmDuplicatePair(models.Model):
    """Two names, two customers, or a name and a customer that may be one.

    Narrow, because a run over the archive writes hundreds of thousands at a time. The
    name of a name and its customer is the first one, the customer the second one.
    """

    _name = "crm.duplicate.pair"
    _description = "Possible Duplicate"
    _order = "score desc, id"
    _log_access = False

    kind = fields.Selection(
        [
            ("lead", "Two Names"),
            ("partner", "Two Customers"),
            ("customer", "Name and Customer"),
        ],
        required=True,
        readonly=True,
        default="lead",
    )
    first_lead_id = fields.Many2one(
        "crm.lead",
        "First Name",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    second_lead_id = fields.Many2one(
        "crm.lead",
        "Second Name",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    first_partner_id = fields.Many2one(
        "res.partner", "First Customer", readonly=True, ondelete="cascade"
    )
    second_partner_id = fields.Many2one(
        "res.partner",
        "Second Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company",
        readonly=True,
        ondelete="cascade",
        help="Whose names they are; nobody else sees the pair.",
    )
    score = fields.Float(readonly=True, aggregator=None, help="Sum of the points.")
    verdict = fields.Selection(
        [("same", "Sure"), ("review", "To Review")], required=True, readonly=True
    )
    reasons = fields.Json(
        readonly=True, help="What speaks for and against: code of each and its points."
    )
    reasons_text = fields.Char("Why", compute="_compute_reasons_text")
    state = fields.Selection(
        [
            ("open", "Open"),
            ("merged", "Merged"),
            ("different", "Different"),
            ("postponed", "Later"),
        ],
        required=True,
        default="open",
        readonly=True,
    )
    found_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    decided_at = fields.Datetime(readonly=True)
    # Filters of the list; no columns, since names move.
    zone_id = fields.Many2one(related="first_lead_id.zone_id")
    portfolio_id = fields.Many2one(related="first_lead_id.portfolio_id")
    first_name = fields.Char("First", compute="_compute_names")
    second_name = fields.Char("Second", compute="_compute_names")

    _leads_once = models.UniqueIndex(
        "(first_lead_id, second_lead_id) WHERE second_lead_id IS NOT NULL"
    )
    _partners_once = models.UniqueIndex(
        "(first_partner_id, second_partner_id) WHERE first_partner_id IS NOT NULL"
    )
    _customer_once = models.UniqueIndex(
        "(first_lead_id, second_partner_id) WHERE first_lead_id IS NOT NULL"
        " AND second_partner_id IS NOT NULL"
    )
    _open_index = models.Index("(verdict, score DESC, id) WHERE state = 'open'")

    # ------------------------------------------------------------
    # SHOWN
    # ------------------------------------------------------------

    @api.depends("reasons")
    def _compute_reasons_text(self):
        labels = self.env["crm.dedup.scoring"]._reason_labels()
        for pair in self:
            pair.reasons_text = self._reasons_sentence(pair.reasons or [], labels)

    @api.model
    def _reasons_sentence(self, reasons, labels=None):
        """Return why two records may be one, as people read it.

        :param list reasons: ``{"code": ..., "points": ...}`` of each
        :param dict labels: by code
        :rtype: str
        """
        if labels is None:
            labels = self.env["crm.dedup.scoring"]._reason_labels()
        parts = []
        # What decided first: a rule has no points, then the weightiest.
        for reason in sorted(
            reasons, key=lambda reason: -abs(reason["points"] or 10000)
        ):
            label = labels.get(reason["code"], reason["code"].replace("_", " "))
            points = reason["points"]
            if points:
                # The sign of subtraction, not a hyphen.
                sign = "+" if points > 0 else "\N{MINUS SIGN}"
                label = f"{label} {sign}{abs(points):.3g}"
            parts.append(label)
        return ", ".join(parts)

    @api.depends(
        "first_lead_id", "second_lead_id", "first_partner_id", "second_partner_id"
    )
    def _compute_names(self):
        for pair in self:
            first, second = pair._records()
            pair.first_name = first.display_name
            pair.second_name = second.display_name

    @api.depends("first_name", "second_name")
    def _compute_display_name(self):
        for pair in self:
            pair.display_name = f"{pair.first_name} / {pair.second_name}"

    def _records(self):
        """Return the two records of a pair.

        :rtype: tuple[models.Model, models.Model]
        """
        self.ensure_one()
        return tuple(self[column] for column in PAIR_COLUMNS[self.kind])

    # ------------------------------------------------------------
    # DECIDED
    # ------------------------------------------------------------

    def action_different(self):
        """Say that the two are not one: nobody is asked again."""
        self._decide("different")

    def action_postpone(self):
        """Leave the pair for later."""
        self._decide("postponed")

    def action_reopen(self):
        """Take a decision back, but for a merge, which has its own undo."""
        self._decide("open")

    def _decide(self, state):
        """Write down what somebody decided about pairs.

        :param str state: of the pairs from now on
        :raise AccessError: who asks may not decide
        :raise UserError: one of them was merged
        """
        self.check_access("write")
        merged = self.filtered(lambda pair: pair.state == "merged")
        if merged:
            raise UserError(
                self.env._(
                    "%(pair)s was merged already. Undo the merge instead.",
                    pair=merged[0].display_name,
                )
            )
        decided = state != "open"
        self.write(
            {
                "state": state,
                "decided_by_id": decided and self.env.uid,
                "decided_at": decided and fields.Datetime.now(),
            }
        )
        # sudo: what was decided is a label of the sample, whoever may see that
        samples = self.env["crm.duplicate.sample"].sudo()
        if state == "different":
            samples._label_pairs(self, "different")
        elif state == "open":
            samples._unlearn_pairs(self)

    def action_open_first(self):
        return self._records()[0].get_formview_action()

    def action_open_second(self):
        return self._records()[1].get_formview_action()

    @api.model
    def _domain_of(self, record):
        """Return the domain of the pairs of a name or customer.

        :param record: a ``crm.lead`` or ``res.partner``
        :rtype: Domain
        """
        kind = "lead" if record._name == "crm.lead" else "partner"
        return Domain(f"first_{kind}_id", "=", record.id) | Domain(
            f"second_{kind}_id", "=", record.id
        )

    @api.model
    def _among(self, records):
        """Return the undecided pairs of which both sides are among records.

        :param records: names, or customers
        :rtype: crm.duplicate.pair
        """
        kind = "lead" if records._name == "crm.lead" else "partner"
        return self.search(
            [
                (f"first_{kind}_id", "in", records.ids),
                (f"second_{kind}_id", "in", records.ids),
                ("state", "in", UNDECIDED),
            ]
        )

    @api.model
    def _check_may_look(self):
        """Refuse those who see own work only: a pair tells of others' names.

        :raise AccessError: the current user is one of them
        """
        if self.env.user._sees_own_work_only():
            raise AccessError(
                self.env._("Duplicates are looked at by back office and managers.")
            )

    # ------------------------------------------------------------
    # WRITTEN SET-BASED
    # ------------------------------------------------------------

    @api.model
    def _different_from(self, holders):
        """Return of whom records were told different, by holder.

        :param list holders: ids of names, and of customers with a minus sign
        :rtype: dict[int, set[int]]
        """
        lead_ids = [holder for holder in holders if holder > 0]
        partner_ids = [-holder for holder in holders if holder < 0]
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    """SELECT coalesce(first_lead_id, -first_partner_id),
                              coalesce(second_lead_id, -second_partner_id)
                         FROM crm_duplicate_pair
                        WHERE %s = ANY(%s) AND state = 'different'""",
                    SQL.identifier(column),
                    ids,
                )
                for column, ids in (
                    ("first_lead_id", lead_ids),
                    ("second_lead_id", lead_ids),
                    ("first_partner_id", partner_ids),
                    ("second_partner_id", partner_ids),
                )
                if ids
            )
        )
        different = {}
        for first, second in rows:
            different.setdefault(first, set()).add(second)
            different.setdefault(second, set()).add(first)
        return different

    @api.model
    def _write_pairs(self, matches):
        """Write what comparisons found, with a statement for each kind of pair.

        What somebody decided stays; an open pair gets its new score.

        :param list matches: holder, other holder, comparison and company
        :return: how many are new
        :rtype: int
        """
        by_kind = {}
        for first, second, comparison, company_id in matches:
            kind, first_id, second_id = self._kind_of(first, second)
            by_kind.setdefault(kind, {})[first_id, second_id] = (
                comparison.score,
                comparison.verdict,
                json.dumps(
                    [
                        {"code": reason.code, "points": round(reason.points, 2)}
                        for reason in comparison.reasons
                    ]
                ),
                company_id or None,
            )
        new = sum(self._write_kind(kind, rows) for kind, rows in by_kind.items())
        if by_kind:
            self.invalidate_model()
        return new

    @api.model
    def _kind_of(self, first, second):
        """Return the kind of a pair of holders, and the ids as it keeps them."""
        if first > 0 and second > 0:
            return "lead", min(first, second), max(first, second)
        if first < 0 and second < 0:
            return "partner", min(-first, -second), max(-first, -second)
        return "customer", max(first, second), -min(first, second)

    @api.model
    def _write_kind(self, kind, rows):
        first, second = PAIR_COLUMNS[kind]
        # What a partial unique index is called by.
        present = {"lead": (second,), "partner": (first,), "customer": (first, second)}
        tables = [
            SQL.identifier("crm_lead" if "lead" in column else "res_partner")
            for column in (first, second)
        ]
        # Not in the order in which they were found: two transactions that write the
        # same pairs wait for each other, and don't block each other.
        ordered = sorted(rows.items())
        result = self.env.execute_query(
            SQL(
                _WRITE,
                kind=kind,
                first=SQL.identifier(first),
                second=SQL.identifier(second),
                firsts=[ids[0] for ids, _values in ordered],
                seconds=[ids[1] for ids, _values in ordered],
                scores=[values[0] for _ids, values in ordered],
                verdicts=[values[1] for _ids, values in ordered],
                reasons=[values[2] for _ids, values in ordered],
                companies=[values[3] for _ids, values in ordered],
                first_table=tables[0],
                second_table=tables[1],
                present=SQL(" AND ").join(
                    SQL("%s IS NOT NULL", SQL.identifier(column))
                    for column in present[kind]
                ),
            )
        )
        return sum(is_new for (is_new,) in result)

    @api.model
    def _drop_open(self, holders, found, first_only=False, spare_waiting=False):
        """Drop the undecided pairs of holders that were not found any more.

        :param list holders: who was compared with the whole archive
        :param list found: pairs of holders that hold
        :param bool first_only: two of one kind were found by the first one only
        :param bool spare_waiting: pairs of who changed since are left to the comparison
            that follows
        :return: how many
        :rtype: int
        """
        keep = {self._kind_of(first, second) for first, second in found}
        lead_ids = [holder for holder in holders if holder > 0]
        partner_ids = [-holder for holder in holders if holder < 0]
        # A name is always the first one of a name and a customer.
        columns = [("first_lead_id", lead_ids), ("first_partner_id", partner_ids)]
        if not first_only:
            columns += [
                ("second_lead_id", lead_ids),
                ("second_partner_id", partner_ids),
            ]
        rows = self._open_rows([column for column in columns if column[1]])
        gone = [row for row in rows if row[1:] not in keep]
        if gone and spare_waiting:
            gone = self._without_waiting(gone)
        if gone:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM crm_duplicate_pair WHERE id = ANY(%s)",
                    [row[0] for row in gone],
                )
            )
            self.invalidate_model()
        return len(gone)

    @api.model
    def _without_waiting(self, rows):
        """Return rows of ``_open_rows`` without those of who waits to be compared."""
        signs = {"lead": (1, 1), "partner": (-1, -1), "customer": (1, -1)}
        holders = [
            (signs[kind][0] * first, signs[kind][1] * second)
            for _pair_id, kind, first, second in rows
        ]
        waiting = self.env["crm.dedup"]._waiting_among(set().union(*holders))
        return [
            row
            for row, pair in zip(rows, holders, strict=True)
            if waiting.isdisjoint(pair)
        ]

    @api.model
    def _open_rows(self, columns):
        """Return the pairs of records that nobody has decided yet.

        :param list columns: columns with the ids to look for in them
        :return: id, kind, and both ids of each
        :rtype: list[tuple]
        """
        if not columns:
            return []
        return self.env.execute_query(
            SQL(" UNION ").join(
                SQL(
                    """SELECT id, kind, coalesce(first_lead_id, first_partner_id),
                              coalesce(second_lead_id, second_partner_id)
                         FROM crm_duplicate_pair
                        WHERE %s = ANY(%s) AND state = ANY(%s)""",
                    SQL.identifier(column),
                    ids,
                    list(UNDECIDED),
                )
                for column, ids in columns
            )
        )
