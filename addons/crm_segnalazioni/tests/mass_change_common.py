"""What tests of mass maintenance and of exports need: documents with lines."""

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

from ..tools.workflow import WORKFLOW, WORKFLOW_KEY


class MassChangeCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(cls.env.context, tracking_disable=True, no_reset_password=True)
        )
        cls.back_office = cls._user("mass_office", "group_back_office")
        cls.manager = cls._user("mass_manager", "group_campaign_manager")
        cls.agent = cls._user("mass_agent", "group_agent")
        cls.second_agent = cls._user("mass_agent_2", "group_agent")
        cls.document_type = cls.env["crm.segnalazione.type"].create(
            {
                "name": "Mass",
                "code": "MAS",
                "is_quotation": True,
                "default_state_id": cls._state("state_signed").id,
                "state_ids": [
                    Command.set(
                        (
                            cls._state("state_signed")
                            | cls._state("state_administration")
                            | cls._state("state_confirmed")
                        ).ids
                    )
                ],
            }
        )
        cls.forward = cls._step("state_signed", "state_administration")
        cls.partner = cls.env["res.partner"].create({"name": "Mass customer"})
        cls.product = cls._product("Panel", 100.0)
        cls.other_product = cls._product("Battery", 250.0)

    @classmethod
    def _user(cls, login, group):
        return new_test_user(cls.env, login=login, groups=f"crm_callcenter.{group}")

    @classmethod
    def _state(cls, name):
        return cls.env.ref(f"crm_segnalazioni.{name}")

    @classmethod
    def _step(cls, old, new, **values):
        return cls.env["crm.segnalazione.transition"].create(
            {
                "name": f"{old} {new}",
                "type_id": cls.document_type.id,
                "from_state_id": cls._state(old).id,
                "to_state_id": cls._state(new).id,
                **values,
            }
        )

    @classmethod
    def _product(cls, name, price):
        return cls.env["product.product"].create(
            {"name": name, "type": "service", "list_price": price, "taxes_id": False}
        )

    @classmethod
    def _documents(cls, count, lines=2, **values):
        orders = cls.env["sale.order"].create(
            [
                {
                    "partner_id": cls.partner.id,
                    "segnalazione_type_id": cls.document_type.id,
                    "user_id": cls.agent.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "product_uom_qty": 1 + number,
                                "price_unit": 100.0 + number,
                            }
                        )
                        for number in range(lines)
                    ],
                    **values,
                }
                for _place in range(count)
            ]
        )
        cls.env.flush_all()
        return orders

    def _bring(self, order, **values):
        """Put a document where only the workflow brings it."""
        order.with_context(**{WORKFLOW_KEY: WORKFLOW}).write(values)
        self.env.flush_all()

    def _change(self, records, *values, user=None, **others):
        """Make a mass change of documents with some values."""
        changes = self.env["crm.segnalazione.mass.change"].with_user(
            user or self.back_office
        )
        return changes.create(
            {
                "name": "Change",
                "domain": repr([("id", "in", records.ids)]),
                "value_ids": [Command.create(value) for value in values],
                **others,
            }
        )

    def _run(self, change, kind="run"):
        return change._queue_run(kind)

    def _result_rows(self, run):
        return [
            (
                row.order_id,
                row.line_id,
                row.outcome,
                row.field_name,
                row.old_value,
                row.new_value,
                row.reason,
            )
            for row in run.result_ids.sorted(
                lambda row: (row.order_id.id, row.line_id.id or 0, row.field_name or "")
            )
        ]
