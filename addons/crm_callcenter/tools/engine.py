"""Proof that a write comes from the outcome engine.

A context key can be sent by any client with a request; the identity of this
object can't. Only Python code that imports it may move a commercial state.
"""

ENGINE_KEY = "crm_outcome_engine"
ENGINE = object()


def is_engine(env):
    """Tell whether this environment was opened by the outcome engine."""
    return env.context.get(ENGINE_KEY) is ENGINE
