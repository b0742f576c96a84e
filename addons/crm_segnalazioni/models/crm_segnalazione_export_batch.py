import base64
import logging
import tempfile

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.saved_search import read_search

_logger = logging.getLogger(__name__)

#: Up to so many documents are exported while the user waits.
AT_ONCE = 1000


class CrmSegnalazioneExportBatch(models.Model):
    """One export: who took which documents out, when, and the file.

    File and marks are one transaction: an export that is interrupted has marked
    nothing, and is done again from its beginning.
    """

    _name = "crm.segnalazione.export.batch"
    _description = "Export of Documents"
    _order = "id desc"

    layout_id = fields.Many2one(
        "crm.segnalazione.export.layout",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one(
        "res.users", "Exported By", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    which = fields.Selection(
        [
            ("new", "Not exported yet"),
            ("changed", "Not exported yet, or changed since"),
            ("all", "All, also those exported already"),
        ],
        "Documents",
        required=True,
        readonly=True,
        default="new",
    )
    domain = fields.Text("Search", required=True, readonly=True, default="[]")
    state = fields.Selection(
        [
            ("queued", "Waiting"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("taken_back", "Taken back"),
        ],
        required=True,
        readonly=True,
        default="queued",
    )
    error = fields.Text(readonly=True)
    order_count = fields.Integer("Documents Exported", readonly=True)
    row_count = fields.Integer("Rows", readonly=True)
    file = fields.Binary(readonly=True, groups="base.group_allow_export")
    file_name = fields.Char(readonly=True)
    document_ids = fields.One2many(
        "crm.segnalazione.export.document", "batch_id", "Marks", readonly=True
    )

    @api.depends("layout_id", "date")
    def _compute_display_name(self):
        for batch in self:
            batch.display_name = f"{batch.layout_id.name} {batch.id}"

    # ------------------------------------------------------------
    # WHICH DOCUMENTS
    # ------------------------------------------------------------

    def _orders(self):
        """Return an empty ``sale.order`` as who exports sees it.

        :rtype: sale.order
        """
        return (
            self.env["sale.order"]
            .with_user(self.user_id)
            .with_context(
                lang=self.user_id.lang,
                tz=self.user_id.tz or self.env.context.get("tz"),
                allowed_company_ids=self.company_id.ids,
            )
        )

    def _orders_domain(self):
        """Return the search for the documents of this export.

        :rtype: Domain
        """
        layout = self.layout_id
        # The days in it are those of when the export was asked for.
        search = read_search(self.domain, self._orders(), self.user_id)
        domain = search & Domain(
            [
                ("segnalazione_type_id", "!=", False),
                ("company_id", "=", self.company_id.id),
            ]
        )
        if layout.type_ids:
            domain &= Domain("segnalazione_type_id", "in", layout.type_ids.ids)
        if layout.state_ids:
            domain &= Domain("segnalazione_state_id", "in", layout.state_ids.ids)
        if layout.row_kind == "line":
            # A document without a row in the file isn't marked as exported.
            domain &= Domain("order_line", "any", layout._lines_domain())
        if self.which == "all":
            return domain
        marks = self.env["crm.segnalazione.export.document"]._current(layout)
        new = Domain("id", "not in", marks.subselect("order_id"))
        if self.which == "changed":
            changed = Domain("id", "in", layout._changed_since_sql())
            return domain & (new | changed)
        return domain & new

    # ------------------------------------------------------------
    # WORK
    # ------------------------------------------------------------

    @api.model
    def _start(self, values):
        """Make an export: at once with few documents, else in the background.

        :param dict values: layout, company, which documents
        :rtype: crm.segnalazione.export.batch
        :raise UserError: it may not be made, or there is nothing to export
        """
        self._check_right(self.env.user)
        # sudo: exports are written by the system; the right was asked for above, and
        # documents are read with the rights of who exports them
        batch = self.sudo().create({**values, "user_id": self.env.uid})
        batch.layout_id.sudo(False).with_user(self.env.user)._check_exportable()
        count = batch._orders().search_count(batch._orders_domain(), limit=AT_ONCE + 1)
        if not count:
            raise UserError(
                self.env._(
                    "There is nothing to export: no document is in the chosen states,"
                    " or all of them have been exported already."
                )
            )
        if count > AT_ONCE:
            # sudo: waking up a scheduled action needs no right to change it
            self.env.ref("crm_segnalazioni.ir_cron_exports").sudo()._trigger()
        else:
            batch._export()
        return batch.sudo(self.env.su)

    @api.model
    def _check_right(self, user):
        """Let only those take documents out who may.

        :raise AccessError: the user may not
        """
        may = user.has_group("crm_callcenter.group_back_office") or user.has_group(
            "crm_callcenter.group_campaign_manager"
        )
        if not may or not user.has_group("base.group_allow_export"):
            raise AccessError(
                self.env._(
                    "You may not export documents. It takes the right to export, and"
                    " the back office or the campaign manager."
                )
            )

    @api.model
    def _cron_export(self):
        """Make the exports that wait; one that fails says so."""
        cron = self.env["ir.cron"]
        waiting = self.search([("state", "=", "queued")], order="id")
        for place, batch in enumerate(waiting):
            batch = batch.with_context(lang=batch.user_id.lang)
            try:
                with self.env.cr.savepoint():
                    self._check_right(batch.user_id)
                    batch._export()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # nothing is done yet: the next time begins anew
            except UserError as error:
                batch._fail(str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is said
                _logger.error("%s failed", batch.display_name, exc_info=error)
                batch._fail(
                    self.env._(
                        "The export stopped at an unexpected problem (%(kind)s). No"
                        " document was marked. The log of the server says more.",
                        kind=type(error).__name__,
                    )
                )
            else:
                batch._notify(self.env._("%(name)s is ready", name=batch.display_name))
            if not cron._commit_progress(1, remaining=len(waiting) - place - 1):
                return

    def _fail(self, sentence):
        """Write down why the export failed, and tell who wanted it."""
        self.write({"state": "failed", "error": sentence})
        self._notify(self.env._("%(name)s failed", name=self.display_name), sentence)

    def _notify(self, subject, body=""):
        # sudo: a message of the system
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=subject,
            body=body or subject,
            model=self._name,
            res_id=self.id,
        )

    def _export(self):
        """Write the file, and mark the documents.

        :raise UserError: somebody exports with this layout at this moment
        """
        self.ensure_one()
        [[is_mine]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)",
                self._table,
                self.layout_id.id,
            )
        )
        if not is_mine:
            raise UserError(
                self.env._(
                    "Somebody is exporting with %(layout)s at this moment. Try again"
                    " when that export has ended.",
                    layout=self.layout_id.name,
                )
            )
        orders = self._orders().search(self._orders_domain(), order="id")
        layout = self.layout_id.with_env(orders.env)
        layout._check_exportable()
        with tempfile.TemporaryFile() as file:
            row_count = layout._write_file(orders, file)
            file.seek(0)
            content = base64.b64encode(file.read())
        self._mark(orders.ids)
        self.write(
            {
                "state": "done",
                "order_count": len(orders),
                "row_count": row_count,
                "file": content,
                "file_name": layout._file_name(self),
            }
        )
        self.env["crm.export.log"].with_user(self.user_id)._note(
            "sale.order",
            [column.path or column.title for column in layout.column_ids],
            row_count,
            search=repr(list(self._orders_domain())) if self.which == "all" else None,
            refs=orders.ids,
        )

    def _mark(self, order_ids):
        """Mark documents as exported, as they are now."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_segnalazione_export_document SET is_current = false"
                " WHERE layout_id = %s AND order_id = ANY(%s) AND is_current",
                self.layout_id.id,
                order_ids,
            )
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_segnalazione_export_document
                          (batch_id, layout_id, order_id, is_current, last_change)
                   SELECT %s, %s, id, true, %s FROM sale_order o WHERE id = ANY(%s)""",
                self.id,
                self.layout_id.id,
                self.env["crm.segnalazione.export.document"]._last_change_sql(),
                order_ids,
            )
        )
        self.env["crm.segnalazione.export.document"].invalidate_model()
        self.invalidate_recordset(["document_ids"], flush=False)

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def action_open(self):
        """Show the export.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_download(self):
        """Give the file.

        :rtype: dict
        """
        self.ensure_one()
        self._check_right(self.env.user)
        if self.state not in ("done", "taken_back"):
            raise UserError(self.env._("The file isn't ready yet."))
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{self.file_name}"
            "?download=true",
            "target": "self",
        }

    def action_take_back(self):
        """Take the mark from the documents: they are exported again next time.

        :raise UserError: there is nothing to take back, or the user may not
        """
        self.ensure_one()
        self._check_right(self.env.user)
        if self.state != "done":
            raise UserError(self.env._("Only a done export can be taken back."))
        if self.user_id != self.env.user and not self.env.user.has_group(
            "crm_callcenter.group_campaign_manager"
        ):
            raise UserError(
                self.env._(
                    "Only %(user)s and campaign managers may take it back.",
                    user=self.user_id.name,
                )
            )
        batch = self.sudo()  # sudo: exports are written by the system
        batch.state = "taken_back"
        batch._unmark()

    def _unmark(self):
        """Let the documents be as their exports before this one have left them."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_segnalazione_export_document SET is_current = false"
                " WHERE batch_id = %s AND is_current RETURNING order_id",
                self.id,
            )
        )
        order_ids = [order_id for [order_id] in self.env.cr.fetchall()]
        self.env.cr.execute(
            SQL(
                """UPDATE crm_segnalazione_export_document SET is_current = true
                    WHERE id IN (SELECT max(mark.id)
                                   FROM crm_segnalazione_export_document mark
                                   JOIN crm_segnalazione_export_batch batch
                                     ON batch.id = mark.batch_id
                                  WHERE mark.layout_id = %s AND batch.state = 'done'
                                    AND mark.order_id = ANY(%s)
                               GROUP BY mark.order_id)""",
                self.layout_id.id,
                order_ids,
            )
        )
        self.env["crm.segnalazione.export.document"].invalidate_model()

    def action_documents(self):
        """Show the documents that were exported.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Documents Exported"),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("export_document_ids.batch_id", "=", self.id)],
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("An export is a record of what has left: take it back instead.")
        )
