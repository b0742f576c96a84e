from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CallcenterCommon


@tagged("post_install", "-at_install")
class TestTree(CallcenterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portfolios = cls.env["crm.portfolio"]
        cls.top = cls.portfolios.create({"name": "Retail"})
        cls.middle = cls.portfolios.create({"name": "North", "parent_id": cls.top.id})
        cls.bottom = cls.portfolios.create({"name": "BS", "parent_id": cls.middle.id})

    def test_full_name_follows_a_renamed_parent(self):
        self.assertEqual(self.bottom.complete_name, "Retail / North / BS")
        self.top.name = "Private"
        self.assertEqual(self.bottom.complete_name, "Private / North / BS")

    def test_a_branch_under_itself_is_refused(self):
        for target in (self.top, self.middle, self.bottom):
            with self.assertRaisesRegex(ValidationError, "Retail can't be moved"):
                self.top.parent_id = target
        self.bottom.parent_id = self.top
        self.assertEqual(self.bottom.complete_name, "Retail / BS")

    def test_units_are_one_to_ten_and_one_per_branch(self):
        for unit in (0, 11):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.portfolios.create({"name": "Wrong", "unit": unit})
        with self.assertRaisesRegex(ValidationError, "same unit"):
            self.portfolios.create(
                {"name": "Other", "unit": 2, "parent_id": self.top.id}
            )

    def test_new_names_get_the_general_portfolio(self):
        self.assertEqual(
            self.leads[0].portfolio_id,
            self.env.ref("crm_callcenter.crm_portfolio_default"),
        )
