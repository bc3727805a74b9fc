"""The formulas in words of a test vector's inputs, computed: ``20*sin(2*pi*1*t-45 deg)+3``. Numbers and numpy only."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

import numpy as np

NAMES: dict[str, Any] = {
    name: getattr(np, name) for name in ("sin", "cos", "exp", "sqrt", "abs", "clip", "arange", "linspace", "pi")
}
OPERATIONS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


def formula(text: str, **known: Any) -> Any:
    """What the formula gives for these names; a name or an operation it does not know is an error."""
    plain = re.sub(r"([\d.]+) deg\b", r"(\1*pi/180)", text.split(" (", maxsplit=1)[0]).replace("^", "**")
    return _value(ast.parse(plain, mode="eval").body, NAMES | known)


def _value(node: ast.expr, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.BinOp):
        return OPERATIONS[type(node.op)](_value(node.left, names), _value(node.right, names))
    if isinstance(node, ast.UnaryOp):
        return OPERATIONS[type(node.op)](_value(node.operand, names))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return names[node.func.id](*(_value(each, names) for each in node.args))
    raise ValueError(f"no formula: {ast.unparse(node)}")
