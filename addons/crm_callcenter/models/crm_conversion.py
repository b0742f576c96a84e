import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL

from .crm_custom_field_mixin import IN_STEP, IN_STEP_KEY

#: What a conversion may change on a name, beside portfolios and custom fields.
RESTORED = (
    "type",
    "partner_id",
    "name",
    "contact_name",
    "partner_name",
    "function",
    "email_from",
    "phone",
    "mobile",
    "phone_second",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
    "website",
    "lang_id",
    "user_id",
    "team_id",
    "stage_id",
    "expected_revenue",
    "date_deadline",
    "date_conversion",
    "date_open",
    "campaign_id",
    "medium_id",
    "source_id",
)


class CrmConversion(models.Model):
    """A conversion of a name to a customer, with what the name was before.

    Kept so that the back office can take it back.
    """

    _name = "crm.conversion"
    _description = "Conversion"
    _order = "id desc"
    _rec_name = "lead_id"

    lead_id = fields.Many2one(
        "crm.lead", "Name", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index=True, ondelete="set null"
    )
    partner_created = fields.Boolean(
        readonly=True, help="The customer did not exist before."
    )
    before = fields.Json("Name Before", readonly=True)
    ledger_id = fields.Integer(
        readonly=True, help="Last row of the history that belongs to the conversion."
    )
    undone_at = fields.Datetime("Taken Back", readonly=True)
    undone_by_id = fields.Many2one("res.users", "Taken Back By", readonly=True)

    _open_once = models.UniqueIndex(
        "(lead_id) WHERE undone_at IS NULL", "This name is converted already."
    )

    def _mark_end_at_commit(self):
        """Note at the end of the transaction which rows of the history are its own."""
        precommit = self.env.cr.precommit
        waiting = precommit.data.setdefault("crm_callcenter.conversions", set())
        if not waiting:
            precommit.add(self._mark_ends)
        waiting.update(self.ids)

    @api.model
    def _mark_ends(self):
        ids = self.env.cr.precommit.data.pop("crm_callcenter.conversions", ())
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE crm_conversion conversion
                  SET ledger_id = coalesce(
                      (SELECT max(id) FROM crm_interaction
                        WHERE lead_id = conversion.lead_id), 0)
                WHERE id = ANY(%s)""",
            [list(ids)],
        )
        self.invalidate_model(["ledger_id"])

    # ------------------------------------------------------------
    # UNDO
    # ------------------------------------------------------------

    @api.model
    def _may_undo(self):
        """Tell whether the current user takes conversions back.

        :rtype: bool
        """
        user = self.env.user
        return user.has_group("crm_callcenter.group_back_office") or user.has_group(
            "crm_callcenter.group_campaign_manager"
        )

    @api.model
    def _open_of(self, lead):
        """Return the conversion of a name that can be taken back, locked.

        Of two who press the button at once the second waits here, is asked to try
        again by the database, and then finds it taken back.

        :param crm.lead lead: one name
        :rtype: crm.conversion
        :raise AccessError: the user is none of those who may
        :raise UserError: there is none
        """
        if not self._may_undo():
            raise AccessError(
                self.env._("Only the back office takes conversions back. Ask them.")
            )
        conversion = self.search(
            [("lead_id", "=", lead.id), ("undone_at", "=", False)], limit=1
        )
        if not conversion:
            self._refuse_undo(lead)
        # Who comes second is expected: nothing for the log.
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_conversion WHERE id = %s FOR UPDATE", conversion.id
            ),
            log_exceptions=False,
        )
        return conversion

    @api.model
    def _refuse_undo(self, record):
        """Say why nothing can be taken back.

        :param record: a name or a customer
        """
        name = "lead_id" if record._name == "crm.lead" else "partner_id"
        record = record.sudo(False)
        undone = self.search(
            [(name, "=", record.id), ("undone_at", "!=", False)],
            order="undone_at desc",
            limit=1,
        )
        if undone:
            raise UserError(
                self.env._(
                    "%(user)s has taken this conversion back already, on %(date)s.",
                    user=undone.undone_by_id.name,
                    date=fields.Datetime.context_timestamp(
                        self, undone.undone_at
                    ).strftime("%d/%m/%Y %H:%M"),
                )
            )
        record.check_access("read")
        raise UserError(
            self.env._(
                "%(name)s was not converted here, so there is nothing to take back.",
                name=record.name,
            )
        )

    def _undo(self):
        """Give the name back what it was, in one write.

        The outcome that led to the conversion is a fact and stays, and so does the
        state that it moved to; a manager reverses an outcome by itself.

        :raise UserError: something later builds on the conversion; it says what
        """
        self.ensure_one()
        lead = self.lead_id
        if self.undone_at:
            self._refuse_undo(lead)
        obstacles = self._obstacles()
        if obstacles:
            raise UserError(
                self.env._(
                    "The conversion of %(name)s can't be taken back: there is"
                    " %(obstacles)s. Cancel or take that back first.",
                    name=lead.name,
                    obstacles=", ".join(obstacles),
                )
            )
        partner = self.partner_id
        lead.with_context(**{IN_STEP_KEY: IN_STEP}).write(
            lead._restored_values(self.before)
        )
        self._unlink_history(partner)
        self.write(
            {"undone_at": fields.Datetime.now(), "undone_by_id": self.env.user.id}
        )
        if self.partner_created and partner:
            self._drop_customer(partner)

    def _unlink_history(self, partner):
        """Take the customer off the history of the name.

        The link, not the fact: see ``_link_history_to_customers``. This conversion is
        the journal of it.
        """
        self.env.flush_all()
        for table in ("crm_interaction", "crm_lead_process"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET partner_id = NULL"
                    " WHERE lead_id = %s AND partner_id = %s",
                    SQL.identifier(table),
                    self.lead_id.id,
                    partner.id,
                )
            )
        self.env["crm.interaction"].invalidate_model(["partner_id"])
        self.env["crm.lead.process"].invalidate_model(["partner_id"])

    def _drop_customer(self, partner):
        """Archive the customer that the conversion made, unless others use it.

        A company with a contact makes two customers, both in the same moment.
        """
        head = partner.commercial_partner_id
        others = self.env["crm.lead"].with_context(active_test=False)
        if others.search_count([("partner_id", "child_of", head.id)], limit=1):
            return
        partner.active = False
        if head.create_date == partner.create_date:
            head.active = False


class CrmLead(models.Model):
    """Conversions leave what it takes to undo them."""

    _inherit = "crm.lead"

    conversion_ids = fields.One2many(
        "crm.conversion", "lead_id", "Conversions", readonly=True
    )

    @api.depends_context("uid")
    def _compute_can_undo_conversion(self):
        # sudo: only whether there is one
        open_ones = self.env["crm.conversion"].sudo()
        if open_ones._may_undo():
            open_ones = open_ones.search(
                [("lead_id", "in", self.ids), ("undone_at", "=", False)]
            )
        for lead in self:
            lead.can_undo_conversion = lead in open_ones.lead_id

    def _convert_to_opportunity(self, *args, **kwargs):
        before = self._note_conversion()
        partner = super()._convert_to_opportunity(*args, **kwargs)
        self._finish_conversion(before)
        return partner

    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        before = self._note_conversion() if self.env.user._works_in_callcenter() else {}
        result = super().convert_opportunity(
            partner, user_ids=user_ids, team_id=team_id
        )
        self._finish_conversion(before)
        return result

    def _handle_partner_assignment(
        self, force_partner_id=False, create_missing=True, with_parent=None
    ):
        before = self._note_conversion() if self.env.user._works_in_callcenter() else {}
        result = super()._handle_partner_assignment(
            force_partner_id=force_partner_id,
            create_missing=create_missing,
            with_parent=with_parent,
        )
        self._finish_conversion(before)
        return result

    def _note_conversion(self):
        """Return what these names are, before they are converted.

        :return: their values by id, and under ``None`` the highest id of a customer
        :rtype: dict
        """
        self.env.flush_all()
        names = [name for name in self._restored_fields() if self._fields[name].store]
        # As rows and not as arguments: those of a function end at a hundred.
        rows = self.env.execute_query(
            SQL(
                """SELECT lead.id, to_jsonb(noted) FROM crm_lead lead
                     JOIN LATERAL (SELECT %s) AS noted ON true
                    WHERE lead.id = ANY(%s)
                      AND (lead.type = 'lead' OR lead.partner_id IS NULL)""",
                SQL(", ").join(self._sql_noted(name) for name in names),
                self.ids,
            )
        )
        (last,) = self.env.execute_query(
            SQL("SELECT coalesce(max(id), 0) FROM res_partner")
        )[0]
        return {**dict(rows), None: last}

    @api.model
    def _sql_noted(self, name):
        """Return the column of a snapshot, in the form that ``write`` takes.

        :param str name: of a field of the table aliased lead
        :rtype: SQL
        """
        field, column = self._fields[name], SQL.identifier("lead", name)
        if field.type == "many2many":
            column = SQL(
                "ARRAY(SELECT %s FROM %s WHERE %s = lead.id ORDER BY 1)",
                SQL.identifier(field.column2),
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
            )
        elif field.type == "datetime":
            column = SQL("to_char(%s, 'YYYY-MM-DD HH24:MI:SS')", column)
        return SQL("%s AS %s", column, SQL.identifier(name))

    @api.model
    def _restored_fields(self):
        """Return the fields that taking back a conversion restores.

        :rtype: list[str]
        """
        manual = [
            name
            for name, field in self._fields.items()
            if field.manual
            and field.store
            and (field.column_type or field.type == "many2many")
            and not field.company_dependent
        ]
        return [*RESTORED, *self._portfolio_field_names(), *manual]

    def _restored_values(self, before):
        """Return what of a snapshot still means something, as ``write`` takes it.

        :param dict before: as ``_note_conversion`` returned it
        :rtype: dict
        """
        values = {}
        for name, value in before.items():
            field = self._fields.get(name)
            if field is None:
                continue
            if field.relational and value:
                linked = self.env[field.comodel_name].browse(value).exists()
                if field.type == "many2one" and not linked:
                    continue
                value = linked.ids if field.type == "many2many" else value
            if field.type == "many2many":
                value = [Command.set(value)]
            values[name] = value
        return values

    def _finish_conversion(self, before):
        """Keep what the converted names were.

        :param dict before: as ``_note_conversion`` returned it
        """
        last_partner = before.pop(None, 0)
        if not before:
            return
        # sudo: kept whoever converts, also an operator at the desk
        conversions = self.env["crm.conversion"].sudo()
        noted = conversions.search(
            [("lead_id", "in", list(before)), ("undone_at", "=", False)]
        )
        for lead in self.sudo().filtered("partner_id"):
            if lead.id not in before or lead in noted.lead_id:
                continue
            created = conversions.create(
                {
                    "lead_id": lead.id,
                    "partner_id": lead.partner_id.id,
                    "partner_created": lead.partner_id.id > last_partner,
                    "before": json.loads(json.dumps(before[lead.id])),
                }
            )
            noted |= created
        noted._mark_end_at_commit()

    def action_undo_conversion(self):
        """Button of the back office: take the conversion of this name back.

        :return: says so, and leads to a screen that the user may still see
        :rtype: dict
        :raise AccessError: the user is none of those who may
        :raise UserError: there is nothing to take back, or something builds on it
        """
        self.ensure_one()
        # sudo: the back office may see what a name was; the checks stand here
        conversion = self.env["crm.conversion"].sudo()._open_of(self)
        self.check_access("write")
        conversion._undo()
        return self._action_after_undo()

    def _action_after_undo(self):
        """Return what the screen does next.

        The back office sees opportunities; this is a name of the call centre again.
        """
        if self.has_access("read"):
            following = {"type": "ir.actions.act_window_close"}
        else:
            following = {
                **self.env["ir.actions.act_window"]._for_xml_id(
                    "crm_callcenter.crm_lead_action_opportunities"
                ),
                "target": "main",
            }
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The conversion is taken back: %(name)s is a name of the call"
                    " centre again.",
                    # sudo: its name, for who had it on the screen a moment ago
                    name=self.sudo().name,
                ),
                "next": following,
            },
        }
