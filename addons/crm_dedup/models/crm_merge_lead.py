from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.engine import ENGINE, ENGINE_KEY
from odoo.addons.crm_callcenter.tools.phone import to_e164

from .crm_merge_values import NUMBERS


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
        log.watch("res_partner", family)
        self.env.cr.execute(
            SQL(
                "SELECT id, partner_id FROM crm_lead WHERE partner_id = ANY(%s)",
                list(family),
            )
        )
        names = {number: family[partner] for number, partner in self.env.cr.fetchall()}
        log.watch("crm_lead", names)

    @api.model
    def _write_values(self, records, changes):
        """Write the values of names with a customer by Odoo: the customer follows."""
        if records._name != "crm.lead":
            return super()._write_values(records, changes)
        alone = dict(changes)
        for lead in records.browse(changes).filtered("partner_id"):
            values = alone.pop(lead.id)
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
            last_id = log.last_id("crm_interaction")
            leads = self.env["crm.lead"].sudo()  # sudo: as all of a merge
            self._join_customers(leads, pairs, rows, log)
            self._merge_states(leads, pairs, rows, log)
            self._close_ledger(leads, pairs, log)
            self._log_ledger(pairs, last_id, log)
        return result

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
        """Let the stricter state stay: a refusal is never lost."""
        states = self.env["crm.commercial.state"].sudo()  # sudo: names of states
        moving = {}
        for key, kept, lost in pairs:
            lead = leads.browse(kept)
            theirs = states.browse(rows[lost]["commercial_state_id"] or [])
            mine = lead.commercial_state_id
            if (
                theirs
                and theirs != mine
                and (
                    not mine
                    or (
                        theirs.state_class == "blocked"
                        and mine.state_class != "blocked"
                    )
                )
            ):
                moving.setdefault(theirs, {})[kept] = key
        for state, names in moving.items():
            log.watch("crm_lead", names)
            leads.browse(names)._correct_state(state, "merge")
        if moving:
            self.env.flush_all()

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
    def _log_ledger(self, pairs, last_id, log):
        """Record the rows of the ledger that the merges wrote."""
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
        log.created_since("crm_interaction", last_id, "lead_id", keys)
