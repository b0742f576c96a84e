from contextlib import contextmanager
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.engine import ENGINE, ENGINE_KEY
from odoo.addons.crm_callcenter.tools.phone import to_e164

from .crm_merge_values import NUMBERS

#: Classes of commercial states, from where a name begins to what nothing undoes.
_CLASSES = ("lead", "suspect", "prospect", "former", "customer", "blocked")
#: Where the rows of the ledger are collected that merges write.
_LEDGER = "crm_dedup.ledger"


class CrmLead(models.Model):
    """A name that was merged says where it went."""

    _inherit = "crm.lead"

    merged_into_id = fields.Many2one(
        "crm.lead",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The name that this one became part of. Its history is there.",
    )

    @api.model
    def _merge_left_alone(self):
        return ["merged_into_id"]

    def _merged_target(self):
        """Return the name that this one has become, after however many merges.

        :rtype: crm.lead
        """
        target = self
        while target.merged_into_id:
            target = target.merged_into_id
        return target

    def action_open_merged_into(self):
        """Button: show the name that this one has become.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self._merged_target().id,
            "views": [(False, "form")],
        }

    def _register_outcome(self, *args, **kwargs):
        """Register an outcome of a merged name on the one that it has become.

        Whoever had it on the screen when it was merged loses nothing.
        """
        target = self._merged_target()
        if target != self:
            return target._register_outcome(*args, **kwargs)
        return super()._register_outcome(*args, **kwargs)

    def _insert_ledger_rows(self, *args, **kwargs):
        ids = super()._insert_ledger_rows(*args, **kwargs)
        self.env.cr.precommit.data.get(_LEDGER, []).extend(ids)
        return ids

    def write(self, vals):
        if vals.get("active") and self.merged_into_id:
            merged = self.filtered("merged_into_id")[0]
            raise UserError(
                self.env._(
                    "%(name)s is part of %(target)s. Take the merge back to have it"
                    " again.",
                    name=merged.name,
                    target=merged.merged_into_id.name,
                )
            )
        return super().write(vals)


class CrmMerge(models.AbstractModel):
    """What else is to be done when names are merged: state, customer, ledger."""

    _inherit = "crm.merge"

    @api.model
    def _obstacles(self, model_name, pairs):
        refused = super()._obstacles(model_name, pairs)
        if model_name != "crm.lead":
            return refused
        self.env.cr.execute(
            SQL(
                """SELECT lead.id, lead.erased_on, partner.commercial_partner_id
                     FROM crm_lead lead
                LEFT JOIN res_partner partner ON partner.id = lead.partner_id
                    WHERE lead.id = ANY(%s)""",
                [number for pair in pairs for number in pair],
            )
        )
        rows = {
            number: (erased, owner) for number, erased, owner in self.env.cr.fetchall()
        }
        in_hand = self._names_in_hand(list(rows))
        for kept, lost in pairs:
            if lost in refused:
                continue
            if rows[kept][0] or rows[lost][0]:
                refused[lost] = self.env._(
                    "An erased name can't be merged: nothing is known of it."
                )
            elif len({rows[kept][1], rows[lost][1]} - {None}) > 1:
                refused[lost] = self.env._(
                    "The names belong to two customers. Merge the customers first."
                )
            elif kept in in_hand or lost in in_hand:
                refused[lost] = in_hand.get(kept) or in_hand[lost]
        return refused

    @api.model
    def _take_values(self, records, pairs, rows, log, choices):
        if records._name == "crm.lead":
            self._watch_customers(pairs, rows, log)
        result = super()._take_values(records, pairs, rows, log, choices)
        if records._name == "crm.lead":
            self._keep_further_numbers(records, pairs, rows, log, choices)
        return result

    @api.model
    def _watch_customers(self, pairs, rows, log):
        """Look at the customers of these names, and at their other names.

        What is written to a name goes on to its customer, and from there to others.
        """
        partners = {}
        for key, kept, lost in pairs:
            partner = rows[kept]["partner_id"] or rows[lost]["partner_id"]
            if partner:
                partners[partner] = key
        if not partners:
            return
        self.env.cr.execute(
            SQL(
                """SELECT family.id, own.id FROM res_partner own
                     JOIN res_partner family
                       ON family.commercial_partner_id = own.commercial_partner_id
                    WHERE own.id = ANY(%s)""",
                list(partners),
            )
        )
        family = {member: partners[own] for member, own in self.env.cr.fetchall()}
        # Locked, names first as by whoever registers an outcome: what others write
        # meanwhile would pass for the merge's, and be undone with it.
        self.env.cr.execute(
            SQL(
                "SELECT id, partner_id FROM crm_lead WHERE partner_id = ANY(%s)"
                " ORDER BY id FOR NO KEY UPDATE",
                list(family),
            ),
            log_exceptions=False,
        )
        names = {number: family[partner] for number, partner in self.env.cr.fetchall()}
        log.watch("crm_lead", names)
        self.env.cr.execute(
            SQL(
                "SELECT id FROM res_partner WHERE id = ANY(%s)"
                " ORDER BY id FOR NO KEY UPDATE",
                list(family),
            ),
            log_exceptions=False,
        )
        log.watch("res_partner", family)

    @api.model
    def _write_values(self, records, changes):
        """Write the values of names with a customer by Odoo: the customer follows."""
        if records._name != "crm.lead":
            return super()._write_values(records, changes)
        alone = dict(changes)
        for lead in records.browse(changes).filtered("partner_id"):
            values = {
                name: _read_back(records._fields[name], value)
                for name, value in alone.pop(lead.id).items()
            }
            # sudo: as all of a merge; the caller has checked the rights
            lead.sudo().with_context(
                tracking_disable=True, **{ENGINE_KEY: ENGINE}
            ).write(values)
        if alone:
            super()._write_values(records, alone)
        self.env.flush_all()
        return None

    @api.model
    def _keep_further_numbers(self, records, pairs, rows, log, choices):
        """Keep numbers that found no place on the name as a contact of it.

        So whoever calls from there is still known.
        """
        for key, kept, lost in pairs:
            numbers = {
                self._number_key(rows[number][name])
                for number in (kept, lost)
                for name in NUMBERS
            }
            if len(numbers - {None}) <= len(NUMBERS) and not choices:
                continue
            merged = {
                **rows[kept],
                **self._merged_values(records, rows[kept], rows[lost], choices),
            }
            _placed, left = self._placed_numbers(rows[kept], merged, rows[lost])
            valid = [number for number in left if to_e164(number, "IT")]
            if not left:
                continue
            lead = records.browse(kept)
            log.watch("crm_lead", {kept: key})
            if lead.partner_id:
                valid = []
            for number in valid:
                contact = (
                    self.env["crm.lead.contact"]
                    .sudo()  # sudo: as all of a merge
                    .create(
                        {
                            "lead_id": kept,
                            "kind": "contact",
                            "name": rows[lost]["contact_name"] or rows[lost]["name"],
                            "phone": number,
                        }
                    )
                )
                log.add(key, "create", "crm_lead_contact", contact.ids)
            further = [number for number in left if number not in valid]
            if further:
                self._write_values(
                    records,
                    {
                        kept: {
                            "description": "<br/>".join(
                                filter(None, [lead.description, " ".join(further)])
                            )
                        }
                    },
                )

    # ------------------------------------------------------------
    # STATE AND LEDGER
    # ------------------------------------------------------------

    @api.model
    def _after_merge(self, model_name, pairs, rows, log):
        result = super()._after_merge(model_name, pairs, rows, log)
        if model_name == "crm.lead":
            leads = self.env["crm.lead"].sudo()  # sudo: as all of a merge
            with self._ledger_written() as ids:
                self._join_customers(leads, pairs, rows, log)
                self._merge_states(leads, pairs, rows, log)
                self._close_ledger(leads, pairs, log)
            self._log_ledger(pairs, ids, log)
        return result

    @contextmanager
    def _ledger_written(self):
        """Collect the ids of the rows of the ledger that are written meanwhile.

        Of the own transaction alone: operators go on with other names of a customer,
        and what they write is not the merge's to take back.
        """
        data, ids = self.env.cr.precommit.data, []
        data[_LEDGER] = ids
        try:
            yield ids
        finally:
            data.pop(_LEDGER, None)

    @api.model
    def _join_customers(self, leads, pairs, rows, log):
        """Bring names that got the customer of the other one in step with it."""
        joining = {
            kept: key
            for key, kept, lost in pairs
            if not rows[kept]["partner_id"] and rows[lost]["partner_id"]
        }
        if not joining:
            return
        log.watch("crm_lead", joining)
        self.env.invalidate_all(flush=False)
        leads.browse(joining).with_context(
            tracking_disable=True, **{ENGINE_KEY: ENGINE}
        )._join_customer()
        self.env.flush_all()
        self._link_history(joining, joining, log)

    @api.model
    def _merge_states(self, leads, pairs, rows, log):
        """Let the strongest state stay: neither a refusal nor progress is lost."""
        states = self.env["crm.commercial.state"].sudo()  # sudo: names of states
        names = leads.browse([kept for _key, kept, _lost in pairs])
        moving = {}
        for lead, (key, kept, lost) in zip(names, pairs, strict=True):
            found = [rows[number]["commercial_state_id"] for number in (kept, lost)]
            # Its own first: it may be the one of the customer that it has got.
            strongest = self._strongest_state(
                lead.commercial_state_id + states.browse(filter(None, found))
            )
            if strongest != lead.commercial_state_id:
                moving.setdefault(strongest, {})[kept] = key
        # The strongest at the end: two of them may be names of one customer.
        for state in sorted(moving, key=_strength):
            log.watch("crm_lead", moving[state])
            leads.browse(moving[state])._correct_state(state, "merge")
        if moving:
            self.env.flush_all()

    @api.model
    def _strongest_state(self, states):
        """Return the state that stays of several, the first one of equal ones.

        :param crm.commercial.state states: of records that become one
        :rtype: crm.commercial.state
        """
        return max(states, key=_strength, default=states.browse())

    @api.model
    def _close_ledger(self, leads, pairs, log):
        """Let the ledger of a name end with its state, where another one's follows."""
        with_history = {
            kept: key
            for key, kept, _lost in pairs
            if any(
                entry[0] == "move" and entry[1] == "crm_interaction"
                for entry in log.of(key)
            )
        }
        if not with_history:
            return
        self.env.cr.execute(
            SQL(
                """SELECT lead.id FROM crm_lead lead
             JOIN LATERAL (SELECT state_after_id FROM crm_interaction
                            WHERE lead_id = lead.id
                         ORDER BY date DESC, id DESC LIMIT 1) AS last ON true
                    WHERE lead.id = ANY(%s)
                      AND last.state_after_id IS DISTINCT FROM lead.commercial_state_id
                """,
                list(with_history),
            )
        )
        behind = [number for (number,) in self.env.cr.fetchall()]
        if behind:
            leads.browse(behind)._register_system_outcome(
                self.env.ref("crm_callcenter.crm_outcome_state_changed"),
                self.env.ref("crm_callcenter.activity_type_merge"),
            )

    @api.model
    def _log_ledger(self, pairs, ids, log):
        """Record the rows of the ledger that the merges wrote.

        :param list ids: as ``_ledger_written`` collected them
        """
        if not ids:
            return
        keys = {kept: key for key, kept, _lost in pairs}
        self.env.cr.execute(
            SQL(
                """SELECT other.id, own.id FROM crm_lead own
                     JOIN crm_lead other ON other.partner_id = own.partner_id
                    WHERE own.id = ANY(%s) AND own.partner_id IS NOT NULL""",
                list(keys),
            )
        )
        for other, own in self.env.cr.fetchall():
            keys.setdefault(other, keys[own])
        log.created("crm_interaction", ids, "lead_id", keys)


def _strength(state):
    """Return by what commercial states are compared when records become one."""
    return _CLASSES.index(state.state_class), state.sequence


def _read_back(field, value):
    """Return a value of a row that was read as JSON as the ORM takes it."""
    if field.type == "datetime" and value:
        return datetime.fromisoformat(value).replace(microsecond=0)
    return value
