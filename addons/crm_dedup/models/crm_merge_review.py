from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, html2plaintext
from odoo.tools.misc import format_date

from .crm_merge_values import BLOCKS

#: What is compared, in this order; of a customer the fields that it has.
FIELDS = {
    "crm.lead": (
        "name",
        "partner_name",
        "contact_name",
        "fiscal_code",
        "vat_number",
        "birth_date",
        "phone",
        "mobile",
        "phone_second",
        "email_from",
        "address",
        "function",
        "website",
        "portfolio_id",
        "description",
    ),
    "res.partner": (
        "name",
        "fiscal_code",
        "vat",
        "birth_date",
        "phone",
        "mobile",
        "phone_second",
        "email",
        "address",
        "function",
        "website",
        "portfolio_id",
        "comment",
    ),
}
#: A name and a customer: the field of the customer that says the same.
_SAME = {
    "email_from": "email",
    "vat_number": "vat",
    "description": "comment",
}
#: Texts that are joined, not chosen.
JOINED = ("description", "comment")
#: Counting stops there: "more than enough" reads alike.
_MOST_COUNTED = 999


class CrmMergeReview(models.AbstractModel):
    """The page on which somebody decides about pairs, one after the other."""

    _name = "crm.merge.review"
    _description = "Review of Duplicates"

    # ------------------------------------------------------------
    # WHAT IS SHOWN
    # ------------------------------------------------------------

    @api.model
    def next_pairs(self, count=2, but_ids=()):
        """Take the next pairs and return all that the page shows of them.

        :param int count: how many, at most 5
        :param list but_ids: pairs that the page has already
        :return: ``pairs`` (see ``_pair_data``) and ``left``, how many are open
        :rtype: dict
        :raise AccessError: the user may not merge
        """
        self.env["crm.merge.journal"]._check_may_merge()
        pairs = self.env["crm.duplicate.pair"]
        ids = pairs._claim_next(min(int(count), 5), [int(row_id) for row_id in but_ids])
        self.env.invalidate_all()
        return {
            "pairs": [self._pair_data(pair) for pair in self._fresh(ids)],
            "left": pairs._count_to_review(),
        }

    @api.model
    def _fresh(self, ids):
        return self.env["crm.duplicate.pair"].browse(ids).exists()

    @api.model
    def _pair_data(self, pair):
        """Return all that the page shows of a pair.

        :return: ``id``, ``kind``, ``score``, ``verdict``, ``reasons`` (``label`` and
            ``points``), ``sides`` (``id``, ``name``, ``facts``), ``fields`` (``name``,
            ``label``, ``values`` of both sides, ``differs``, ``choosable``),
            ``survivor`` (0 or 1) and ``fixed``, whether another one can't be chosen
        :rtype: dict
        """
        sides = pair._records()
        return {
            "id": pair.id,
            "kind": pair.kind,
            "score": pair.score,
            "verdict": pair.verdict,
            "reasons": self._reasons(pair),
            "sides": [
                {
                    "id": side.id,
                    "model": side._name,
                    "name": side.display_name,
                    "facts": self._facts(side),
                }
                for side in sides
            ],
            "fields": self._compared(pair, sides),
            "survivor": self._survivor_side(pair, sides),
            "fixed": pair.kind == "customer",
        }

    @api.model
    def _reasons(self, pair):
        labels = self.env["crm.dedup.scoring"]._reason_labels()
        return [
            {
                "label": labels.get(reason["code"], reason["code"].replace("_", " ")),
                "points": reason["points"],
            }
            for reason in pair.reasons or []
        ]

    @api.model
    def _survivor_side(self, pair, sides):
        if pair.kind == "customer":
            return 1
        records = sides[0] | sides[1]
        # sudo: only ranks are looked at
        return int(self.env["crm.merge"].sudo()._choose_survivor(records) == sides[1])

    @api.model
    def _compared(self, pair, sides):
        """Return the fields of both sides, those that are empty on both left out."""
        rows = []
        custom = [
            name
            for name in sides[0]._fields
            if name.startswith("x_cc_") and name in sides[1]._fields
        ]
        for name in (*FIELDS[sides[0]._name], *custom):
            names = [
                name if side._name == sides[0]._name else _SAME.get(name, name)
                for side in sides
            ]
            values = [
                self._shown(side, own) for side, own in zip(sides, names, strict=True)
            ]
            if not any(values):
                continue
            rows.append(
                {
                    "name": name,
                    "label": self._label(sides[0], name),
                    "values": values,
                    "differs": bool(values[0] and values[1])
                    and values[0].casefold() != values[1].casefold(),
                    "choosable": pair.kind != "customer" and name not in JOINED,
                }
            )
        return rows

    @api.model
    def _label(self, record, name):
        if name == "address":
            return self.env._("Address")
        if name == "name":
            return self.env._("Name")
        return record._fields[name]._description_string(self.env)

    @api.model
    def _shown(self, record, name):
        """Return how a value reads, empty when there is none."""
        if name == "address":
            street = ", ".join(filter(None, (record.street, record.street2)))
            place = " ".join(
                filter(None, (record.zip, record.city, record.state_id.code))
            )
            return ", ".join(filter(None, (street, place)))
        field = record._fields.get(name)
        if field is None or not record._has_field_access(field, "read"):
            return ""
        value = record[name]
        if not value:
            return ""
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "html":
            return html2plaintext(value).strip()
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "datetime":
            return format_date(self.env, fields.Datetime.context_timestamp(self, value))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, str(value))
        return str(value)

    @api.model
    def _facts(self, record):
        """Return how much belongs to a record, for people.

        :return: ``label`` and ``count`` of each
        :rtype: list[dict]
        """
        column = "lead_id" if record._name == "crm.lead" else "partner_id"
        counted = [
            (self.env._("History"), "crm_interaction", column),
            (self.env._("Processes"), "crm_lead_process", column),
        ]
        if record._name == "crm.lead":
            counted += [
                (self.env._("Calls"), "crm_call", "lead_id"),
                (self.env._("Appointments"), "calendar_event", "opportunity_id"),
            ]
            if "crm.call.list.line" in self.env:
                counted.append((self.env._("Lists"), "crm_call_list_line", "lead_id"))
        else:
            counted += [
                (self.env._("Names"), "crm_lead", "partner_id"),
                (self.env._("Contacts"), "res_partner", "parent_id"),
            ]
        self.env.cr.execute(
            SQL(
                "SELECT %s",
                SQL(", ").join(
                    SQL(
                        "(SELECT count(*) FROM (SELECT 1 FROM %s WHERE %s = %s"
                        " LIMIT %s) AS counted)",
                        SQL.identifier(table),
                        SQL.identifier(name),
                        record.id,
                        _MOST_COUNTED,
                    )
                    for _label, table, name in counted
                ),
            )
        )
        facts = [
            {"label": label, "count": count}
            for (label, *_rest), count in zip(
                counted, self.env.cr.fetchone(), strict=True
            )
        ]
        created = format_date(self.env, record.create_date)
        return [*facts, {"label": self.env._("Since"), "count": created}]

    # ------------------------------------------------------------
    # WHAT IS DECIDED
    # ------------------------------------------------------------

    @api.model
    def merge(self, pair_id, survivor, choices=None):
        """Merge a pair.

        :param int pair_id: of the pair
        :param int survivor: 0 or 1, the side that stays
        :param dict choices: 0 or 1 by name of the fields that somebody chose
        :return: ``journal_id``
        :rtype: dict
        :raise UserError: they can't be merged, and why
        :raise AccessError: the user may not change one of them
        """
        pair = self._checked_pair(pair_id)
        sides = pair._records()
        # sudo: what was decided is a label of the sample, whoever may see that
        self.env["crm.duplicate.sample"].sudo()._label_pairs(pair, "same")
        # sudo: both records are checked; what is linked to them is rows of all addons
        merge = self.env["crm.merge"].sudo()
        if pair.kind == "customer":
            journal_ids = merge._committed(
                lambda env: (
                    env["crm.merge"]
                    ._link_customer(
                        env["crm.lead"].browse(sides[0].id),
                        env["res.partner"].browse(sides[1].id),
                        env["crm.duplicate.pair"].browse(pair.id),
                    )
                    .ids
                )
            )
        else:
            kept = sides[int(bool(survivor))]
            chosen = {
                name: sides[int(bool(side))].id
                for name, side in (choices or {}).items()
                if name in FIELDS[kept._name]
                or name in BLOCKS
                or name.startswith("x_cc_")
            }
            journal_ids = merge._merge_committed(
                kept, sides[0] + sides[1] - kept, chosen, reason="pair", pair=pair
            )
        return {"journal_id": journal_ids[0]}

    @api.model
    def decide(self, pair_id, state):
        """Say that two are different, or leave them for later.

        :param int pair_id: of the pair
        :param str state: ``different`` or ``postponed``
        :raise UserError: somebody else has decided already
        """
        if state not in ("different", "postponed"):
            raise UserError(self.env._("A pair is different, or left for later."))
        pair = self._checked_pair(pair_id)
        pair._decide(state)
        return True

    @api.model
    def undo(self, pair_id, journal_id=None):
        """Take the last decision about a pair back.

        :param int pair_id: of the pair
        :param int journal_id: of the merge, where it was one
        :return: the pair as the page shows it
        :rtype: dict
        :raise UserError: the merge can't be taken back, and why
        """
        self.env["crm.merge.journal"]._check_may_merge()
        pair = self.env["crm.duplicate.pair"].browse(int(pair_id)).exists()
        pair.check_access("write")
        journal = self.env["crm.merge.journal"].browse(int(journal_id or 0)).exists()
        if journal:
            if journal.pair_ref != pair.id:
                raise AccessError(self.env._("This merge is not one of this pair."))
            journal._check_may_undo()

        def undo(env):
            # sudo: checked above; what was merged is rows of all addons
            if journal:
                env[journal._name].sudo().browse(journal.id)._undo()
            own = env[pair._name].browse(pair.id)
            if own.state != "merged":
                own.sudo()._decide("open")
            env.flush_all()
            own._claim()
            env.invalidate_all()
            return env[self._name]._pair_data(own)

        # All of it where the merge was committed: this request may not see that yet.
        return self.env["crm.merge"]._committed(undo)

    @api.model
    def _checked_pair(self, pair_id):
        """Return an open pair of which the user may change both records.

        :rtype: crm.duplicate.pair
        :raise UserError: somebody has decided about it
        """
        self.env["crm.merge.journal"]._check_may_merge()
        pair = self.env["crm.duplicate.pair"].browse(int(pair_id)).exists()
        if not pair or pair.state not in ("open", "postponed"):
            raise UserError(
                self.env._("Somebody has decided about this pair already. Go on.")
            )
        pair.check_access("write")
        for side in pair._records():
            side.check_access("write")
        holder = pair.claimed_by_id
        if (
            holder
            and holder != self.env.user
            and pair.claimed_until
            and pair.claimed_until > fields.Datetime.now()
        ):
            raise UserError(
                self.env._(
                    "%(user)s is looking at this pair at this moment. Go on.",
                    user=holder.sudo().name,
                )
            )
        return pair
