from odoo.tests import tagged

from .roles_case import REFUSED, RolesCase


@tagged("post_install", "-at_install")
class TestRoles(RolesCase):
    """What each role can't learn and can't do with names that are not its own.

    These hold with and without the addons that say which names are one's own.
    """

    def test_attempts_are_worth_something(self):
        """The campaign manager, who may see everything, learns from every attempt."""
        for label, call in self.secret_attempts().items():
            with self.subTest(attempt=label):
                result = self.attempt(self.manager, call)
                self.assertTrue(self.tells(result), result)

    def test_operator(self):
        self.check_learns_nothing(self.operator)
        self.check_table(self.operator, self._forbidden_to_all_but_managers())

    def test_coordinator(self):
        self.check_learns_nothing(self.coordinator)
        self.check_table(self.coordinator, self._forbidden_to_all_but_managers())

    def test_agent(self):
        """Own opportunities only, whose secret phone tells of no other name."""
        self.check_learns_nothing(self.agent)
        self.check_table(self.agent, self._forbidden_to_all_but_managers())
        own = self.agents_own.id
        self.check_table(
            self.agent,
            {
                "own opportunities": (
                    lambda e: e["crm.lead"].search([]).mapped("name"),
                    ["Own opportunity"],
                ),
                "writes it": (
                    lambda e: e["crm.lead"].browse(own).write({"street": "Via 2"}),
                    True,
                ),
                "creates one": (
                    lambda e: e["crm.lead"].create({"name": "New"}),
                    REFUSED,
                ),
                "duplicates of a phone": (
                    lambda e: e["crm.lead"].browse(own).duplicate_lead_count,
                    0,
                ),
            },
        )
        self.assertEqual(
            self.attempt(
                self.manager,
                lambda e: e["crm.lead"].browse(own).duplicate_lead_count,
            ),
            1,
        )

    def test_back_office(self):
        """Opportunities and all customers, but no name before it is one."""
        name, opportunity = self.leads[0].id, self.secret.id
        self.check_table(
            self.back_office,
            {
                "opportunity": (
                    lambda e: e["crm.lead"].browse(opportunity).name,
                    "Secret Name",
                ),
                "customer": (
                    lambda e: e["res.partner"].search_count(
                        [("name", "=", "Secret Customer")]
                    ),
                    1,
                ),
                "event": (
                    lambda e: e["calendar.event"].browse(self.secret_event.id).name,
                    "Secret appointment",
                ),
                "writes an opportunity": (
                    lambda e: (
                        e["crm.lead"].browse(opportunity).write({"street": "Via 2"})
                    ),
                    True,
                ),
                "reads a name": (lambda e: e["crm.lead"].browse(name).name, REFUSED),
                "counts names": (
                    lambda e: e["crm.lead"].search_count([("type", "=", "lead")]),
                    0,
                ),
                "history of a name": (
                    lambda e: e["crm.interaction"].search_count(
                        [("lead_id.type", "=", "lead")]
                    ),
                    0,
                ),
                "deletes": (
                    lambda e: e["crm.lead"].browse(opportunity).unlink(),
                    REFUSED,
                ),
            },
        )
        self.check_table(self.back_office, self._forbidden_to_all_but_managers())

    def test_plants_and_support(self):
        """For now these roles see colleagues and the own company, and no name."""
        colleague = self.agent.partner_id.id
        company = self.company.partner_id.id
        for role in ("project_manager", "installer", "support"):
            user = self.roles[role]
            self.check_learns_nothing(user)
            self.check_table(user, self._forbidden_to_all_but_managers())
            self.check_table(
                user,
                {
                    "names": (lambda e: e["crm.lead"].search([]), REFUSED),
                    "ledger": (lambda e: e["crm.interaction"].search([]), REFUSED),
                    "calls": (lambda e: e["crm.call"].search([]), REFUSED),
                    "slots": (lambda e: e["crm.agent.slot"].search([]), REFUSED),
                    "colleague": (
                        lambda e: e["res.partner"].browse(colleague).name,
                        "Agent One",
                    ),
                    "company": (
                        lambda e: e["res.partner"].browse(company).has_access("read"),
                        True,
                    ),
                },
            )

    def test_employee_without_role(self):
        """Somebody without a role, system administrator or not, gets no name by Odoo's
        own rights."""
        of_names = {**self._attempts_on_names(), **self._attempts_beside_names()}
        # Who follows what is Odoo's business for employees without a role.
        for attempt in ("followers", "followers counted", "notifications"):
            del of_names[attempt]
        for role in ("employee", "administrator"):
            self.check_learns_nothing(self.roles[role], of_names)
            forbidden = self._forbidden_to_all_but_managers()
            # Odoo's administrator may do these by Odoo's own rights.
            if role == "administrator":
                del forbidden["do-not-call list"], forbidden["export partners"]
            self.check_table(self.roles[role], forbidden)

    def test_colleagues(self):
        """Colleagues, also those who have left, are visible; portal users are not."""
        gone = self._new_user("gone", "group_operator")
        gone.active = False
        users = self.env["res.users"].with_context(no_reset_password=True)
        portal = users.create(
            {
                "name": "Secret portal",
                "login": "portal-customer",
                "partner_id": self.secret_partner.id,
                "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
            }
        )
        for role in ("operator", "coordinator", "agent", "support"):
            self.check_table(
                self.roles[role],
                {
                    "who has left": (
                        lambda e: e["res.users"].browse(gone.id).read(["name"]),
                        [{"id": gone.id, "name": "Gone"}],
                    ),
                    "who has left, as author": (
                        lambda e: e["res.partner"].browse(gone.partner_id.id).name,
                        "Gone",
                    ),
                    "portal user": (
                        lambda e: e["res.users"].browse(portal.id).read(["name"]),
                        REFUSED,
                    ),
                    "portal users": (
                        lambda e: e["res.users"].search_count([("share", "=", True)]),
                        0,
                    ),
                },
            )

    def test_letters(self):
        """Odoo opens letters by post, with name and address, to every employee."""
        if "snailmail.letter" not in self.env:
            self.skipTest("letters by post are not installed")
        table = {"letters": (lambda e: e["snailmail.letter"].search_count([]) >= 0,)}
        for role, user in self.roles.items():
            wide = role in ("back_office", "manager", "employee", "administrator")
            expected = True if wide else REFUSED
            self.check_table(
                user, {label: (*call, expected) for label, call in table.items()}
            )

    def test_own_links_still_work(self):
        """What one may read, one may link; what was linked before may stay."""
        own = self.env["res.partner"].create({"name": "Own customer"})
        self.agents_own.partner_id = own
        event = self._new_event(
            name="Own event",
            user_id=self.agent.id,
            partner_ids=[(6, 0, self.agent.partner_id.ids)],
        )
        shown = self.env["calendar.filters"].create(
            {"user_id": self.agent.id, "partner_id": self.secret_partner.id}
        )
        colleague = self.operator.partner_id.id
        self.check_table(
            self.agent,
            {
                "event with own customer and colleague": (
                    lambda e: len(
                        e["calendar.event"]
                        .create(
                            {
                                "name": "Visit",
                                "start": "2031-01-01 10:00:00",
                                "stop": "2031-01-01 11:00:00",
                                "opportunity_id": self.agents_own.id,
                                "partner_ids": [(6, 0, [own.id, colleague])],
                            }
                        )
                        .attendee_ids
                    ),
                    2,
                ),
                "link that was there before": (
                    lambda e: (
                        e["calendar.filters"]
                        .browse(shown.id)
                        .write({"partner_id": self.secret_partner.id})
                    ),
                    True,
                ),
                "other guest": (
                    lambda e: (
                        e["calendar.event"]
                        .browse(event.id)
                        .write(
                            {
                                "partner_ids": [
                                    (4, self.env.ref("base.public_partner").id)
                                ]
                            }
                        )
                    ),
                    REFUSED,
                ),
            },
        )

    def _forbidden_to_all_but_managers(self):
        """Return what only the campaign manager may do; ``test_manager`` proves it."""
        state = self.env["crm.commercial.state"].search([], limit=1).id
        own = self.agents_own.id
        lead = self.leads[0].id
        return {
            "export": (
                lambda e: e["crm.lead"].browse(own).export_data(["name"]),
                REFUSED,
            ),
            "export partners": (
                lambda e: (
                    e["res.partner"].browse(e.user.partner_id.id).export_data(["name"])
                ),
                REFUSED,
            ),
            "delete a name": (lambda e: e["crm.lead"].browse(lead).unlink(), REFUSED),
            "copy a name": (lambda e: e["crm.lead"].browse(lead).copy(), REFUSED),
            "post on it": (
                lambda e: e["crm.lead"].browse(lead).message_post(body="x"),
                REFUSED,
            ),
            "plan on it": (
                lambda e: (
                    e["crm.lead"]
                    .browse(lead)
                    .activity_schedule("mail.mail_activity_data_todo")
                ),
                REFUSED,
            ),
            "write it": (
                lambda e: e["crm.lead"].browse(lead).write({"phone": "030 1"}),
                REFUSED,
            ),
            "merge it": (
                lambda e: e["crm.lead"].browse([own, lead]).merge_opportunity(),
                REFUSED,
            ),
            "move its state": (
                lambda e: (
                    e["crm.lead"].browse(own).write({"commercial_state_id": state + 1})
                ),
                REFUSED,
            ),
            "write the ledger": (
                lambda e: e["crm.interaction"].create(
                    {
                        "lead_id": own,
                        "outcome_id": self.outcomes["N"].id,
                        "date": "2030-01-01",
                        "user_id": e.uid,
                    }
                ),
                REFUSED,
            ),
            "change an outcome": (
                lambda e: (
                    e["crm.outcome"].browse(self.outcomes["N"].id).write({"kind": "C"})
                ),
                REFUSED,
            ),
            "change a zone": (
                lambda e: e["crm.zone"].browse(self.zone.id).write({"name": "x"}),
                REFUSED,
            ),
            "assign zones": (lambda e: e["crm.zone"].action_assign_zones(), REFUSED),
            "create a portfolio": (
                lambda e: e["crm.portfolio"].name_create("x"),
                REFUSED,
            ),
            "create a commercial state": (
                lambda e: e["crm.commercial.state"].name_create("x"),
                REFUSED,
            ),
            "do-not-call list": (lambda e: e["phone.blacklist"].search([]), REFUSED),
        }
