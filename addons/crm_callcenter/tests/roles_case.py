from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import new_test_user
from odoo.tools import mute_logger

from .common import CallcenterCommon

REFUSED = "refused"

#: Words that stand in records which the roles under test must not see.
SECRETS = ("Secret", "0305559999", "+390305559999", "IT60SECRET")

MUTED = (
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
    "odoo.models",
    "odoo.sql_db",
)


class _Undo(Exception):
    """Takes an attempt back after it has been made."""


class RolesCase(CallcenterCommon):
    """A name, a customer and an event that are nobody's business, and attempts on them.

    ``secret_attempts`` is a table of ways to learn of them. The campaign manager
    succeeds with each one, which proves that the attempts are worth something; the
    other roles must get a refusal or nothing.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = {
            "operator": cls.operator,
            "coordinator": cls.coordinator,
            "agent": cls.agent,
            "back_office": cls.back_office,
            "manager": cls.manager,
            "project_manager": cls._new_user("pm", "group_project_manager"),
            "installer": cls._new_user("installer", "group_installer"),
            "support": cls._new_user("support", "group_support"),
        }
        for login, group in (
            ("employee", "base.group_user"),
            ("administrator", "base.group_system"),
        ):
            cls.roles[login] = new_test_user(
                cls.env, login, groups=group, context={"no_reset_password": True}
            )
        cls.secret_partner = cls.env["res.partner"].create(
            {
                "name": "Secret Customer",
                "phone": "0305559999",
                "email": "Secret@example.com",
            }
        )
        values = {
            **cls._lead_values(99),
            "name": "Secret Name",
            "contact_name": "Secret Person",
            "phone": "0305559999",
            "type": "opportunity",
            "user_id": cls.agent_two.id,
            "partner_id": cls.secret_partner.id,
        }
        cls.secret = cls.env["crm.lead"].create(values)
        cls.secret.message_subscribe(cls.secret_partner.ids)
        message = cls.secret.message_post(body="Secret message")
        cls.env["mail.notification"].create(
            {"mail_message_id": message.id, "res_partner_id": cls.secret_partner.id}
        )
        cls.secret.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary="Secret activity",
            user_id=cls.agent_two.id,
        )
        cls.env["ir.attachment"].create(
            {
                "name": "Secret file",
                "raw": b"Secret",
                "res_model": "crm.lead",
                "res_id": cls.secret.id,
            }
        )
        cls.secret_event = cls._new_event(
            name="Secret appointment",
            user_id=cls.agent_two.id,
            opportunity_id=cls.secret.id,
            partner_ids=[
                Command.set((cls.agent_two.partner_id | cls.secret_partner).ids)
            ],
            is_sales_appointment=True,
        )
        cls.secret_series = cls._new_event(
            name="Secret series",
            user_id=cls.agent_two.id,
            partner_ids=[Command.set(cls.agent_two.partner_id.ids)],
            recurrency=True,
            rrule_type="daily",
            end_type="count",
            count=2,
        )
        cls.env["res.partner.bank"].create(
            {"acc_number": "IT60SECRET", "partner_id": cls.secret_partner.id}
        )
        cls.secret._register_outcome(
            cls.outcomes["N"], user=cls.operator_two, note="Secret note"
        )
        cls.env["crm.call"].create(
            {
                "uuid": "secret-call",
                "number_e164": "+390305559999",
                "started_at": "2030-01-01 09:00:00",
                "user_id": cls.operator_two.id,
                "lead_id": cls.secret.id,
            }
        )
        # Whoever types a secret number into an own name must learn nothing of it.
        cls.agents_own = cls.env["crm.lead"].create(
            {
                **cls._lead_values(98),
                "name": "Own opportunity",
                "type": "opportunity",
                "user_id": cls.agent.id,
                "phone": "0305559999",
            }
        )

    @classmethod
    def _new_event(cls, **values):
        return cls.env["calendar.event"].create(
            {
                "start": "2030-01-01 10:00:00",
                "stop": "2030-01-01 11:00:00",
                **values,
            }
        )

    # ------------------------------------------------------------
    # ATTEMPTS
    # ------------------------------------------------------------

    def attempt(self, user, call):
        """Make an attempt as somebody, take it back, and return what it gave.

        :param call: called with the environment of the user, as a new request
        :return: the result, or ``REFUSED``
        """
        result = None
        try:
            with mute_logger(*MUTED), self.env.cr.savepoint():
                env = self.env(user=user.id, su=False, context={"lang": "en_US"})
                env.invalidate_all()
                result = call(env)
                env.flush_all()
                raise _Undo
        except _Undo:
            return result
        except (AccessError, UserError):
            return REFUSED
        finally:
            self.env.invalidate_all(flush=False)

    def check_table(self, user, table):
        """Make each attempt of a table and compare what it gives.

        :param table: label -> (call, expected)
        """
        for label, (call, expected) in table.items():
            with self.subTest(role=user.login, attempt=label):
                self.assertEqual(self.attempt(user, call), expected)

    @staticmethod
    def tells(result):
        """Tell whether the result of an attempt gives a secret away."""
        if result == REFUSED or not result:
            return False
        if isinstance(result, int):
            return True
        return any(secret.lower() in str(result).lower() for secret in SECRETS)

    def check_learns_nothing(self, user, attempts=None):
        attempts = self.secret_attempts() if attempts is None else attempts
        for label, call in attempts.items():
            with self.subTest(role=user.login, attempt=label):
                result = self.attempt(user, call)
                self.assertFalse(self.tells(result), result)

    def secret_attempts(self):
        """Return the ways to learn of the secret records.

        :rtype: dict[str, collections.abc.Callable]
        """
        return {
            **self._attempts_on_names(),
            **self._attempts_beside_names(),
            **self._attempts_on_customers(),
            **self._attempts_on_events(),
            **self._attempts_by_linking(),
        }

    def _attempts_on_names(self):
        lead, domain = self.secret.id, [("contact_name", "=", "Secret Person")]
        spec = {"name": {}, "phone": {}}
        model = "crm.lead"
        return {
            "read": lambda e: e[model].browse(lead).read(["name"]),
            "web_read": lambda e: e[model].browse(lead).web_read(spec),
            "has_access": lambda e: e[model].browse(lead).has_access("read"),
            "search": lambda e: e[model].search(domain).mapped("name"),
            "search_read": lambda e: e[model].search_read(domain, ["name"]),
            "search_count": lambda e: e[model].search_count(domain),
            "web_search_read": lambda e: e[model].web_search_read(domain, spec),
            "by phone": lambda e: e[model].search_count(
                [("phone_any", "=", "030 5559999"), ("id", "=", lead)]
            ),
            "name_search": lambda e: e[model].name_search("Secret Name"),
            "web_name_search": lambda e: e[model].web_name_search(
                "Secret Name", {"display_name": {}}
            ),
            "_read_group": lambda e: e[model]._read_group(domain, ["name"]),
            "formatted_read_group": lambda e: e[model].formatted_read_group(
                domain, ["name"], ["__count"]
            ),
            "web_read_group": lambda e: e[model].web_read_group(
                domain, ["contact_name"], ["__count"]
            ),
            "metadata": lambda e: e[model].browse(lead).get_metadata()[0]["id"] == lead,
        }

    def _attempts_beside_names(self):
        lead = self.secret.id
        of_lead = [("res_model", "=", "crm.lead"), ("res_id", "=", lead)]
        messages = [("model", "=", "crm.lead"), ("res_id", "=", lead)]
        follower = {"name": {}, "email": {}}
        return {
            "ledger": lambda e: e["crm.interaction"].search_read(
                [("note", "=", "Secret note")], ["note", "lead_id"]
            ),
            "names by ledger": lambda e: e["crm.lead"].search_count(
                [("interaction_ids.note", "=", "Secret note")]
            ),
            "ledger of name": lambda e: e["crm.interaction"].search_count(
                [("lead_id.contact_name", "=", "Secret Person")]
            ),
            "calls": lambda e: e["crm.call"].search_read([], ["number_e164"]),
            "messages": lambda e: e["mail.message"].search_read(messages, ["body"]),
            "messages grouped": lambda e: (
                e["mail.message"].formatted_read_group(messages, ["model"], ["__count"])
                and "Secret"
            ),
            "activities": lambda e: e["mail.activity"].search_read(
                of_lead, ["summary", "res_name"]
            ),
            "activities grouped": lambda e: e["mail.activity"].formatted_read_group(
                of_lead, ["summary"], ["__count"]
            ),
            "files": lambda e: e["ir.attachment"].search_read(of_lead, ["name"]),
            "followers": lambda e: e["mail.followers"].web_search_read(
                of_lead, follower
            ),
            "followers counted": lambda e: e["mail.followers"].search_count(of_lead),
            "notifications": lambda e: e["mail.notification"].search_count(
                [("res_partner_id", "=", self.secret_partner.id)]
            ),
        }

    def _attempts_on_customers(self):
        partner, domain = self.secret_partner.id, [("name", "=", "Secret Customer")]
        spec = {"name": {}, "phone": {}, "email": {}}
        model = "res.partner"
        return {
            "customer read": lambda e: e[model].browse(partner).read(["name"]),
            "customer search": lambda e: e[model].search_count(domain),
            "customers by phone": lambda e: e[model].search_count(
                [("phone_mobile_search", "=", "0305559999")]
            ),
            "customer web_search_read": lambda e: e[model].web_search_read(
                domain, spec
            ),
            "customer name_search": lambda e: e[model].name_search("Secret"),
            "customer mentions": lambda e: e[model].get_mention_suggestions("Secret"),
            "customer grouped": lambda e: e[model].formatted_read_group(
                domain, ["name"], ["__count"]
            ),
            "customer by name": lambda e: e[model].search_count(
                [("opportunity_ids", "any", [("name", "=", "Secret Name")])]
            ),
            "customer by message": lambda e: (
                e["mail.message"].search_count(
                    [("model", "=", "crm.lead"), ("partner_ids", "any", domain)]
                )
                or e[model].search_count(domain)
            ),
            "bank accounts": lambda e: e["res.partner.bank"].search_read(
                [], ["acc_number", "acc_holder_name", "partner_id"]
            ),
        }

    def _attempts_on_events(self):
        event, domain = self.secret_event.id, [("name", "=", "Secret appointment")]
        model = "calendar.event"
        base_event = {"base_event_id": {"fields": {"display_name": {}}}}
        return {
            "event read": lambda e: e[model].browse(event).read(["name"]),
            "event search": lambda e: e[model].search_count(domain),
            "event grouped": lambda e: e[model].formatted_read_group(
                domain, ["name"], ["__count"]
            ),
            "event by name": lambda e: e[model].search_count(
                [("opportunity_id.contact_name", "=", "Secret Person")]
            ),
            "name by event": lambda e: e["crm.lead"].search_count(
                [("calendar_event_ids", "any", domain)]
            ),
            "attendees": lambda e: e["calendar.attendee"].search_read(
                [], ["common_name", "email", "phone", "event_id"]
            ),
            "attendees by event": lambda e: e["calendar.attendee"].search_count(
                [("event_id", "any", domain)]
            ),
            "recurrences": lambda e: e["calendar.recurrence"].web_search_read(
                [("base_event_id", "=", self.secret_series.id)], base_event
            ),
        }

    def _attempts_by_linking(self):
        """Return ways to read the name, or more, of a record by linking its number."""
        partner, lead, event = (
            self.secret_partner.id,
            self.secret.id,
            self.secret_event.id,
        )
        own = self.agents_own.id

        def shown(name):
            return {name: {"fields": {"display_name": {}}}}

        def filter_by_default(env):
            filters = env["calendar.filters"].with_context(default_partner_id=partner)
            return filters.create({}).web_read(shown("partner_id"))

        def channel(env):
            return (
                env["discuss.channel"]
                .create(
                    {
                        "name": "Group",
                        "channel_type": "group",
                        "channel_member_ids": [Command.create({"partner_id": partner})],
                    }
                )
                .channel_member_ids.mapped("partner_id.name")
            )

        def linked_event(env):
            # What a user may create for itself, and then link.
            mine = env["calendar.event"].create(
                {"name": "Mine", "start": "2031-01-01", "stop": "2031-01-01"}
            )
            mine.write({"opportunity_id": lead})
            return mine.web_read(shown("opportunity_id"))

        return {
            "link in calendar filter": lambda e: (
                e["calendar.filters"]
                .create({"partner_id": partner})
                .web_read(shown("partner_id"))
            ),
            "link by default": filter_by_default,
            "link in a form": lambda e: (
                e["crm.lead"]
                .browse(own)
                .onchange(
                    {"partner_id": partner},
                    ["partner_id"],
                    {"email_from": {}, "partner_id": {"fields": {"display_name": {}}}},
                )
            ),
            "link in a nested form": lambda e: (
                e["crm.lead"]
                .browse(own)
                .onchange(
                    {
                        "calendar_event_ids": [
                            Command.create(
                                {"name": "x", "partner_ids": [Command.set([partner])]}
                            )
                        ]
                    },
                    ["calendar_event_ids"],
                    {"calendar_event_ids": {"fields": {"partner_ids": {}}}},
                )
                and "Secret"
            ),
            "link in a channel": channel,
            "link in an event": linked_event,
            "link in a wizard": lambda e: (
                e["calendar.popover.delete.wizard"]
                .create({"calendar_event_id": event})
                .web_read(shown("calendar_event_id"))
            ),
            "link in a mail": lambda e: (
                e["mail.compose.message"]
                .create({"author_id": partner, "body": "x"})
                .web_read(shown("author_id"))
            ),
        }
