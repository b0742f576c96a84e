import json

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestExportLog(CallcenterCommon, HttpCase):
    """Whoever takes names out of the system is written down."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exports = cls.env["crm.export.log"]
        cls.manager.password = "campaign_manager"

    def _last(self):
        return self.exports.search([], limit=1)

    def test_export_by_call(self):
        leads = self.leads.with_user(self.manager)
        leads.export_data(["name", "phone"])
        row = self._last()
        self.assertEqual((row.user_id, row.row_count), (self.manager, 6))
        self.assertEqual(row.model_name, "crm.lead")
        self.assertEqual(row.field_names, "name, phone")
        self.assertEqual(row.record_refs, ", ".join(map(str, self.leads.ids)))

    def test_export_of_a_search(self):
        """The search of Odoo's own export is logged, in both formats."""
        self.authenticate("campaign_manager", "campaign_manager")
        domain = [["id", "in", self.leads[:2].ids]]
        for kind in ("csv", "xlsx"):
            response = self.url_open(
                f"/web/export/{kind}",
                data={
                    "data": json.dumps(
                        {
                            "model": "crm.lead",
                            "fields": [
                                {"name": "name", "label": "Name", "type": "char"}
                            ],
                            "ids": False,
                            "domain": domain,
                            "import_compat": False,
                        }
                    ),
                    "csrf_token": http.Request.csrf_token(self),
                },
            )
            response.raise_for_status()
            row = self._last()
            self.assertEqual(json.loads(row.search_domain), domain)
            self.assertEqual((row.row_count, row.user_id), (2, self.manager))
            self.assertFalse(row.record_refs)

    def test_export_through_another_model(self):
        """A path that ends at a name is an export of names."""
        events = self.env["calendar.event"].create(
            {"name": "Visit", "start": "2030-01-01", "stop": "2030-01-01"}
        )
        before = self.exports.search_count([])
        self.env["crm.portfolio"].search([], limit=1).export_data(["name"])
        events.export_data(["name"])
        self.assertEqual(self.exports.search_count([]), before)
        events.export_data(["name", "opportunity_id/phone"])
        self.assertEqual(self._last().model_name, "calendar.event")

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_closed_and_unchangeable(self):
        self.leads.with_user(self.manager).export_data(["name"])
        row = self._last()
        with self.assertRaises(UserError):
            row.row_count = 0
        with self.assertRaises(UserError):
            row.unlink()
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            with self.assertRaises(AccessError):
                self.exports.with_user(user).search([])
        with self.assertRaises(AccessError):
            row.with_user(self.manager).unlink()

    def test_refused_export_is_no_export(self):
        before = self.exports.search_count([])
        with self.assertRaises(UserError):
            self.leads.with_user(self.operator).export_data(["name"])
        self.assertEqual(self.exports.search_count([]), before)
