"""DuckDB's SQL in Spark's words: sqlglot's translation, and rules where the same words mean something else.

The models are written once, for DuckDB. What a rule below does not say, sqlglot does: the names of types and functions,
and where nulls are in an order.
"""

from collections.abc import Callable

import sqlglot
from sqlglot import exp
from sqlglot.errors import UnsupportedError

from crescendo.spark.rounds import unroll

# functions of the same meaning under another name
FUNCTIONS = {"error": "raise_error", "strlen": "octet_length", "suffix": "endswith"}
# types whose name in Spark sqlglot does not know
TYPES = {
    exp.DType.INT128: "decimal(38, 0)",
    exp.DType.TIMESTAMPTZ: "timestamp_ltz",
    exp.DType.UBIGINT: "decimal(20, 0)",
    exp.DType.UUID: "string",
}
# what is a date whatever it is of
DATES = (exp.LastDay, exp.CurrentDate, exp.TsOrDsToDate)
# what is a date if its argument is one
PASSED_ON = (
    exp.AnyValue, exp.Coalesce, exp.Filter, exp.FirstValue, exp.Greatest, exp.Lag, exp.LastValue, exp.Lead, exp.Least,
    exp.Max, exp.Min, exp.Paren, exp.Window, exp.ArgMax, exp.ArgMin,
)  # fmt: skip
# the values of a group in order, and the middle of a list, which is nothing if the list is empty
LISTED = "sort_array(collect_list(cast(:value as double)))"
MIDDLE = "((" + " + ".join(f"get({{0}}, cast(floor((size({{0}}) + {n}) / 2) as int) - 1)" for n in (1, 2)) + ") / 2)"
UNICODE = "com.ibm.icu.text.Normalizer"
Rule = Callable[..., exp.Expr]
Ask = Callable[[str], list[tuple]]


def translated(sql: str, function: str = "", parameters: tuple[str, ...] = (), ask: Ask | None = None) -> str:
    """One statement of DuckDB's in Spark's dialect.

    Of the query of a table function, `function` is its name and `parameters` are those that an unqualified column of
    that name means. `ask` answers a query of Spark's, for what depends on the rows there are. Raises sqlglot's errors
    if it cannot be read.
    """
    query = sqlglot.parse_one(sql, dialect="duckdb")
    for table in [found for found in query.find_all(exp.Table) if _is_called_by_row(found)]:
        _call_in_turn(query, table, ask)
    for column in list(query.find_all(exp.Column)):
        if not column.table and column.name in parameters:
            column.replace(exp.column(column.name, function))
    _spell_out_windows(query)
    for recursive in list(query.find_all(exp.With)):
        unroll(recursive)
    # from the leaves up: a rule sees what is below it as it will be
    for node in reversed(list(query.walk())):
        rule = RULES.get(type(node))
        made = rule(node) if rule else node
        if made is not node:
            node.replace(made)
    return query.sql(dialect="spark", comments=False)


def _is_called_by_row(table: exp.Table) -> bool:
    """Whether it is a function of ours, called with columns of the table beside it."""
    is_call = isinstance(table.this, exp.Anonymous) and bool(table.db)
    return is_call and any(column.table for column in table.this.find_all(exp.Column))


def _call_in_turn(query: exp.Expr, table: exp.Table, ask: Ask | None) -> None:
    """Of a function called for each row, Spark is asked what it is called with, and calls it with each in turn."""
    select, call, columns = table.parent_select, table.this, table.this.expressions
    parts = ("group", "distinct", "order", "limit", "having")
    if not ask or not select or any(map(select.args.get, parts)) or select.find(exp.AggFunc, exp.Window):
        raise UnsupportedError(f"{call.name} is called for each row, as only a plain select of a table can")
    # the rows beside it, without what is asked of the function's own
    rows = exp.select(*[column.copy() for column in columns]).distinct().from_(select.args["from_"].this.copy())
    where = select.args.get("where")
    for condition in where.this.flatten() if where else ():
        if all(column.table != table.alias for column in condition.find_all(exp.Column)):
            rows = rows.where(condition.copy())
    if query.args.get("with_"):
        rows.set("with_", query.args["with_"].copy())
        rows.args["with_"].set("expressions", rows.args["with_"].expressions[: _step_of(query, select)])
    calls = []
    for values in sorted(ask(translated(rows.sql(dialect="duckdb")))):
        literals = [exp.cast(exp.Literal.string(str(value)), "date") for value in values]
        one = select.copy()
        place = next(found for found in one.find_all(exp.Table) if found == table)
        place.this.set("expressions", literals)
        for column, literal in zip(columns, literals, strict=True):
            one = one.where(exp.EQ(this=column.copy(), expression=literal.copy()))
        calls.append(one)
    if not calls:
        raise UnsupportedError(f"{call.name} is called for each row, and there is none")
    select.replace(exp.union(*calls, distinct=False) if len(calls) > 1 else calls[0])


def _step_of(query: exp.Expr, select: exp.Select) -> int:
    """Which step of a query a select is, counted from 0; the last thing that it says is after all of them."""
    steps = query.args["with_"].expressions
    return next((number for number, step in enumerate(steps) if step.this is select), len(steps))


def _spell_out_windows(query: exp.Expr) -> None:
    """`over (period order by a)` goes on from a named window, which Spark's windows cannot."""
    for select in query.find_all(exp.Select):
        named = {window.name: window for window in select.args.get("windows") or ()}
        for window in [found for item in select.expressions for found in item.find_all(exp.Window)]:
            base = named.get(window.alias)
            if base and (window.args.get("order") or window.args.get("spec")):
                window.set("alias", None)
                for part in ("partition_by", "order", "spec"):
                    inherited = base.args.get(part)
                    if inherited and not window.args.get(part):
                        copied = (
                            [item.copy() for item in inherited] if isinstance(inherited, list) else inherited.copy()
                        )
                        window.set(part, copied)
            elif isinstance(window.parent, exp.Binary):  # Spark would read `over w - 1` as a name with a hyphen
                window.replace(exp.paren(window.copy()))


def type_name(kind: str) -> str:
    """Spark's name of a DuckDB type."""
    return _typed(exp.DataType.build(kind, dialect="duckdb")).sql(dialect="spark").lower()


def is_date(node: exp.Expr | None) -> bool:
    """Whether an expression is a date, by the names that the house gives to dates."""
    match node:
        case exp.Column():
            return node.name.endswith(("_date", "_on"))
        case exp.Cast():
            return node.to.this == exp.DType.DATE
        case exp.Case():
            return any(map(is_date, [*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")]))
        case exp.If():
            return is_date(node.args.get("true"))
        case exp.Add() | exp.Sub():
            return is_date(node.this) and _is_interval(node.expression)
        case exp.Anonymous():
            return node.name in ("date_add", "date_sub")
    return isinstance(node, DATES) or (isinstance(node, PASSED_ON) and is_date(node.this))


def _is_interval(node: exp.Expr) -> bool:
    return isinstance(node, exp.Interval) or (isinstance(node, exp.Anonymous) and node.name.endswith("_interval"))


def _spark(words: str, /, **parts: exp.Expr) -> exp.Expr:
    """An expression from Spark's words, in which :name is a part of what is translated."""
    made = sqlglot.parse_one(words, dialect="spark")
    for place in list(made.find_all(exp.Placeholder)):
        place.replace(parts[place.name].copy())
    return made


# --- days and moments ------------------------------------------------------------------------------------------


def _subtracted(node: exp.Expr) -> exp.Expr:
    if is_date(node.this) and is_date(node.expression):
        return _spark("datediff(:one, :other)", one=node.this, other=node.expression)
    return _moved(node, "date_sub")


def _moved(node: exp.Expr, word: str = "date_add") -> exp.Expr:
    """A date and a number of days; Spark takes an integer, no bigint."""
    if is_date(node.this) and not _is_interval(node.expression):
        return exp.Anonymous(this=word, expressions=[node.this.copy(), exp.cast(node.expression.copy(), "int")])
    return node


def _times(node: exp.Expr) -> exp.Expr:
    """A number of intervals, of which Spark knows the names but not the product with a bigint."""
    number, interval = node.this, node.expression
    unit = interval.unit.name.upper() if isinstance(interval, exp.Interval) and interval.unit else ""
    if unit in ("DAY", "MONTH", "YEAR"):
        word = {"DAY": "make_dt_interval(cast(:number as int))", "MONTH": "make_ym_interval(0, cast(:number as int))",
                "YEAR": "make_ym_interval(cast(:number as int))"}[unit]  # fmt: skip
        return _spark(word, number=number)
    return node


def _seconds(node: exp.Expr) -> exp.Expr:
    """`epoch` of a moment or of what lies between two."""
    one = "unix_micros(cast(:one as timestamp_ltz))"
    if isinstance(node.this, exp.Sub):
        both = f"(({one} - unix_micros(cast(:other as timestamp_ltz))) / 1e6)"
        return _spark(both, one=node.this.this, other=node.this.expression)
    return _spark(f"({one} / 1e6)", one=node.this)


def _formatted(node: exp.Expr) -> exp.Expr:
    """An ISO week, which Spark's patterns no longer have."""
    if node.args["format"].name != "%G-W%V":
        return node
    week = "concat(cast(extract(yearofweek from :day) as string), '-W', lpad(cast(weekofyear(:day) as string), 2, '0'))"
    return _spark(week, day=node.this)


def _in_zone(zone: exp.Expr, moment: exp.Expr) -> exp.Expr:
    """A moment with a zone is Spark's `timestamp_ltz`, shown in UTC here; one without is `timestamp_ntz`."""
    if zone.name == "UTC":
        return _spark("cast(:moment as timestamp_ltz)", moment=moment)
    has_zone = isinstance(moment, exp.Cast) and moment.to.this in (exp.DType.TIMESTAMPTZ, exp.DType.TIMESTAMPLTZ)
    has_zone = has_zone or (isinstance(moment, exp.Anonymous) and moment.name == "timestamp_micros")
    word = "from_utc_timestamp" if has_zone else "to_utc_timestamp"
    return exp.Anonymous(this=word, expressions=[moment.copy(), zone.copy()])


# --- numbers ---------------------------------------------------------------------------------------------------


def _divided(node: exp.Expr) -> exp.Expr:
    """Of two decimals Spark makes a decimal, DuckDB a double.

    A division by zero is null in Spark, and infinity or NaN in DuckDB: a model that may divide by zero says `nullif`.
    """
    node.set("this", exp.cast(node.this, "double"))
    return node


def _averaged(node: exp.Expr) -> exp.Expr:
    _unordered(node)
    node.set("this", exp.cast(node.this, "double"))
    return node


def _unordered(node: exp.Expr) -> exp.Expr:
    """A sum in an order, for the last digit of a float; Spark's sums have none."""
    if isinstance(node.this, exp.Order):
        node.set("this", node.this.this)
    return node


def _once(value: str, name: str, words: str) -> str:
    """What is said of a value by its name: Spark computes it once, and not wherever it is read."""
    return f"get(transform(array({value}), {name} -> {words}), 0)"


def _deviation(value: exp.Expr) -> exp.Expr:
    """The median of the distances from the median, which Spark has no word for."""
    distances = _once(
        "sort_array(transform(listed, item -> abs(item - middle)))", "distances", MIDDLE.format("distances")
    )
    words = _once(LISTED, "listed", _once(MIDDLE.format("listed"), "middle", distances))
    return _spark(f"({words})", value=value)


def _middle(node: exp.Median) -> exp.Expr:
    """Spark's own median knows no frame of a window."""
    words = _once(LISTED, "listed", MIDDLE.format("listed"))
    return _spark(f"({words})", value=node.this) if isinstance(node.parent, exp.Window) else node


# --- texts -----------------------------------------------------------------------------------------------------


def _normalised(form: str) -> Rule:
    """A text by a method of the Unicode library that Spark brings."""
    return lambda text: _spark(f"try_reflect('{UNICODE}', '{form}', :text, false)", text=text)


def _without_accents(text: exp.Expr) -> exp.Expr:
    return _spark("regexp_replace(:text, '[\\\\u0300-\\\\u036f]', '')", text=_normalised("decompose")(text))


def _matched(node: exp.Expr) -> exp.Expr:
    return _spark("(:text rlike concat('^(?:', :pattern, ')$'))", text=node.this, pattern=node.expression)


def _member(node: exp.Expr) -> exp.Expr:
    """A member of a JSON text; what is no JSON has none in both engines."""
    text = node.this.this if isinstance(node.this, exp.TryCast) else node.this
    path = node.expression.sql(dialect="duckdb").strip("'")
    read = f"get_json_object(:text, '{path.removesuffix('[*]')}')"
    return _spark(f"from_json({read}, 'array<string>')" if path.endswith("[*]") else read, text=text)


# --- the rest --------------------------------------------------------------------------------------------------


def _picked(node: exp.Expr) -> exp.Expr:
    """Where the value is null, DuckDB passes over the row."""
    node.set("expression", _spark("if(:value is null, null, :key)", value=node.this, key=node.expression))
    return node


def _windowed(node: exp.Expr) -> exp.Expr:
    """A window function of Spark has no `filter`: its argument is null where the condition does not hold.

    Where a function was spelled out, the window belongs to the list that it is made of.
    """
    if isinstance(node.this, exp.Paren):
        inner = node.this.copy()
        for call in list(inner.find_all(exp.ArrayAgg)):
            over = node.copy()
            over.set("this", call.copy())
            call.replace(over)
        return inner
    if isinstance(node.this, exp.Filter):
        call, condition = node.this.this, node.this.expression.this
        value = exp.Literal.number(1) if isinstance(call.this, exp.Star) else call.this
        call.set("this", exp.Case(ifs=[exp.If(this=condition, true=value)]))
        node.set("this", call)
    return node


def _cast(node: exp.Cast) -> exp.Expr:
    if isinstance(node, exp.TryCast) and node.to.this == exp.DType.DATE:
        # Spark takes '2026' for a day
        whole = "case when cast(:text as string) rlike '^ *[0-9]+-[0-9]+-[0-9]+' then try_cast(:text as date) end"
        return _spark(whole, text=node.this)
    if node.this.sql().startswith("'0x' || "):
        digits = node.this.copy()
        next(digits.find_all(exp.Literal)).replace(exp.Literal.string(""))
        return _spark("cast(conv(:digits, 16, 10) as bigint)", digits=digits)
    node.set("to", _typed(node.to))
    return node


def _typed(kind: exp.DataType) -> exp.DataType:
    return exp.DataType.build(TYPES[kind.this], dialect="spark") if kind.this in TYPES else kind


def _hashed(*values: exp.Expr) -> exp.Expr:
    """A hash of the other engine is another number, of 63 bits; of equal rows it is equal."""
    call = exp.Anonymous(this="xxhash64", expressions=[value.copy() for value in values])
    return _spark("cast(:call & 9223372036854775807 as decimal(20, 0))", call=call)


def _counted(node: exp.GenerateSeries) -> exp.Expr:
    """Numbers as rows."""
    if not isinstance(node.parent, exp.Table):
        return node
    end = node.args["end"].copy()
    end = end if node.args.get("is_end_exclusive") else end + 1
    return exp.Anonymous(this="range", expressions=[node.args["start"].copy(), end])


def _named(node: exp.Expr) -> exp.Expr:
    """A step of a query; Spark decides itself whether it is kept."""
    node.set("materialized", None)
    return node


def _called(node: exp.Expr) -> exp.Expr:
    word = node.name.lower()
    if word in CALLS:
        return CALLS[word](*node.expressions)
    if word in FUNCTIONS:
        node.set("this", FUNCTIONS[word])
    return node


CALLS: dict[str, Rule] = {
    "epoch_us": lambda moment: _spark("unix_micros(cast(:moment as timestamp_ltz))", moment=moment),
    "make_timestamptz": lambda micros: exp.Anonymous(this="timestamp_micros", expressions=[micros.copy()]),
    "getvariable": lambda name: exp.column(name.name, "session"),
    "hash": _hashed,
    "mad": _deviation,
    "nfc_normalize": _normalised("compose"),
    "strip_accents": _without_accents,
    "timezone": _in_zone,
}

RULES: dict[type[exp.Expr], Rule] = {
    exp.Add: _moved,
    exp.Anonymous: _called,
    exp.ArgMax: _picked,
    exp.ArgMin: _picked,
    exp.Avg: _averaged,
    exp.CTE: _named,
    exp.Cast: _cast,
    exp.Div: _divided,
    exp.GenerateSeries: _counted,
    # of null: null in DuckDB, false in Spark
    exp.IsNan: lambda node: _spark("if(:number is null, null, isnan(:number))", number=node.this),
    exp.JSONExtractScalar: _member,
    exp.Median: _middle,
    exp.Mul: _times,
    exp.RegexpFullMatch: _matched,
    exp.Sub: _subtracted,
    exp.Sum: _unordered,
    exp.TimeToStr: _formatted,
    exp.TimeToUnix: _seconds,
    exp.TryCast: _cast,
    exp.UnixToTime: lambda node: _spark("cast(timestamp_micros(:micros) as timestamp_ntz)", micros=node.this),
    exp.Window: _windowed,
}
