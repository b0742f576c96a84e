from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

#: The line itself, as the model on which the paths of keys begin.
LINE = "crm.call.list.line"


class CrmCampaignOrderKey(models.Model):
    """One key of the order in which names of a campaign are served.

    A path begins at the line (``attempts``, ``last_contact_at``) or goes through the
    name (``lead_id.city``, ``lead_id.zone_id``, any custom field).
    """

    _name = "crm.campaign.order.key"
    _description = "Key of the Order of Calls"
    _order = "campaign_id, sequence, id"

    campaign_id = fields.Many2one(
        "utm.campaign", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    direction = fields.Selection(
        [("asc", "Smallest first"), ("desc", "Largest first"), ("random", "At random")],
        default="asc",
        required=True,
        help="Names without a value come last either way.",
    )
    field_path = fields.Char(
        "Property",
        help="Any stored property of the name, or of the name in this campaign.",
    )
    model_name = fields.Char(compute="_compute_model_name")

    def _compute_model_name(self):
        self.model_name = LINE

    @api.constrains("field_path", "direction")
    def _check_field_path(self):
        for key in self.filtered(lambda found: found.direction != "random"):
            # sudo: which fields exist is no secret
            query = self.env[LINE].sudo()._search([("id", "=", 0)])
            try:
                key._to_sql(query)
            except (ValueError, KeyError, NotImplementedError) as error:
                raise ValidationError(
                    self.env._(
                        "Names can't be put in order by %(path)s. Choose a stored"
                        " property of the name, or order at random.",
                        path=key.field_path or "",
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        keys = super().create(vals_list)
        keys.campaign_id._rerank()
        return keys

    def write(self, vals):
        result = super().write(vals)
        self.campaign_id._rerank()
        return result

    def unlink(self):
        campaigns = self.campaign_id
        result = super().unlink()
        campaigns._rerank()
        return result

    def _to_sql(self, query):
        """Return this key as a term of ORDER BY; joins go into the query.

        :param Query query: over lines
        :rtype: SQL
        :raise ValueError: the path leads to nothing that is stored
        """
        self.ensure_one()
        if self.direction == "random":
            return SQL("random()")
        # sudo: the order is the same for everybody
        model = self.env[LINE].sudo().with_context(active_test=False)
        parts = (self.field_path or "").split(".")
        own = model._fields.get(parts[0])
        if own is None or (parts[1:] and not own.relational):
            # A property of the name, written without the way to it.
            parts.insert(0, "lead_id")
        alias = query.table
        for part in parts[:-1]:
            field = model._fields.get(part)
            if field is None or field.type != "many2one" or not field.store:
                raise ValueError(f"{part!r} is no link of {model._name}")
            model, alias = field.join(model, alias, query)
        field = model._fields.get(parts[-1])
        if field is None or not (field.store or field.related) or not field.column_type:
            raise ValueError(f"{parts[-1]!r} is not stored in {model._name}")
        return model._order_field_to_sql(
            alias,
            parts[-1],
            SQL("DESC") if self.direction == "desc" else SQL("ASC"),
            SQL("NULLS LAST"),
            query,
        )
