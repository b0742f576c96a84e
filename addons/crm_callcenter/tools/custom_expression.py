"""The expressions of custom fields: a small part of Python that always ends.

``safe_eval`` keeps expressions from reaching what they must not. It doesn't keep one
from calculating for hours (``9 ** 9 ** 9``) or from filling the memory
(``'a' * 10 ** 10``), which in a computed field would stop every operator. So only
what follows is allowed, and what may grow is calculated by functions that look first.
"""

import ast
from functools import lru_cache

#: Longest expression, in characters.
MOST_CHARACTERS = 1000
#: Longest text or list that a multiplication makes, and longest number in bits.
MOST_ITEMS = 10_000
MOST_BITS = 4096

#: Functions that expressions may call.
FUNCTIONS = frozenset(
    (
        *("abs", "all", "any", "bool", "days", "float", "int", "len", "list", "max"),
        *("min", "round", "set", "sorted", "str", "sum"),
    )
)
#: What expressions may use besides fields.
TOOLS = FUNCTIONS | {"today", "now", "value", "True", "False", "None"}
#: Attributes and methods of texts and dates that expressions may use.
ATTRIBUTES = frozenset(
    (
        *("year", "month", "day", "hour", "minute", "days", "date", "weekday"),
        *("lower", "upper", "strip", "title", "capitalize", "startswith", "endswith"),
        *("split", "count", "isdigit", "isalpha", "isalnum", "replace", "join"),
    )
)
_NODES = (
    *(ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Store),
    *(ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.UAdd, ast.USub),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE),
    *(ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.IfExp),
    *(ast.Call, ast.keyword, ast.Attribute, ast.Subscript, ast.Slice),
    *(ast.List, ast.Tuple, ast.Set, ast.Dict, ast.JoinedStr, ast.FormattedValue),
    *(ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.comprehension),
)
_LOOPS = (ast.ListComp, ast.SetComp, ast.GeneratorExp)


class NotAllowed(Exception):
    """An expression uses something that expressions can't do: ``piece``."""

    def __init__(self, piece):
        super().__init__(piece)
        self.piece = piece


def tree_of(expression):
    """Return the syntax tree of an expression.

    :param str expression: one Python expression; empty stands for None
    :rtype: ast.Expression
    :raise SyntaxError: it is none
    """
    try:
        return ast.parse((expression or "None").strip(), mode="eval")
    except (ValueError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error)) from error


@lru_cache(maxsize=4096)
def names_in(expression):
    """Return the names that an expression uses and doesn't define itself.

    :param str expression: one Python expression
    :rtype: frozenset[str]
    :raise SyntaxError: it is none
    """
    names = [node for node in ast.walk(tree_of(expression)) if _is_name(node)]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return frozenset({node.id for node in names} - stored)


@lru_cache(maxsize=4096)
def guarded(expression):
    """Return an expression that does the same and always ends.

    Its names have to be given, and those of :func:`guards`.

    :param str expression: one Python expression
    :rtype: str
    :raise SyntaxError: it is none
    :raise NotAllowed: it uses what expressions can't do
    """
    return ast.unparse(_Guard().visit(_checked(expression)))


@lru_cache(maxsize=1024)
def guarded_for_rows(expression, columns):
    """Return an expression that calculates the same for each of many rows.

    It takes the names of :func:`guards` and ``rows``, a list of dicts.

    :param str expression: one Python expression
    :param frozenset columns: names that each row holds
    :return: the text of a list
    :rtype: str
    """
    tree = _Rows(columns).visit(_Guard().visit(_checked(expression)))
    return f"[{ast.unparse(tree)} for _row in _rows]"


def guards():
    """Return the functions that a guarded expression calls, by name.

    :rtype: dict
    """
    return {"_times": times, "_power": power, "_modulo": modulo}


def times(left, right):
    """Multiply, unless the result would be huge.

    :raise ValueError: it would be
    """
    for some, number in ((left, right), (right, left)):
        if isinstance(some, (str, bytes, list, tuple)):
            if isinstance(number, int) and len(some) * number > MOST_ITEMS:
                raise ValueError("the result would be too long")
            return left * right
    if isinstance(left, int) and isinstance(right, int):
        _check_bits(left.bit_length() + right.bit_length())
    return left * right


def power(base, exponent):
    """Raise to a power, unless the result would be huge.

    :raise ValueError: it would be
    """
    if isinstance(base, int) and isinstance(exponent, int):
        _check_bits(base.bit_length() * abs(exponent))
    return base**exponent


def modulo(left, right):
    """Return the rest of a division; texts are not formatted with it.

    :raise ValueError: the left side is a text
    """
    if isinstance(left, (str, bytes)):
        raise ValueError("% works with numbers only")
    return left % right


def _check_bits(bits):
    if bits > MOST_BITS:
        raise ValueError("the result would be too large")


def _is_name(node):
    return isinstance(node, ast.Name)


def _checked(expression):
    if len(expression) > MOST_CHARACTERS:
        raise NotAllowed(f"{len(expression)} > {MOST_CHARACTERS}")
    tree = tree_of(expression)
    loops = 0
    for node in ast.walk(tree):
        if not isinstance(node, _NODES):
            raise NotAllowed(_piece(node))
        if isinstance(node, ast.Attribute) and node.attr not in ATTRIBUTES:
            raise NotAllowed(f".{node.attr}")
        if isinstance(node, ast.Call):
            _check_call(node)
        if isinstance(node, ast.FormattedValue):
            _check_format(node)
        loops += isinstance(node, _LOOPS)
        if loops > 1 or len(getattr(node, "generators", ())) > 1:
            raise NotAllowed("for … for")
    return tree


def _check_call(node):
    function = node.func
    if not isinstance(function, ast.Attribute):
        if not _is_name(function) or function.id not in FUNCTIONS:
            raise NotAllowed(_piece(node))
        return
    # Others would let a text grow with each time that they are used.
    if function.attr == "replace" and not (
        len(node.args) == 2
        and _is_text(node.args[0], MOST_CHARACTERS, least=1)
        and _is_text(node.args[1], 1)
    ):
        raise NotAllowed(".replace")
    if function.attr == "join" and not (
        _is_text(function.value, 10) and len(node.args) == 1 and _is_list(node.args[0])
    ):
        raise NotAllowed(".join")


def _check_format(node):
    wanted = node.format_spec
    if wanted and not all(_is_text(piece, 5) for piece in wanted.values):
        raise NotAllowed(_piece(node))


def _is_text(node, most, least=0):
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and least <= len(node.value) <= most
    )


def _is_list(node):
    """Tell whether something can be joined: a name, or a list made here."""
    return isinstance(node, (ast.Name, ast.List, ast.Tuple, ast.ListComp))


def _piece(node):
    try:
        return ast.unparse(node)
    except RecursionError:
        return type(node).__name__


class _Guard(ast.NodeTransformer):
    """Let functions calculate what may grow."""

    _FUNCTIONS = {ast.Mult: "_times", ast.Pow: "_power", ast.Mod: "_modulo"}

    def visit_BinOp(self, node):
        self.generic_visit(node)
        name = self._FUNCTIONS.get(type(node.op))
        if not name:
            return node
        function = ast.Name(id=name, ctx=ast.Load())
        return ast.Call(func=function, args=[node.left, node.right], keywords=[])


class _Rows(ast.NodeTransformer):
    """Take names from a row."""

    def __init__(self, columns):
        super().__init__()
        self.columns = columns

    def visit_Name(self, node):
        if node.id not in self.columns:
            return node
        row = ast.Name(id="_row", ctx=ast.Load())
        return ast.Subscript(
            value=row, slice=ast.Constant(value=node.id), ctx=ast.Load()
        )
