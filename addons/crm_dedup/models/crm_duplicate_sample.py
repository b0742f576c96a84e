from dataclasses import asdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.known_record import KnownRecord
from ..tools.matching.record import MatchRecord
from ..tools.readable import readable_ids


class CrmDuplicateSample(models.Model):
    """A pair that a person labels: one or two.

    It keeps what was compared, so that it stays a label when the names are merged, and
    can be compared anew with other weights.
    """

    _name = "crm.duplicate.sample"
    _description = "Labelled Pair"
    _order = "id"
    _log_access = False

    kind = fields.Selection(
        [
            ("lead", "Two Names"),
            ("partner", "Two Customers"),
            ("customer", "Name and Customer"),
        ],
        required=True,
        readonly=True,
    )
    first_holder = fields.Integer(
        required=True, readonly=True, help="Id; that of a customer with a minus sign."
    )
    second_holder = fields.Integer(required=True, readonly=True)
    first_values = fields.Json(readonly=True)
    second_values = fields.Json(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    stratum = fields.Char(required=True, readonly=True)
    score = fields.Float(readonly=True, aggregator=None)
    verdict = fields.Char(readonly=True)
    reasons = fields.Json(readonly=True)
    label = fields.Selection(
        [("same", "One"), ("different", "Two"), ("unsure", "Can't Tell")]
    )
    source = fields.Selection(
        [("drawn", "Drawn"), ("review", "Review")], required=True, default="drawn"
    )
    labelled_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    labelled_at = fields.Datetime(readonly=True)
    is_readable = fields.Boolean(
        compute="_compute_is_readable",
        search="_search_is_readable",
        help="Whether the current user may see both.",
    )

    _once = models.UniqueIndex("(first_holder, second_holder)")
    _unlabelled_index = models.Index("(id) WHERE label IS NULL")

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    @api.depends("first_holder", "second_holder")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_readable(self):
        holders = set(self.mapped("first_holder") + self.mapped("second_holder"))
        leads = self.env["crm.lead"].sudo(False)
        leads = leads.browse([holder for holder in holders if holder > 0])
        partners = self.env["res.partner"].sudo(False)
        partners = partners.browse([-holder for holder in holders if holder < 0])
        readable = set(leads.exists()._filtered_access("read").ids)
        readable.update(
            -row_id for row_id in partners.exists()._filtered_access("read").ids
        )
        for sample in self:
            sample.is_readable = {sample.first_holder, sample.second_holder} <= readable

    @api.model
    def _search_is_readable(self, operator, value):
        if operator != "in" or True not in value:
            return NotImplemented
        holders = SQL(
            "(SELECT lead.id FROM crm_lead lead WHERE lead.id IN %s"
            " UNION ALL"
            " SELECT -partner.id FROM res_partner partner WHERE partner.id IN %s)",
            readable_ids(self.env["crm.lead"]),
            readable_ids(self.env["res.partner"]),
        )
        return Domain("first_holder", "in", holders) & Domain(
            "second_holder", "in", holders
        )

    # ------------------------------------------------------------
    # DRAWN
    # ------------------------------------------------------------

    @api.model
    def _draw(self, run):
        """Draw pairs to label from the comparisons of a full run.

        Those that nobody has labelled yet make room for the new ones.

        :param crm.duplicate.run run: that has ended
        """
        strata = run.strata or {}
        self.env.cr.execute(
            "DELETE FROM crm_duplicate_sample WHERE label IS NULL AND source = 'drawn'"
        )
        self.invalidate_model()
        pairs = [tuple(pair) for stratum in strata.values() for pair in stratum["kept"]]
        self._add_pairs(pairs)

    @api.model
    def _add_pairs(self, pairs, **values):
        """Write samples of pairs of holders as they are now.

        :param list pairs: of holders
        :param values: of all of them
        :return: those that are new
        :rtype: crm.duplicate.sample
        """
        service = self.env["crm.dedup"]
        records = {
            known.record.id: known
            for known in service._records_of(
                sorted({holder for pair in pairs for holder in pair})
            )
        }
        known_pairs = self._known_pairs(pairs)
        rows = []
        for first_id, second_id in pairs:
            first, second = records.get(first_id), records.get(second_id)
            if first and second and (first_id, second_id) not in known_pairs:
                known_pairs.add((first_id, second_id))
                rows.append({**self._prepare_sample(first, second), **values})
        return self.create(rows)

    @api.model
    def _known_pairs(self, pairs):
        if not pairs:
            return set()
        rows = self.env.execute_query(
            SQL(
                """SELECT first_holder, second_holder FROM crm_duplicate_sample
                    WHERE first_holder = ANY(%s)""",
                [first for first, _second in pairs],
            )
        )
        return set(rows)

    @api.model
    def _prepare_sample(self, first, second):
        comparison = self.env["crm.dedup"]._compare(first, second)
        pairs = self.env["crm.duplicate.pair"]
        return {
            "kind": pairs._kind_of(first.record.id, second.record.id)[0],
            "first_holder": first.record.id,
            "second_holder": second.record.id,
            "first_values": self._as_json(first),
            "second_values": self._as_json(second),
            "company_id": first.company_id or second.company_id or False,
            "stratum": self.env["crm.dedup"]._stratum(comparison),
            "score": comparison.score,
            "verdict": comparison.verdict,
            "reasons": [
                {"code": reason.code, "points": reason.points}
                for reason in comparison.reasons
            ],
        }

    @api.model
    def _as_json(self, known):
        values = asdict(known.record)
        values["birth_date"] = fields.Date.to_string(values["birth_date"] or None)
        return {**values, "phones": list(values["phones"])}

    @api.model
    def _as_record(self, values):
        """Return the record that a sample was made of.

        :param dict values: as ``_as_json`` returned them
        :rtype: KnownRecord
        """
        kept = {
            name: value
            for name, value in values.items()
            if name in MatchRecord.__dataclass_fields__
        }
        kept["phones"] = tuple(kept["phones"])
        kept["birth_date"] = fields.Date.to_date(kept["birth_date"])
        return KnownRecord(MatchRecord(**kept))

    # ------------------------------------------------------------
    # LABELLED
    # ------------------------------------------------------------

    @api.model
    def _label_pairs(self, pairs, label):
        """Take what somebody decided about pairs elsewhere for a label.

        :param crm.duplicate.pair pairs: before they are merged
        :param str label: ``same`` or ``different``
        """
        holders = self._holders_of(pairs)
        if not holders:
            return
        self.env.flush_all()
        self._add_pairs(sorted(holders), source="review")
        self._samples_of(holders)._set_label(label)

    @api.model
    def _unlearn_pairs(self, pairs):
        """Forget what was decided about pairs: somebody has taken it back.

        :param crm.duplicate.pair pairs: that are open again
        """
        samples = self._samples_of(self._holders_of(pairs))
        decided = samples.filtered(lambda sample: sample.source == "review")
        decided.unlink()
        (samples - decided)._set_label(False)

    @api.model
    def _holders_of(self, pairs):
        """Return the holders of pairs: ids, those of customers with a minus sign.

        :rtype: set[tuple[int, int]]
        """
        return {
            tuple(
                record.id if record._name == "crm.lead" else -record.id
                for record in pair._records()
            )
            for pair in pairs
        }

    @api.model
    def _samples_of(self, holders):
        """Return the samples of pairs of holders.

        :rtype: crm.duplicate.sample
        """
        samples = self.search(
            [("first_holder", "in", [first for first, _second in holders])]
        )
        return samples.filtered(
            lambda sample: (sample.first_holder, sample.second_holder) in holders
        )

    def _set_label(self, label):
        self.write(
            {
                "label": label,
                "labelled_by_id": label and self.env.uid,
                "labelled_at": label and fields.Datetime.now(),
            }
        )

    def set_label(self, label):
        """Label a pair, or take the label back; called by the page.

        :param str label: ``same``, ``different``, ``unsure`` or ``False``
        :raise UserError: there is no such label
        """
        self.check_access("write")
        if label not in ("same", "different", "unsure", False):
            raise UserError(self.env._("A pair is one, two, or can't be told."))
        self._set_label(label)

    @api.model
    def next_to_label(self, limit=2, skip=()):
        """Return the next pairs to label: of the stratum with the fewest labels.

        :param int limit: most pairs, the first one to show and those to come
        :param skip: ids that are on the screen already
        :rtype: list[dict]
        """
        self.check_access("read")
        labelled = dict(
            self._read_group([("label", "!=", False)], ["stratum"], ["__count"])
        )
        domain = Domain("label", "=", False) & Domain("id", "not in", list(skip))
        waiting = self._read_group(domain, ["stratum"], ["id:min"])
        waiting.sort(key=lambda group: (labelled.get(group[0], 0), group[1]))
        return [
            self.browse(sample_id)._shown() for _stratum, sample_id in waiting[:limit]
        ]

    def _shown(self):
        """Return a sample as the page shows it.

        :rtype: dict
        """
        self.ensure_one()
        labels = self._value_labels()
        first, second = self.first_values or {}, self.second_values or {}
        rows = []
        for name, label in labels.items():
            values = [self._shown_value(side.get(name)) for side in (first, second)]
            if any(values):
                rows.append(
                    {
                        "name": name,
                        "label": label,
                        "first": values[0],
                        "second": values[1],
                        "equal": values[0] == values[1],
                    }
                )
        return {
            "id": self.id,
            "kind": dict(self._fields["kind"]._description_selection(self.env))[
                self.kind
            ],
            "rows": rows,
        }

    @api.model
    def _shown_value(self, value):
        if isinstance(value, list):
            return ", ".join(value)
        return value or ""

    @api.model
    def _value_labels(self):
        return {
            "person": self.env._("Person"),
            "company": self.env._("Company"),
            "phones": self.env._("Phones"),
            "email": self.env._("E-mail"),
            "fiscal_code": self.env._("Codice Fiscale"),
            "vat_number": self.env._("Partita IVA"),
            "birth_date": self.env._("Birth Date"),
            "street": self.env._("Street"),
            "street2": self.env._("Second Line"),
            "zip": self.env._("Postcode"),
            "city": self.env._("City"),
            "province": self.env._("Province"),
        }
