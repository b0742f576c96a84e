"""What the user who asks may see, for rules of models that keep plain numbers."""


def readable_ids(records):
    """Return a query of the records of a model that the current user may see.

    Rules are evaluated as superuser, so the rights of the user are asked for here.

    :param records: any recordset of the model
    :return: archived ones included
    :rtype: SQL
    """
    records = records.sudo(False).with_context(active_test=False)
    return records._search([]).subselect()
