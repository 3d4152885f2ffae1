"""What SQL Server refuses in T-SQL that the parser lets through. The numbers are those of SQL Server's errors."""

import re

from sqlglot import exp

# Words of other databases, outside of texts in quotes and names in brackets.
FOREIGN = re.compile(
    r"\b(LIMIT|RETURNING|ON CONFLICT|NULLS (FIRST|LAST)|unnest|ILIKE|TRUE|FALSE|INDEXED BY|rowid|substr|length|COLLATE BINARY)\b"
    r"|\|\||::|`|\?\d|\$\d", re.IGNORECASE)
QUOTED = re.compile(r"'(?:[^']|'')*'|\[[^\]]*\]")
RESERVED = re.compile(r"(?<![\w@])(key|schema|index|user|order|group|percent|plan)\b(?! \()", re.IGNORECASE)
CONDITION = (exp.Is, exp.Not, exp.Exists, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.And, exp.Or, exp.In, exp.Like)


class Refused(Exception):
    def __init__(self, number, what):
        super().__init__(f"{what} ({number})")
        self.number = number


def bare(node):
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def check_words(sql):
    plain = QUOTED.sub("''", sql)
    found = FOREIGN.search(plain)
    if found:
        raise Refused(102, f"Incorrect syntax near '{found.group(0)}'")
    found = RESERVED.search(re.sub(r"\b(ORDER|GROUP) BY\b|(PRIMARY|FOREIGN) KEY|CREATE (UNIQUE )?INDEX", "", plain))
    if found:
        raise Refused(156, f"Incorrect syntax near the keyword '{found.group(1)}'")
    found = re.search(r",\s*(FROM|WHERE|\)|$)", plain)
    if found:
        raise Refused(102, f"Incorrect syntax near '{found.group(0)}'")
    if re.search(r"'[^']*[^\x00-\x7f]", sql) and not re.search(r"N'[^']*[^\x00-\x7f]", sql):
        raise Refused(0, "a text that is not ASCII lacks its N")


def check_order(order):
    seen = set()
    for term in order.expressions:
        value = bare(term.this)
        if isinstance(value, CONDITION):
            raise Refused(102, "a condition is no value to order by")
        if isinstance(value, (exp.Null, exp.Placeholder)) or (isinstance(value, exp.Literal) and value.is_string):
            raise Refused(408, "a constant expression was encountered in the ORDER BY list")
        text = value.sql()
        if text in seen:
            raise Refused(169, f"'{text}' has been specified more than once in the order by list")
        seen.add(text)


def check_select(select):
    order = select.args.get("order")
    limited = select.args.get("limit") is not None or select.args.get("offset") is not None
    if select.args.get("offset") is not None and order is None:
        raise Refused(102, "OFFSET without ORDER BY")
    inner = isinstance(select.parent, (exp.Subquery, exp.Exists, exp.In))
    if order is not None and inner and not limited:
        raise Refused(1033, "ORDER BY in a subquery without TOP or OFFSET")
    if select.args.get("distinct") and order is not None:
        chosen = {bare(e.this if isinstance(e, exp.Alias) else e).sql() for e in select.expressions}
        if any(bare(term.this).sql() not in chosen for term in order.expressions):
            raise Refused(145, "ORDER BY items must appear in the select list if SELECT DISTINCT is specified")
    if isinstance(select.parent, exp.Subquery) and isinstance(select.parent.parent, (exp.From, exp.Join, exp.Merge)):
        for column in select.expressions:
            if not isinstance(column, (exp.Alias, exp.Column)):
                raise Refused(8155, "no column name was specified in a derived table")
    for column in select.expressions:
        if isinstance(bare(column.this if isinstance(column, exp.Alias) else column), CONDITION):
            raise Refused(102, "a condition is no value to select")
    where = select.args.get("where")
    if where is not None:
        check_condition(where.this)


def check_condition(node):
    node = bare(node)
    if isinstance(node, (exp.And, exp.Or)):
        check_condition(node.this)
        check_condition(node.expression)
    elif isinstance(node, exp.Not):
        check_condition(node.this)
    elif isinstance(node, (exp.Column, exp.Literal, exp.Boolean, exp.Placeholder)):
        raise Refused(4145, f"an expression of non-boolean type where a condition is expected: {node.sql()}")


def check(sql, tree):
    """Raises Refused for what the server would not take."""
    check_words(sql)
    if isinstance(tree, exp.Merge):
        if not sql.rstrip().endswith(";"):
            raise Refused(10713, "A MERGE statement must be terminated by a semi-colon (;)")
        if "WITH (HOLDLOCK)" not in sql:
            raise Refused(0, "MERGE without HOLDLOCK may insert what another inserts")
    for row in tree.find_all(exp.Tuple):
        if isinstance(row.parent, (exp.GT, exp.LT, exp.EQ, exp.GTE, exp.LTE, exp.In)):
            raise Refused(4145, "rows cannot be compared")
    for order in tree.find_all(exp.Order):
        check_order(order)
    for select in tree.find_all(exp.Select):
        check_select(select)
