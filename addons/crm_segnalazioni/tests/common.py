from odoo import fields

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon


class SegnalazioneCase(CallcenterCommon):
    """A customer with a name, products, and documents of each shipped type.

    From ``CallcenterCommon``: a user per role (``operator``, ``coordinator``,
    ``agent``, ``agent_two``, ``back_office``, ``manager``), ``zone`` and ``leads``.
    ``types`` and ``states`` hold the shipped ones by the second part of their external
    identifier: ``self.types["contract"]``, ``self.states["signed"]``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.types = cls._shipped("crm.segnalazione.type", "type_")
        cls.states = cls._shipped("crm.segnalazione.state", "state_")
        # Most tests of contracts are about what comes after the signature.
        cls.types["contract"].default_state_id = cls.states["signed"]
        cls.partner = cls.env["res.partner"].create(
            {"name": "Customer of the tests", "email": "customer@example.com"}
        )
        cls.lead = cls.leads[0]
        cls.lead.write(
            {
                "partner_id": cls.partner.id,
                "type": "opportunity",
                "user_id": cls.agent.id,
            }
        )
        cls.product, cls.product_two = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "list_price": price,
                    "invoice_policy": "order",
                    "taxes_id": [fields.Command.clear()],
                }
                for name, price in (("Plant 6 kW", 9000), ("Battery 10 kWh", 5000))
            ]
        )

    @classmethod
    def _shipped(cls, model, prefix):
        """Return shipped records by what follows a prefix in their identifiers."""
        data = cls.env["ir.model.data"].search(
            [
                ("module", "=", "crm_segnalazioni"),
                ("model", "=", model),
                ("name", "=like", prefix.replace("_", r"\_") + "%"),
            ]
        )
        return {
            row.name.removeprefix(prefix): cls.env[model].browse(row.res_id)
            for row in data
        }

    @classmethod
    def _document(cls, document_type, **values):
        """Return a new document of the agent, with one line.

        :param document_type: ``crm.segnalazione.type``, or its key in ``types``
        :param values: of the order
        :rtype: sale.order
        """
        if isinstance(document_type, str):
            document_type = cls.types[document_type]
        return cls.env["sale.order"]._create_segnalazione(
            document_type,
            {
                "partner_id": cls.partner.id,
                "opportunity_id": cls.lead.id,
                "user_id": cls.agent.id,
                "zone_id": cls.zone.id,
                "order_line": [
                    fields.Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": 1,
                            "price_unit": 9000,
                        }
                    )
                ],
                **values,
            },
        )

    @classmethod
    def _transition(cls, document_type, from_state, to_state, **values):
        """Return the step between two states, made if there is none.

        What the shipped step asks for and does is taken away, so that a test only has
        what it names.

        :param document_type: ``crm.segnalazione.type``, or its key in ``types``
        :param str from_state: key in ``states``
        :param str to_state: key in ``states``
        :param values: written to it
        :rtype: crm.segnalazione.transition
        """
        if isinstance(document_type, str):
            document_type = cls.types[document_type]
        ends = {
            "type_id": document_type.id,
            "from_state_id": cls.states[from_state].id,
            "to_state_id": cls.states[to_state].id,
            "next_type_id": values.get("next_type_id", False),
        }
        steps = cls.env["crm.segnalazione.transition"]
        step = steps.search([(name, "=", ends[name]) for name in ends], limit=1)
        if step:
            step.write({**cls._bare_step(), **values})
            return step
        return steps.create({"name": f"{from_state} to {to_state}", **ends, **values})

    @classmethod
    def _bare_step(cls):
        """Return the values of a step without conditions and effects."""
        return {
            "group_ids": [fields.Command.clear()],
            "mandatory_field_ids": [fields.Command.clear()],
            **dict.fromkeys(
                (
                    "by_customer",
                    "needs_signature",
                    "asks_reason",
                    "order_effect",
                    "mail_template_id",
                    "activity_type_id",
                    "server_action_id",
                    "outcome_id",
                    "outcome_type_id",
                ),
                False,
            ),
        }

    @classmethod
    def _step(cls, order, to_state, user=None, **values):
        """Bring a document to a state by the step that leads there.

        :param sale.order order: the document
        :param str to_state: key in ``states``
        :param res.users user: who takes it, the superuser by default
        :return: the row of the trace
        :rtype: crm.segnalazione.move
        """
        step = order.segnalazione_type_id.transition_ids.filtered(
            lambda one: (
                one.from_state_id == order.segnalazione_state_id
                and one.to_state_id == cls.states[to_state]
            )
        )[:1]
        order = order.with_user(user) if user else order
        return order._take_transition(step.with_env(order.env), **values)
