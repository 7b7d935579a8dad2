"""Mistakes made by rule: an operator, a comparison, a constant, an argument changed, a line removed."""

import ast
import copy
import inspect
from collections.abc import Iterator

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
}
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}


def mutants(function) -> Iterator[tuple[str, str]]:
    """Yields for each change what it is, such as "a + b -> a - b", and the whole text of the function."""
    tree = ast.parse(inspect.getsource(function))
    tree.body[0].body = tree.body[0].body[1:]  # without the docstring
    for at, node in enumerate(ast.walk(tree)):
        for change in _changes(node):
            changed = copy.deepcopy(tree)
            own = next(n for i, n in enumerate(ast.walk(changed)) if i == at)
            before = ast.unparse(own)
            change(own)
            after = ast.unparse(ast.fix_missing_locations(changed))
            yield f"{before} -> {ast.unparse(own)}".replace("\n", "; "), after


def _changes(node: ast.AST) -> Iterator:
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield lambda own: setattr(own, "op", OPERATORS[type(own.op)]())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield _swap
    if isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        yield lambda own: setattr(own, "op", OPERATORS[type(own.op)]())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield lambda own: setattr(own, "op", ast.UAdd())
    if isinstance(node, ast.Compare):
        for other in COMPARISONS.get(type(node.ops[0]), ()):
            yield lambda own, other=other: setattr(own, "ops", [other()])
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for value in {node.value + 1, node.value - 1}:
            yield lambda own, value=value: setattr(own, "value", value)
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        yield lambda own: setattr(own, "value", not own.value)
    if isinstance(node, ast.Call) and node.keywords:
        for i in range(len(node.keywords)):
            yield lambda own, i=i: own.keywords.pop(i)
    if hasattr(node, "body") and isinstance(node.body, list):
        for i, line in enumerate(node.body):
            if not isinstance(line, ast.FunctionDef | ast.ClassDef):
                yield lambda own, i=i: own.body.__setitem__(i, ast.Pass())


def _swap(own: ast.BinOp) -> None:
    own.left, own.right = own.right, own.left
