import json
from datetime import timedelta

from odoo import fields, http
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

    def _post(self, url, data):
        response = self.url_open(
            url,
            data={
                "data": json.dumps(data),
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        response.raise_for_status()
        return response

    def test_a_pivot_table(self):
        """What leaves as a workbook is logged with its search and its rows."""
        self.authenticate("campaign_manager", "campaign_manager")
        table = {
            "title": "Names",
            "model": "crm.lead",
            "domain": [["city", "=", "Brescia"]],
            "measure_count": 1,
            "col_group_headers": [[{"title": "Total", "width": 1, "height": 1}]],
            "measure_headers": [
                {"title": "Count", "is_bold": True, "width": 1, "height": 1}
            ],
            "rows": [
                {"title": title, "indent": 0, "values": [{"value": 1}]}
                for title in ("Name 1", "Name 2")
            ],
        }
        content = self._post("/web/pivot/export_xlsx", table).content
        self.assertEqual(content[:2], b"PK")
        row = self._last()
        self.assertEqual((row.user_id, row.row_count), (self.manager, 2))
        self.assertEqual(json.loads(row.search_domain), [["city", "=", "Brescia"]])
        self.assertEqual(row.field_names, "pivot: Count")
        before = self.exports.search_count([])
        self._post("/web/pivot/export_xlsx", {**table, "model": "crm.zone"})
        self.assertEqual(self.exports.search_count([]), before)

    def test_printed_names(self):
        """Dossiers, evidence and sheets are logged with the names they are of."""
        self.authenticate("campaign_manager", "campaign_manager")
        ids = self.leads[:2].ids
        for report in ("report_consents", "report_dossier"):
            url = f"/report/html/crm_callcenter.{report}/{','.join(map(str, ids))}"
            self.url_open(url).raise_for_status()
            row = self._last()
            self.assertEqual(row.field_names, f"report: crm_callcenter.{report}")
            self.assertEqual(row.record_refs, ", ".join(map(str, ids)))
            self.assertEqual((row.row_count, row.user_id), (2, self.manager))

    def test_through_the_address_for_programs(self):
        self.env["ir.config_parameter"].sudo().set_param("web.json.enabled", True)
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.manager)
            ._generate("rpc", "Test", fields.Datetime.now() + timedelta(days=1))
        )
        action = self.env.ref("crm_callcenter.crm_lead_action_names")
        domain = f"[('id', 'in', {self.leads[:3].ids})]"
        response = self.url_open(
            f"/json/1/action-{action.id}?view_type=list&limit=80&offset=0"
            f"&domain={domain}",
            headers={"Authorization": f"Bearer {key}"},
        )
        response.raise_for_status()
        row = self._last()
        self.assertEqual((row.user_id, row.row_count), (self.manager, 3))
        self.assertEqual(row.search_domain, domain)

    @mute_logger(
        "odoo.addons.base.models.ir_rule",
        "odoo.http",
        "odoo.addons.web.controllers.export",
    )
    def test_nobody_exports_more_than_they_see(self):
        """Roles may not export; who is allowed to gets what the rules let through."""
        unseen = self.leads[0]
        for user in (self.operator, self.coordinator, self.agent, self.back_office):
            with self.assertRaises(UserError):
                unseen.with_user(user).export_data(["name"])
        self.agent.group_ids += self.env.ref("base.group_allow_export")
        self.agent.password = "agent_one_agent"
        own = self.env["crm.lead"].create(
            {**self._lead_values(70), "type": "opportunity", "user_id": self.agent.id}
        )
        with self.assertRaises(AccessError):
            (own | unseen).with_user(self.agent).export_data(["name", "phone"])
        self.authenticate("agent_one", "agent_one_agent")
        data = {
            "model": "crm.lead",
            "fields": [{"name": "name", "label": "Name", "type": "char"}],
            "ids": False,
            "domain": [["id", "in", (own | unseen).ids]],
            "import_compat": False,
        }
        text = self._post("/web/export/csv", data).text
        self.assertIn(own.name, text)
        self.assertNotIn(unseen.name, text)
        self.assertEqual(self._last().row_count, 1)
        before = self.exports.search_count([])
        refused = self.url_open(
            "/web/export/csv",
            data={
                "data": json.dumps({**data, "ids": unseen.ids}),
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        self.assertNotEqual(refused.status_code, 200)
        self.assertNotIn(unseen.name, refused.text)
        self.assertEqual(self.exports.search_count([]), before)

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
