from datetime import datetime, timedelta

from odoo import fields
from odoo.tests.common import TransactionCase, new_test_user


class CallcenterCommon(TransactionCase):
    """Users per role, a zone with an agent at work, and names."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.env.company
        cls.company.country_id = cls.env.ref("base.it")
        cls.operator = cls._new_user("op_one", "group_operator")
        cls.operator_two = cls._new_user("op_two", "group_operator")
        cls.coordinator = cls._new_user("coordinator", "group_coordinator")
        cls.agent = cls._new_user("agent_one", "group_agent")
        cls.agent_two = cls._new_user("agent_two", "group_agent")
        cls.back_office = cls._new_user("back_office", "group_back_office")
        cls.manager = cls._new_user("campaign_manager", "group_campaign_manager")
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Agents of the tests",
                "tz": "Europe/Rome",
                "attendance_ids": [fields.Command.clear()]
                + [
                    fields.Command.create(
                        {
                            "name": f"Day {day}",
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 13,
                            "day_period": "morning",
                        }
                    )
                    for day in range(7)
                ],
            }
        )
        for agent in cls.agent | cls.agent_two:
            cls.env["resource.resource"].create(
                {
                    "name": agent.name,
                    "user_id": agent.id,
                    "calendar_id": cls.calendar.id,
                    "tz": "Europe/Rome",
                }
            )
        cls.province = cls.env.ref("base.state_it_bs")
        cls.other_province = cls.env.ref("base.state_it_mi")
        # The rules of demo data would decide about the provinces of these tests.
        cls.env["crm.zone.rule"].search([]).unlink()
        cls.zone = cls.env["crm.zone"].create(
            {
                "name": "Brescia",
                "agent_ids": [fields.Command.set(cls.agent.ids)],
                "rule_ids": [
                    fields.Command.create(
                        {"kind": "province", "state_id": cls.province.id}
                    )
                ],
            }
        )
        cls.outcomes = {
            kind: cls.env.ref(f"crm_callcenter.crm_outcome_{name}")
            for kind, name in (
                ("R", "call_back"),
                ("N", "not_interested"),
                ("C", "sale"),
                ("T", "appointment"),
            )
        }
        cls.leads = cls.env["crm.lead"].create(
            [cls._lead_values(number) for number in range(1, 7)]
        )

    @classmethod
    def _new_user(cls, login, group):
        return new_test_user(
            cls.env,
            login=login,
            name=login.replace("_", " ").title(),
            groups=f"crm_callcenter.{group}",
            tz="Europe/Rome",
            context={"no_reset_password": True, "tracking_disable": True},
        )

    @classmethod
    def _lead_values(cls, number):
        return {
            "name": f"Name {number}",
            "contact_name": f"Name {number}",
            "type": "lead",
            "user_id": False,
            "team_id": False,
            "stage_id": cls.env["crm.stage"].search([], limit=1).id,
            "phone": f"030 55500{number:02}",
            "mobile": f"333 11122{number:02}",
            "street": f"Via Roma {number}",
            "zip": "25121",
            "city": "Brescia",
            "state_id": cls.province.id,
            "country_id": cls.env.ref("base.it").id,
        }

    @classmethod
    def _next_free_slot(cls, agent=None, minutes=60):
        """Return the first free slot of an agent from tomorrow on, naive UTC."""
        start = datetime.combine(
            fields.Date.today() + timedelta(days=1), datetime.min.time()
        )
        agent = agent or cls.agent
        free = cls.env["crm.agenda"]._free_slots(
            agent, start, start + timedelta(days=7), minutes
        )
        return free[agent.id][0]

    def _set_models_up_again(self):
        """Forget the columns that a test has added or removed."""
        if self.registry.registry_invalidated:
            carriers = self.env["crm.custom.field"]._carriers()
            self.registry._setup_models__(self.cr, carriers)
            self.registry.signal_changes()
