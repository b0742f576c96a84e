from odoo import api, fields, models, tools
from odoo.tools import split_every

#: Names whose state is moved by one statement when a state is replaced.
_NAMES_AT_ONCE = 20_000


class CrmCommercialState(models.Model):
    """Where a name stands commercially (Stato Cliente), defined freely by the company.

    The class is what the machine understands of it: a *blocked* name is never
    served or dialled, whatever its state is called.
    """

    _name = "crm.commercial.state"
    _description = "Commercial State"
    _inherit = ["crm.graph.node.mixin"]
    _leads_here_field = "commercial_state_id"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state_class = fields.Selection(
        [
            ("lead", "Lead"),
            ("suspect", "Suspect"),
            ("prospect", "Prospect"),
            ("customer", "Customer"),
            ("former", "Former Customer"),
            ("blocked", "Blocked"),
        ],
        string="Class",
        required=True,
        default="lead",
        help="What the system makes of the state. A blocked name is never called.",
    )

    replaced_by_id = fields.Many2one(
        "crm.commercial.state",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="Reports count the history of this state under the one that replaced it.",
    )

    @api.model
    def _graph_references(self):
        return super()._graph_references() + [
            ("crm.relation", "commercial_state_id"),
            ("crm.lead", "commercial_state_id"),
            ("res.partner", "commercial_state_id"),
            ("crm.process", "commercial_state_id"),
            ("crm.lead.process", "commercial_state_id"),
        ]

    @api.model
    def _history_references(self):
        return super()._history_references() + [
            ("crm.interaction", "state_before_id"),
            ("crm.interaction", "state_after_id"),
        ]

    @api.model
    @tools.ormcache()
    def _get_initial_id(self):
        state = self.sudo().search([("state_class", "=", "lead")], limit=1)
        return state.id

    @api.model
    def _get_initial(self):
        """Return the commercial state that a new name starts with.

        :rtype: crm.commercial.state
        """
        return self.browse(self._get_initial_id() or ())

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # ------------------------------------------------------------
    # REPLACE
    # ------------------------------------------------------------

    def _replace_in(self, model_name, field_name, new):
        if model_name == "crm.lead":
            return self._move_names(new)
        return super()._replace_in(model_name, field_name, new)

    def _move_names(self, new):
        """Move the names of this state, each with a row of the ledger.

        :return: how many names were moved
        :rtype: int
        """
        # sudo: a replacement is complete, or it isn't one
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        query = leads._search([("commercial_state_id", "=", self.id)])
        ids = self._execute_ids(query.select())
        for some_ids in split_every(_NAMES_AT_ONCE, ids):
            leads.browse(some_ids)._register_system_outcome(
                self.env.ref("crm_callcenter.crm_outcome_state_changed"),
                self.env.ref("crm_callcenter.activity_type_correction"),
                state=new,
                note=self.env._(
                    "%(old)s was replaced by %(new)s.", old=self.name, new=new.name
                ),
            )
        return len(ids)
