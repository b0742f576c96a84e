"""The plain form of one name, read as the web client reads it: the yardstick."""

import json
import xml.etree.ElementTree as ElementTree

X2MANY = ("one2many", "many2many")
LIMIT = 40
#: Path of the action whose form is read.
ACTION = "names"


class NameForm:
    """The names form of a user: its specification is what the web client sends."""

    def __init__(self, browser):
        self.browser = browser
        action = browser.load_action(ACTION)
        views = browser.call(
            "crm.lead",
            "get_views",
            views=action["views"],
            options={"toolbar": True, "load_filters": True, "action_id": action["id"]},
        )
        arch = ElementTree.fromstring(views["views"]["form"]["arch"])
        models = {name: model["fields"] for name, model in views["models"].items()}
        self.specification = specification(arch, "crm.lead", models)

    def read(self, lead_id):
        """Read one name, all that its form shows."""
        return self.browser.call(
            "crm.lead",
            "web_read",
            [lead_id],
            specification=self.specification,
            context={"bin_size": True},
        )


def specification(arch, model, models):
    """Return what ``web_read`` is asked for a view, as ``getFieldsSpec`` builds it.

    :param arch: the view's (or embedded view's) element
    :param str model: its model
    :param dict models: descriptions of fields by model and field
    """
    wanted = {}
    for node in _own_fields(arch):
        name = node.get("name")
        field = models[model][name]
        wanted[name] = _field(node, field, models)
    return wanted


def _field(node, field, models):
    hidden = node.get("invisible") in ("1", "True")
    if field["type"] in X2MANY and not hidden:
        inner = next((child for child in node if child.tag in ("list", "kanban")), None)
        if inner is None:
            return {}
        fields = specification(inner, field["relation"], models)
        return {"fields": fields, "limit": LIMIT}
    if field["type"] in ("many2one", "reference"):
        return {"fields": {} if hidden else {"display_name": {}}}
    return {}


def _own_fields(element):
    """Yield the fields of a view, not those of the views inside its fields."""
    for child in element:
        if child.tag == "field":
            yield child
        else:
            yield from _own_fields(child)


def as_text(wanted):
    """Return a specification as text, for comparison and for the record."""
    return json.dumps(wanted, sort_keys=True)
