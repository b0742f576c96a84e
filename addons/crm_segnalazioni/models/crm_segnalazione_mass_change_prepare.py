import datetime

from odoo import models
from odoo.fields import Command
from odoo.tools import float_round

from .crm_segnalazione_mass_change_value import NUMBERS, RECORD_FIELDS, VALUE_FIELDS

#: Digits that a changed number is rounded to, by the name of Odoo's precision.
PRECISIONS = {
    "price": "Product Price",
    "discount": "Discount",
    "quantity": "Product Unit",
}


class CrmSegnalazioneMassChangeValue(models.Model):
    """How the new value of one document or line is found."""

    _inherit = "crm.segnalazione.mass.change.value"

    def _prepared(self):
        """Return how each value is found, ready for very many records.

        :return: name and title of the field; a function of the record that returns
            the new value, whether it is there already, and a sentence if there is
            none; a function that returns why it may not be set, or None
        :rtype: list[tuple]
        """
        return [
            (
                value._field().name,
                value._field()._description_string(self.env),
                value._change(),
                value._obstacle(),
            )
            for value in self
        ]

    def _change(self):
        self.ensure_one()
        if self.operation == "clear":
            return self._change_to(False, [] if self.target == "tax" else False)
        if self.target == "tax":
            taxes = self.tax_ids.ids
            return self._change_to([Command.set(taxes)], taxes)
        if self.target in RECORD_FIELDS:
            record_id = self[RECORD_FIELDS[self.target]].id
            return self._change_to(record_id, record_id)
        if self.target in NUMBERS:
            return self._change_number(self.number, PRECISIONS[self.target])
        if self.operation != "set":
            if self.field_type in ("date", "datetime"):
                return self._change_days()
            return self._change_number(self.value_number, None)
        value = self[VALUE_FIELDS[self.field_type]]
        if self.field_type == "integer":
            value = int(value)
        return self._change_to(value, value)

    def _change_to(self, written, compared):
        """Return the function for a value that is the same everywhere."""
        name, many = self._field().name, self._field().type == "many2many"
        if many and not written:
            written = [Command.set([])]

        def change(record):
            current = record[name]
            if many:
                return written, sorted(current.ids) == sorted(compared), False
            current = (
                current.id
                if self.env.registry[record._name]._fields[name].relational
                else current
            )
            return written, current == compared, False

        return change

    def _change_number(self, number, precision):
        """Return the function for a number that depends on the old one."""
        name, operation = self._field().name, self.operation
        is_integer = self._field().type == "integer"
        digits = 6
        if precision:
            digits = self.env["decimal.precision"].precision_get(precision)
        limit = {"discount": 100.0}.get(self.target)

        def change(record):
            old = new = record[name]
            if operation == "set":
                new = number
            elif operation == "percent":
                new = old * (1 + number / 100.0)
            else:
                new = old + number
            new = float_round(new, precision_digits=digits)
            if is_integer:
                new = round(new)
            problem = False
            if precision and old >= 0 and new < 0 and operation != "set":
                problem = self.env._("It would be less than zero (%(new)s).", new=new)
            elif limit and not -limit <= new <= limit:
                problem = self.env._("A discount is 100 % at most.")
            return new, new == old, problem

        return change

    def _change_days(self):
        """Return the function that moves a date by days."""
        name = self._field().name
        step = datetime.timedelta(days=self.value_number)

        def change(record):
            old = record[name]
            return old and old + step, not old or not step, False

        return change

    def _obstacle(self):
        """Return a function that says why a record may not get the value, if any."""
        self.ensure_one()
        if self.target == "product" and self.product_id:
            return self._product_obstacle()
        if self.target == "agent" and self.agent_id:
            return self._agent_obstacle()
        if self.target == "tax":
            return self._tax_obstacle()
        return None

    def _product_obstacle(self):
        product = self.product_id.sudo()  # sudo: whether it is sold is no secret

        def obstacle(line):
            document_type = line.order_id.segnalazione_type_id
            if not product.active or not product.sale_ok:
                return self.env._(
                    "%(product)s is no longer sold.", product=product.display_name
                )
            allowed = document_type.product_ids
            if allowed and product._origin not in allowed:
                return self.env._(
                    "%(product)s is not a product of documents of type %(type)s.",
                    product=product.display_name,
                    type=document_type.name,
                )
            return False

        return obstacle

    def _agent_obstacle(self):
        agent = self.agent_id.sudo()  # sudo: whether somebody works here is no secret

        def obstacle(order):
            if not agent.active:
                return self.env._("%(agent)s no longer works here.", agent=agent.name)
            if order.company_id not in agent.company_ids:
                return self.env._(
                    "%(agent)s does not work for %(company)s.",
                    agent=agent.name,
                    company=order.company_id.name,
                )
            return False

        return obstacle

    def _tax_obstacle(self):
        companies = self.tax_ids.sudo().company_id  # sudo: only whose taxes they are

        def obstacle(line):
            strange = companies - line.company_id
            if strange:
                return self.env._(
                    "The taxes belong to %(company)s.", company=strange[0].name
                )
            return False

        return obstacle
