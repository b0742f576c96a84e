from lxml import etree
from requests.exceptions import HTTPError

from odoo import Command
from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from odoo.addons.crm_callcenter.tests.roles_case import MUTED, REFUSED, RolesCase


class CampaignRolesCase(RolesCase):
    """Two campaigns, each with an operator and a coordinator; one is secret."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coordinator_two = cls._new_user("coordinator_two", "group_coordinator")
        cls.campaign, cls.call_list = cls._new_campaign(
            "Own campaign", cls.coordinator, cls.operator
        )
        cls.secret_campaign, cls.secret_list = cls._new_campaign(
            "Secret campaign", cls.coordinator_two, cls.operator_two
        )
        cls.call_list._add_leads(cls.leads.ids)
        cls.secret_list._add_leads(cls.secret.ids)
        cls.lead = cls.leads[0]
        cls.line = cls.call_list.line_ids.filtered(
            lambda line: line.lead_id == cls.lead
        )
        cls.secret_line = cls.secret_list.line_ids
        (cls.campaign | cls.secret_campaign).action_start()
        cls.customer = cls.env["res.partner"].create({"name": "Own customer"})
        cls.leads[1].write({"partner_id": cls.customer.id, "type": "opportunity"})
        cls.event = cls._new_event(
            name="Own appointment",
            user_id=cls.agent.id,
            opportunity_id=cls.leads[1].id,
            partner_ids=[Command.set(cls.agent.partner_id.ids)],
        )

    @classmethod
    def _new_campaign(cls, title, coordinator, operator):
        campaign = cls.env["utm.campaign"].create(
            {
                "title": title,
                "is_call_campaign": True,
                "company_id": cls.company.id,
                "coordinator_ids": [Command.set(coordinator.ids)],
                "agent_ids": [Command.set(cls.agent.ids)],
                "script": f"<p>Script of {title}</p>",
            }
        )
        cls.env["crm.call.window"]._open_always(campaign)
        call_list = cls.env["crm.call.list"].create(
            {
                "name": f"List of {title}",
                "campaign_id": campaign.id,
                "operator_ids": [Command.set(operator.ids)],
            }
        )
        return campaign, call_list

    def secret_attempts(self):
        attempts = super().secret_attempts()
        campaign, call_list = self.secret_campaign.id, self.secret_list.id
        of_campaign = [("id", "=", campaign)]
        of_name = [("lead_id.contact_name", "=", "Secret Person")]
        return {
            **attempts,
            "campaign": lambda e: e["utm.campaign"].browse(campaign).read(["script"]),
            "campaigns": lambda e: e["utm.campaign"].name_search("Secret"),
            "campaign counts": lambda e: sum(
                row["count_total"]
                for row in e["utm.campaign"].search_read(of_campaign, ["count_total"])
            ),
            "campaign by name": lambda e: e["utm.campaign"].search_count(
                [("call_list_ids.line_ids", "any", of_name)]
            ),
            "list": lambda e: e["crm.call.list"].browse(call_list).read(["name"]),
            "list by name": lambda e: e["crm.call.list"].search_count(
                [("line_ids", "any", of_name)]
            ),
            "lines": lambda e: e["crm.call.list.line"].search_read(
                [("list_id", "=", call_list)], ["lead_id", "lead_phone"]
            ),
            "lines by name": lambda e: e["crm.call.list.line"].search_count(of_name),
            "lines grouped": lambda e: e["crm.call.list.line"].formatted_read_group(
                [("campaign_id", "=", campaign)], ["lead_id"], ["__count"]
            ),
            "name by line": lambda e: e["crm.lead"].search_count(
                [("call_list_line_ids.list_id", "=", call_list)]
            ),
        }


@tagged("post_install", "-at_install")
class TestCampaignRoles(CampaignRolesCase):
    """Who sees the names of which lists, and who may do what with them."""

    def test_attempts_are_worth_something(self):
        for label, call in self.secret_attempts().items():
            with self.subTest(attempt=label):
                result = self.attempt(self.manager, call)
                self.assertTrue(self.tells(result), result)

    def test_operator(self):
        """The names of own lists, with their customers and events, and nothing else."""
        self.check_learns_nothing(self.operator)
        lead, line = self.lead.id, self.line.id
        state = self.env.ref("crm_callcenter.crm_commercial_state_customer", False)
        state = state or self.env["crm.commercial.state"].search([], limit=2)[1]

        def write(values):
            return lambda e: e["crm.lead"].browse(lead).write(values)

        self.check_table(
            self.operator,
            {
                "names": (
                    lambda e: e["crm.lead"].search_count([]),
                    len(self.leads),
                ),
                "customers": (
                    lambda e: (
                        e["res.partner"]
                        .search([("name", "=like", "Own c%")])
                        .mapped("name")
                    ),
                    ["Own customer"],
                ),
                "events": (
                    lambda e: e["calendar.event"].search([]).mapped("name"),
                    ["Own appointment"],
                ),
                "main field": (write({"phone": "030 5550000"}), True),
                "state": (write({"commercial_state_id": state.id}), REFUSED),
                "owner": (write({"user_id": self.operator.id}), REFUSED),
                "type": (write({"type": "opportunity"}), REFUSED),
                "zone": (write({"zone_id": False}), REFUSED),
                "archive": (
                    lambda e: e["crm.lead"].browse(lead).action_archive(),
                    REFUSED,
                ),
                "lost": (
                    lambda e: e["crm.lead"].browse(lead).action_set_lost(),
                    REFUSED,
                ),
                "won": (
                    lambda e: e["crm.lead"].browse(lead).action_set_won(),
                    REFUSED,
                ),
                "convert": (
                    lambda e: (
                        e["crm.lead"]
                        .browse(lead)
                        .convert_opportunity(e["res.partner"].browse())
                    ),
                    REFUSED,
                ),
                "merge": (
                    lambda e: (
                        e["crm.lead"].browse(self.leads[:2].ids).merge_opportunity()
                    ),
                    REFUSED,
                ),
                "delete": (lambda e: e["crm.lead"].browse(lead).unlink(), REFUSED),
                "copy": (lambda e: e["crm.lead"].browse(lead).copy(), REFUSED),
                "create": (lambda e: e["crm.lead"].create({"name": "x"}), REFUSED),
                "name_create": (lambda e: e["crm.lead"].name_create("x"), REFUSED),
                "load": (
                    lambda e: e["crm.lead"].load(["name"], [["x"]])["ids"],
                    False,
                ),
                "export": (
                    lambda e: e["crm.lead"].browse(lead).export_data(["name"]),
                    REFUSED,
                ),
                "write a line": (
                    lambda e: e["crm.call.list.line"].browse(line).write({"rank": 9}),
                    REFUSED,
                ),
                "read a token": (
                    lambda e: (
                        e["crm.call.list.line"].browse(line).read(["claim_token"])
                    ),
                    REFUSED,
                ),
                "write a list": (
                    lambda e: (
                        e["crm.call.list"]
                        .browse(self.call_list.id)
                        .write({"name": "x"})
                    ),
                    REFUSED,
                ),
                "join a list": (
                    lambda e: (
                        e["crm.call.list"]
                        .browse(self.secret_list.id)
                        .write({"operator_ids": [Command.link(e.uid)]})
                    ),
                    REFUSED,
                ),
                "line by name": (
                    lambda e: (
                        e["crm.lead"]
                        .browse(lead)
                        .write({"call_list_line_ids": [Command.delete(line)]})
                    ),
                    REFUSED,
                ),
                "list state": (
                    lambda e: e["crm.list.state"].name_create("x"),
                    REFUSED,
                ),
                "count of campaign": (
                    lambda e: (
                        e["utm.campaign"].browse(self.campaign.id).read(["count_total"])
                    ),
                    REFUSED,
                ),
                "script of campaign": (
                    lambda e: (
                        "Own campaign"
                        in e["utm.campaign"].browse(self.campaign.id).script
                    ),
                    True,
                ),
                "import": (lambda e: e["crm.list.import"].search([]), REFUSED),
                "import rows": (
                    lambda e: e["crm.list.import.row"].search([]),
                    REFUSED,
                ),
                "slots": (lambda e: e["crm.agent.slot"].search([]), REFUSED),
            },
        )

    def test_operator_and_a_name_in_other_hands(self):
        """A name of the own list that somebody else holds can't be written."""
        self.call_list.operator_ids += self.operator_two
        self.line.write(
            {
                "claimed_by_id": self.operator_two.id,
                "claimed_until": "2099-01-01 00:00:00",
                "claim_token": "token",
            }
        )
        write = {
            "phone": (
                lambda e: e["crm.lead"].browse(self.lead.id).write({"city": "x"}),
                REFUSED,
            )
        }
        self.check_table(self.operator, write)
        self.line.claimed_until = "2000-01-01 00:00:00"
        write["phone"] = (write["phone"][0], True)
        self.check_table(self.operator, write)

    def test_desk_with_forged_values(self):
        """The desk opens no name for a number, a guessed or a foreign token."""
        self.secret_line.write(
            {
                "claimed_by_id": self.operator_two.id,
                "claimed_until": "2099-01-01 00:00:00",
                "claim_token": "token",
            }
        )
        held = self.secret_line.id
        # A claim that has run out keeps its token: true and patterns are no token.
        self.line.write({"claimed_by_id": False, "claim_token": "other"})
        free = self.line.id
        table = {}
        for label, line, token in (
            ("foreign token", held, "token"),
            ("no token", held, ""),
            ("false", held, False),
            ("true", free, True),
            ("pattern", free, "%"),
            ("no line", 0, "token"),
        ):
            for name, call in {
                "dial": lambda e, a: e["crm.desk"].log_dial(*a, "phone"),
                "agenda": lambda e, a: e["crm.desk"].agenda(*a),
                "hold": lambda e, a: e["crm.desk"].hold_slot(
                    *a, self.agent.id, "2030-01-01 10:00:00", "2030-01-01 11:00:00"
                ),
                "confirm": lambda e, a: e["crm.desk"].confirm(
                    *a, token="t", outcome_id=self.outcomes["N"].id
                ),
            }.items():
                if (name, token) == ("confirm", True):
                    continue  # the database itself refuses the comparison
                table[f"{name} with {label}"] = (
                    lambda e, call=call, args=(line, token): call(e, args),
                    REFUSED,
                )
        self.check_table(self.operator, table)
        self.check_table(
            self.operator,
            {
                "heartbeat": (
                    lambda e: e["crm.desk"].heartbeat(held, "token"),
                    False,
                ),
                "release": (lambda e: e["crm.desk"].release(held, "token"), False),
                "next of a foreign campaign": (
                    lambda e: (
                        e["crm.desk"].next_name(self.secret_campaign.id).get("lead")
                    ),
                    None,
                ),
                "foreign campaign by its reason": (
                    lambda e: (
                        "Secret"
                        in e["crm.desk"].next_name(self.secret_campaign.id)["reason"]
                    ),
                    False,
                ),
                "foreign call": (
                    lambda e: e["crm.desk"].end_call("secret-call"),
                    False,
                ),
            },
        )
        desk = {"desk": (lambda e: e["crm.desk"].open(), REFUSED)}
        for role in ("agent", "back_office", "installer", "employee"):
            self.check_table(self.roles[role], desk)

    def test_coordinator(self):
        """The names and lists of the campaigns that the coordinator leads."""
        self.check_learns_nothing(self.coordinator)
        call_list = self.call_list.id
        self.check_table(
            self.coordinator,
            {
                "names": (
                    lambda e: e["crm.lead"].search_count([]),
                    len(self.leads),
                ),
                "campaigns": (
                    lambda e: (
                        e["utm.campaign"]
                        .search([("is_call_campaign", "=", True)])
                        .mapped("title")
                    ),
                    ["Own campaign"],
                ),
                "counts": (
                    lambda e: e["utm.campaign"].browse(self.campaign.id).count_total,
                    len(self.leads),
                ),
                "operators of a list": (
                    lambda e: (
                        e["crm.call.list"]
                        .browse(call_list)
                        .write({"operator_ids": [Command.link(self.operator_two.id)]})
                    ),
                    True,
                ),
                "operators of a foreign list": (
                    lambda e: (
                        e["crm.call.list"]
                        .browse(self.secret_list.id)
                        .write({"operator_ids": [Command.link(e.uid)]})
                    ),
                    REFUSED,
                ),
                "move a list to a foreign campaign": (
                    lambda e: (
                        e["crm.call.list"]
                        .browse(call_list)
                        .write({"campaign_id": self.secret_campaign.id})
                    ),
                    REFUSED,
                ),
                "hide a list from the manager": (
                    lambda e: (
                        e["crm.call.list"].browse(call_list).write({"owner_id": e.uid})
                    ),
                    REFUSED,
                ),
                "create a list": (
                    lambda e: e["crm.call.list"].create(
                        {"name": "x", "campaign_id": self.campaign.id}
                    ),
                    REFUSED,
                ),
                "campaign": (
                    lambda e: (
                        e["utm.campaign"].browse(self.campaign.id).write({"title": "x"})
                    ),
                    REFUSED,
                ),
                "start": (
                    lambda e: e["utm.campaign"].browse(self.campaign.id).action_close(),
                    REFUSED,
                ),
                "slots": (lambda e: e["crm.agent.slot"].search([]), REFUSED),
                "export": (
                    lambda e: e["crm.lead"].browse(self.lead.id).export_data(["name"]),
                    REFUSED,
                ),
            },
        )

    def test_other_roles(self):
        for role in ("agent", "project_manager", "installer", "support"):
            self.check_learns_nothing(self.roles[role])
        closed = {
            model: (lambda e, model=model: e[model].search([]), REFUSED)
            for model in (
                "crm.call.list",
                "crm.call.list.line",
                "crm.list.import",
                "crm.list.import.row",
                "crm.list.import.column",
            )
        }
        for role in ("agent", "back_office", "support", "employee", "administrator"):
            self.check_table(self.roles[role], closed)

    def test_manager_sees_no_personal_list(self):
        """How many names one person has handled is a figure of that person."""
        personal = self.env["crm.call.list"].create(
            {
                "name": "Handled by Op One",
                "owner_id": self.operator.id,
                "operator_ids": [Command.set(self.operator.ids)],
            }
        )
        personal._add_leads(self.secret.ids)
        self.check_table(
            self.manager,
            {
                "lists": (
                    lambda e: e["crm.call.list"].search_count(
                        [("owner_id", "!=", False)]
                    ),
                    0,
                ),
                "its count": (
                    lambda e: (
                        e["crm.call.list"].browse(personal.id).read(["count_total"])
                    ),
                    REFUSED,
                ),
                "lines": (
                    lambda e: e["crm.call.list.line"].search_count(
                        [("list_id", "=", personal.id)]
                    ),
                    0,
                ),
                "lines by who holds them": (
                    lambda e: e["crm.call.list.line"].formatted_read_group(
                        [], ["claimed_by_id"], ["__count"]
                    ),
                    REFUSED,
                ),
                "recalls of somebody": (
                    lambda e: e["crm.call.list.line"].search_count(
                        [("recall_user_id", "=", self.operator.id)]
                    ),
                    REFUSED,
                ),
            },
        )
        # What the operator has handled stays visible to it, wherever the name is.
        self.check_table(
            self.operator,
            {
                "own personal list": (
                    lambda e: e["crm.call.list"].browse(personal.id).count_total,
                    1,
                ),
                "handled name": (
                    lambda e: (
                        e["crm.lead"].browse(self.secret.id).read(["phone"]) != []
                    ),
                    True,
                ),
                "own recalls": (
                    lambda e: e["crm.call.list.line"].search_count(
                        [("recall_user_id", "=", e.uid)]
                    ),
                    0,
                ),
            },
        )

    def test_coordinator_sees_figures_once_agreed(self):
        """With an agreement: figures per person, of the own campaigns only."""
        for lead, campaign in (
            (self.lead, self.campaign),
            (self.secret, self.secret_campaign),
        ):
            lead._register_outcome(
                self.outcomes["N"], user=self.operator, campaign=campaign
            )

        def figures(env):
            groups = env["crm.interaction"].formatted_read_group(
                [], ["user_id"], ["__count"]
            )
            return [(group["user_id"][1], group["__count"]) for group in groups]

        self.check_table(self.coordinator, {"off": (figures, REFUSED)})
        self.company.write(
            {
                "individual_monitoring": True,
                "monitoring_agreement_date": "2026-01-15",
                "monitoring_agreement_reference": "Agreement 3/2026",
            }
        )
        self.check_table(self.coordinator, {"on": (figures, [("Op One", 1)])})


@tagged("post_install", "-at_install")
class TestScreens(CampaignRolesCase):
    """The screens of each role open: views, rows and forms, without a refusal."""

    def test_screens(self):
        callcenter, campaigns = "crm_callcenter.", "crm_campaign_motivi."
        names = callcenter + "crm_lead_action_names"
        history = callcenter + "crm_interaction_action"
        calls = callcenter + "crm_call_action"
        my_opportunities = callcenter + "crm_lead_action_my_opportunities"
        my_appointments = callcenter + "calendar_event_action_my_appointments"
        opportunities = callcenter + "crm_lead_action_opportunities"
        recalls = campaigns + "crm_call_list_line_action_recalls"
        lists = campaigns + "crm_call_list_action"
        call_campaigns = campaigns + "utm_campaign_action_call"
        settings = [
            callcenter + "crm_outcome_action",
            callcenter + "crm_zone_action",
            campaigns + "crm_list_state_action",
        ]
        for lead in self.leads[:2] | self.agents_own:
            lead._register_outcome(
                self.outcomes["R"], user=self.operator, campaign=self.campaign
            )
        # Somebody who has left stands in the history.
        gone = self._new_user("gone", "group_operator")
        self.lead._register_outcome(
            self.outcomes["N"], user=gone, campaign=self.campaign
        )
        gone.active = False
        self.line.write(
            {
                "category": "recall",
                "recall_user_id": self.operator.id,
                "recall_scope": "private",
            }
        )
        self.event.is_sales_appointment = True
        self.env["crm.call"].create(
            {
                "uuid": "own-call",
                "number_e164": "+393331112201",
                "started_at": "2030-01-01 09:00:00",
                "user_id": self.operator.id,
                "lead_id": self.lead.id,
                "line_id": self.line.id,
            }
        )
        for role, actions in {
            "operator": [names, history, calls, recalls],
            "coordinator": [names, history, calls, lists, call_campaigns],
            "agent": [my_opportunities, my_appointments],
            "back_office": [opportunities, history],
            "manager": [names, opportunities, history, calls, lists, call_campaigns]
            + settings,
        }.items():
            for xmlid in actions:
                with self.subTest(role=role, action=xmlid):
                    self._open(self.roles[role], xmlid)

    def _open(self, user, xmlid):
        """Do what the web client does when a user opens an action and its first row."""
        self.env.flush_all()
        self.env.invalidate_all()
        env = self.env(user=user.id, su=False, context={"lang": "en_US"})
        action = env["ir.actions.act_window"]._for_xml_id(xmlid)
        model = env[action["res_model"]]
        views = model.get_views(
            [*action["views"], (False, "search")], {"toolbar": True}
        )["views"]
        domain = self._evaluated(action["domain"], user)
        for view_type in {view_type for _id, view_type in action["views"]} & {
            "list",
            "kanban",
            "form",
        }:
            spec = self._spec(model, etree.fromstring(views[view_type]["arch"]))
            found = model.web_search_read(domain, spec, limit=80)
            self.assertTrue(found["records"], "nothing to show")
            model.browse(found["records"][0]["id"]).web_read(spec)

    @staticmethod
    def _evaluated(domain, user):
        domain = domain or []
        if isinstance(domain, str):
            domain = safe_eval(domain, {"uid": user.id})
        return domain

    def _spec(self, model, node):
        """Return the specification that the web client derives from a view."""
        spec = {}
        for field_node in node.xpath(".//field[not(ancestor::field)]"):
            name = field_node.get("name")
            field = model._fields[name]
            if field.type == "many2one":
                spec[name] = {"fields": {"display_name": {}}}
            elif field.type in ("one2many", "many2many"):
                comodel = model.env[field.comodel_name]
                inner = field_node.find("list")
                sub = {"display_name": {}}
                if inner is not None:
                    copy = etree.fromstring(etree.tostring(inner))
                    sub = self._spec(comodel, copy)
                spec[name] = {"fields": sub}
            else:
                spec[name] = {}
        return spec


@tagged("post_install", "-at_install")
class TestChatter(CampaignRolesCase, HttpCase):
    """What the browser asks the server for beside the views."""

    def _login(self, user):
        # As ``new_test_user`` makes passwords.
        self.authenticate(user.login, user.login + "x" * (8 - len(user.login)))

    def _asked(self, route, **params):
        """Return what the server answers, as text, or ``REFUSED``."""
        try:
            return str(self.make_jsonrpc_request(route, params))
        except (JsonRpcException, HTTPError):
            return REFUSED

    def _thread(self, user, lead):
        """Return what the chatter of a name shows to a user."""
        self._login(user)
        thread = {"thread_model": "crm.lead", "thread_id": lead.id}
        asked = ["activities", "attachments", "followers", "scheduledMessages"]
        return "".join(
            (
                self._asked(
                    "/mail/data",
                    fetch_params=[["mail.thread", {**thread, "request_list": asked}]],
                ),
                self._asked("/mail/thread/messages", **thread),
                self._asked(
                    "/mail/partner/from_email",
                    **thread,
                    emails=["Secret@example.com"] if lead == self.secret else [],
                ),
            )
        )

    def _card(self, partner):
        """Return what hovering over somebody's picture shows."""
        card = {"id": partner.id, "model": "res.partner"}
        return self._asked("/mail/data", fetch_params=[["avatar_card", card]])

    def test_chatter(self):
        """The chatter of an own name opens; that of a foreign one does not."""
        self.lead.message_post(body="Own message", author_id=self.agent.partner_id.id)
        self.agents_own.message_post(body="Own message")
        for user, lead in (
            (self.operator, self.lead),
            (self.coordinator, self.lead),
            (self.agent, self.agents_own),
            (self.back_office, self.agents_own),
            (self.manager, self.lead),
        ):
            with self.subTest(role=user.login):
                shown = self._thread(user, lead)
                self.assertIn("Own message", shown)
                self.assertNotIn(REFUSED, shown)
        with mute_logger("odoo.http", *MUTED):
            for user in (self.operator, self.coordinator, self.agent):
                with self.subTest(role=user.login):
                    self.assertFalse(self.tells(self._thread(user, self.secret)))
                    self.assertFalse(self.tells(self._card(self.secret_partner)))
            self.assertTrue(self.tells(self._thread(self.manager, self.secret)))
            self.assertTrue(self.tells(self._card(self.secret_partner)))

    def test_first_page(self):
        """What the web client loads first: menus, activities, channels, OdooBot."""
        for role, user in self.roles.items():
            with self.subTest(role=role):
                self._login(user)
                self.assertEqual(self.url_open("/odoo").status_code, 200)
                loaded = self.make_jsonrpc_request(
                    "/mail/data",
                    {
                        "fetch_params": [
                            "failures",
                            "systray_get_activities",
                            "init_messaging",
                            "channels_as_member",
                        ],
                        "context": {"lang": "en_US"},
                    },
                )
                self.assertIn("Store", loaded)
                bot = self.make_jsonrpc_request(
                    "/web/dataset/call_kw/res.users/read",
                    {
                        "model": "res.users",
                        "method": "read",
                        "args": [user.id, ["name", "odoobot_state"]],
                        "kwargs": {},
                    },
                )
                self.assertEqual(bot[0]["name"], user.name)
