"""Proof that a write comes from the workflow of documents.

A context key can be sent by any client with a request; the identity of this object
can't. Only Python code that imports it may write what the workflow alone writes.
"""

WORKFLOW_KEY = "crm_segnalazioni_workflow"
WORKFLOW = object()
#: Says that a customer acts, by paying; the value is WORKFLOW as well.
CUSTOMER_KEY = "crm_segnalazioni_customer"


def is_workflow(env):
    """Tell whether this environment was opened by the workflow of documents."""
    return env.context.get(WORKFLOW_KEY) is WORKFLOW
