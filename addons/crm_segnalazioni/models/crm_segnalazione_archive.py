from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

#: Ids of rows are those of their records times this, plus the number of their kind.
KINDS = 10


class CrmSegnalazioneArchive(models.Model):
    """One list of everything commercial: documents, invoices, deliveries.

    Each row is a record of another model, which a click opens. Addons add kinds by
    extending ``_archive_queries``. The pieces read one table each and no join, so that
    PostgreSQL merges their indexes by date instead of sorting all rows
    (``crm_segnalazione_archive_index``).
    """

    _name = "crm.segnalazione.archive"
    _description = "Archive of Documents"
    _auto = False
    _order = "date desc, id desc"

    kind = fields.Selection(
        [("document", "Document"), ("invoice", "Invoice"), ("refund", "Credit Note")],
        readonly=True,
    )
    type_id = fields.Many2one("crm.segnalazione.type", readonly=True)
    name = fields.Char("Number", readonly=True)
    date = fields.Date(readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    operator_id = fields.Many2one("res.users", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    zone_id = fields.Many2one("crm.zone", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True, help="With taxes.")
    order_id = fields.Many2one("sale.order", "Document", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    segnalazione_state_id = fields.Many2one(
        "crm.segnalazione.state", "Document State", readonly=True
    )
    invoice_state_id = fields.Many2one("crm.segnalazione.invoice.state", readonly=True)
    is_held_for_check = fields.Boolean("Waits for the Quality Check", readonly=True)
    state_name = fields.Char("State", compute="_compute_state", compute_sudo=True)
    state_color = fields.Char(compute="_compute_state", compute_sudo=True)

    @api.depends("segnalazione_state_id", "invoice_state_id")
    @api.depends_context("lang")
    def _compute_state(self):
        for row in self:
            row.state_name, row.state_color = row._state_shown()

    def _state_shown(self):
        """Return the name and the colour of a row's state.

        :rtype: tuple[str, str]
        """
        self.ensure_one()
        state = self.segnalazione_state_id or self.invoice_state_id
        return state.name or "", state.color or "#6c757d"

    # ------------------------------------------------------------
    # QUERY
    # ------------------------------------------------------------

    @property
    def _table_query(self):
        columns = self._archive_columns()
        pieces = [
            SQL(
                "SELECT %s, (%s) AS is_listed FROM %s",
                SQL(", ").join(
                    SQL(
                        "%s AS %s",
                        piece["columns"].get(name, SQL("NULL::%s", SQL(ttype))),
                        SQL.identifier(name),
                    )
                    for name, ttype in columns.items()
                ),
                piece["where"],
                piece["table"],
            )
            for piece in self._archive_queries()
        ]
        # The condition of each piece is a column that is asked from outside: PostgreSQL
        # merges the indexes of pieces only if these have no WHERE of their own.
        return SQL(
            "SELECT %s FROM (%s) AS piece WHERE is_listed",
            SQL(", ").join(SQL.identifier(name) for name in columns),
            SQL(" UNION ALL ").join(SQL("(%s)", piece) for piece in pieces),
        )

    @api.model
    def _archive_columns(self):
        """Return the columns of all pieces; what a piece hasn't got is empty there.

        :return: PostgreSQL's type by name; constants of this module, never input
        :rtype: dict[str, str]
        """
        columns = dict.fromkeys(
            (
                "id",
                "type_id",
                "partner_id",
                "user_id",
                "operator_id",
                "campaign_id",
                "zone_id",
                "team_id",
                "company_id",
                "currency_id",
                "order_id",
                "move_id",
                "segnalazione_state_id",
                "invoice_state_id",
            ),
            "integer",
        )
        return {
            **columns,
            "kind": "varchar",
            "name": "varchar",
            "date": "date",
            "amount": "numeric",
            "is_held_for_check": "boolean",
        }

    @api.model
    def _archive_queries(self):
        """Return the pieces of the list; addons add theirs.

        Each piece reads one table. Ids are ``record id * KINDS + number of the kind``:
        documents have number 0, invoices 1, deliveries 2.

        :return: dicts with ``table``, ``where`` and ``columns`` (by name)
        :rtype: list[dict]
        """
        return [self._archive_documents(), self._archive_invoices()]

    @api.model
    def _archive_documents(self):
        return {
            "table": SQL("sale_order"),
            "where": SQL("segnalazione_type_id IS NOT NULL"),
            "columns": {
                "id": SQL("id * 10"),
                "kind": SQL("'document'::varchar"),
                "type_id": SQL("segnalazione_type_id"),
                "name": SQL("name"),
                "date": SQL("date_order::date"),
                "partner_id": SQL("partner_id"),
                "user_id": SQL("user_id"),
                "operator_id": SQL("operator_id"),
                "campaign_id": SQL("campaign_id"),
                "zone_id": SQL("zone_id"),
                "team_id": SQL("team_id"),
                "company_id": SQL("company_id"),
                "currency_id": SQL("currency_id"),
                "amount": SQL("amount_total"),
                "is_held_for_check": SQL("is_held_for_check"),
                "order_id": SQL("id"),
                "segnalazione_state_id": SQL("segnalazione_state_id"),
            },
        }

    @api.model
    def _archive_invoices(self):
        return {
            "table": SQL("account_move"),
            "where": SQL("move_type IN ('out_invoice', 'out_refund')"),
            "columns": {
                "id": SQL("id * 10 + 1"),
                "kind": SQL(
                    "(CASE move_type WHEN 'out_refund' THEN 'refund'"
                    " ELSE 'invoice' END)::varchar"
                ),
                "name": SQL("name"),
                "date": SQL("COALESCE(invoice_date, date)"),
                "partner_id": SQL("partner_id"),
                "user_id": SQL("invoice_user_id"),
                "operator_id": SQL("operator_id"),
                "campaign_id": SQL("campaign_id"),
                "zone_id": SQL("zone_id"),
                "team_id": SQL("team_id"),
                "company_id": SQL("company_id"),
                "currency_id": SQL("currency_id"),
                "amount": SQL(
                    "(CASE move_type WHEN 'out_refund' THEN -amount_total"
                    " ELSE amount_total END)"
                ),
                "order_id": SQL("segnalazione_order_id"),
                "move_id": SQL("id"),
                "invoice_state_id": SQL("invoice_state_id"),
            },
        }

    # ------------------------------------------------------------
    # OPEN
    # ------------------------------------------------------------

    def action_open(self):
        """Open the record behind a row.

        :return: the action
        :rtype: dict
        :raise AccessError: the user's role doesn't open records of this kind
        """
        self.ensure_one()
        record = self._record()
        if not record.has_access("read"):
            raise AccessError(
                self.env._(
                    "%(name)s is on the list, but your role doesn't open it. Ask the"
                    " back office.",
                    name=self.name or "",
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(self._form_view_id(), "form")],
        }

    def _record(self):
        """Return the record behind a row, whatever its kind.

        :rtype: models.BaseModel
        """
        self.ensure_one()
        return self.order_id if self.kind == "document" else self.move_id

    def _form_view_id(self):
        if self.kind == "document":
            view = "crm_segnalazioni.sale_order_view_form_segnalazione"
            return self.env.ref(view).id
        return False
