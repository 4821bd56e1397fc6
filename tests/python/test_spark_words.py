"""What DuckDB's words mean, said in Spark's: the rules that sqlglot lacks."""

import duckdb
import pytest
import sqlglot
from crescendo.spark.translate import is_date, translated, type_name
from sqlglot.errors import UnsupportedError


def said(expression):
    """An expression in Spark's words, without the query around it."""
    return translated(f"select {expression} from t").removeprefix("SELECT ").removesuffix(" FROM t")


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        # of two dates DuckDB makes a number of days, Spark an interval
        ("b_date - a_date", "datediff(b_date, a_date)"),
        ("cast(to_date as date) - max(a.began_on)", "datediff(cast(to_date as date), max(a.began_on))"),
        # Spark takes an integer only
        ("a_date - 7", "date_sub(a_date, cast(7 as int))"),
        ("a_date + day_count", "date_add(a_date, cast(day_count as int))"),
        ("a_date - b_date + 1", "datediff(a_date, b_date) + 1"),
        ("a_count - 7", "a_count - 7"),
        ("a_date + interval 3 month", "a_date + interval '3' month"),
        (
            "a_date + cast(n as bigint) * interval 1 month",
            "a_date + make_ym_interval(0, cast(cast(n as bigint) as int))",
        ),
        (
            "epoch(b_at - a_at)",
            "((unix_micros(cast(b_at as timestamp_ltz)) - unix_micros(cast(a_at as timestamp_ltz))) / 1e6)",
        ),
        # where a timestamp has no zone, Spark's word for one with a zone is another; its offset would be passed over
        ("try_cast(a as timestamp with time zone)", "try_cast(a as timestamp_ltz)"),
        ("try_cast(a as timestamp)", "try_cast(a as timestamp_ntz)"),
        (
            "strftime(a_date, '%G-W%V')",
            "concat(cast(extract(yearofweek from a_date) as string), '-W',"
            " lpad(cast(weekofyear(a_date) as string), 2, '0'))",
        ),
        (
            "timezone('Europe/Paris', timezone('UTC', a_at))",
            "from_utc_timestamp(cast(a_at as timestamp_ltz), 'Europe/Paris')",
        ),
        (
            "timezone('Europe/Paris', try_cast(a as timestamp))",
            "to_utc_timestamp(try_cast(a as timestamp_ntz), 'Europe/Paris')",
        ),
        ("timezone('Europe/Paris', a_at)", "to_utc_timestamp(a_at, 'Europe/Paris')"),
        (
            "cast(timezone('Europe/Paris', make_timestamptz(epoch_us(a_at))) as date)",
            "cast(from_utc_timestamp(timestamp_micros(unix_micros(cast(a_at as timestamp_ltz))), 'Europe/Paris')"
            " as date)",
        ),
        (
            "make_timestamp(epoch_us(a))",
            "cast(timestamp_micros(unix_micros(cast(a as timestamp_ltz))) as timestamp_ntz)",
        ),
        ("length(a) = strlen(a)", "length(a) = octet_length(a)"),
        ("suffix(a, ' ')", "endswith(a, ' ')"),
        # '2026' is no day
        (
            "try_cast(a as date)",
            "case when cast(a as string) rlike '^ *[0-9]+-[0-9]+-[0-9]+' then try_cast(a as date) end",
        ),
        # of two decimals Spark makes a decimal
        ("a / b", "cast(a as double) / b"),
        ("median(a)", "median(a)"),
        ("avg(a)", "avg(cast(a as double))"),
        # of nothing it is not known
        ("not isnan(a)", "not if(a is null, null, isnan(a))"),
        # rows without a value are passed over
        ("max_by(a, b)", "max_by(a, if(a is null, null, b))"),
        ("arg_min(a, b)", "min_by(a, if(a is null, null, b))"),
        (
            "sum(a) filter (where c) over (partition by d)",
            "sum(case when c then a end) over (partition by d)",
        ),
        ("count(*) filter (where c) over (partition by d)", "count(case when c then 1 end) over (partition by d)"),
        ("sum(a) filter (where c)", "sum(a) filter(where c)"),
        ("hash(a, b)", "cast(xxhash64(a, b) & 9223372036854775807 as decimal(20, 0))"),
        (
            "cast('0x' || substr(md5(a), 1, 15) as bigint)",
            "cast(conv('' || substring(md5(a), 1, 15), 16, 10) as bigint)",
        ),
        ("json_extract_string(try_cast(a as json), '$.b')", "get_json_object(a, '$.b')"),
        (
            "unnest(json_extract_string(try_cast(a as json), '$.b[*]'))",
            "explode(from_json(get_json_object(a, '$.b'), 'array<string>'))",
        ),
        ("regexp_full_match(a, b)", "(a rlike concat('^(?:', b, ')$'))"),
        ("nfc_normalize(a)", "try_reflect('com.ibm.icu.text.Normalizer', 'compose', a, false)"),
        ("error('no')", "raise_error('no')"),
        ("getvariable('mask_key')", "session.mask_key"),
    ],
)
def test_an_expression_means_the_same_in_spark(expression, words):
    assert said(expression).lower() == words.lower()


def test_nulls_are_last_in_every_order_as_in_duckdb():
    assert said("row_number() over (order by a, b desc)") == "ROW_NUMBER() OVER (ORDER BY a NULLS LAST, b DESC)"


def test_a_window_that_goes_on_from_a_named_one_is_spelled_out():
    query = "select sum(a) over w, row_number() over (w order by a desc) from t window w as (partition by b)"
    expected = (
        "SELECT SUM(a) OVER w, ROW_NUMBER() OVER (PARTITION BY b ORDER BY a DESC) FROM t WINDOW w AS (PARTITION BY b)"
    )
    assert translated(query) == expected


CIRCLE = """
    with recursive links as (select * from (values {links}) as l(one, other)),
    reached as (
        select one, other from links
        union distinct
        select reached.one, links.other from reached inner join links on reached.other = links.one
    )
    select * from reached order by all
"""


def unrolled(links):
    """The rows of a circle, said for Spark and then for DuckDB again, and those that DuckDB itself reaches."""
    query = CIRCLE.format(links=links)
    again = sqlglot.transpile(translated(query), read="spark", write="duckdb")[0].replace("RAISE_ERROR", "error")
    assert "reached_4" in again
    return duckdb.sql(again).fetchall(), duckdb.sql(query).fetchall()


def test_a_circle_is_unrolled_to_what_it_reaches():
    said_again, reached = unrolled("(1, 2), (2, 1), (2, 3), (3, 2), (3, 4), (5, 6), (6, 5)")
    assert said_again == reached
    assert len(reached) == 16


def test_a_circle_that_reaches_further_than_its_rounds_fails():
    with pytest.raises(duckdb.InvalidInputException, match="reached reaches further than 4 rounds"):
        unrolled(", ".join(f"({number}, {number + 1})" for number in range(9)))


def test_a_function_without_a_name_in_spark_keeps_its_window():
    query = translated("select mad(a) over w from t window w as (order by b)")
    assert query.count("COLLECT_LIST(CAST(a AS DOUBLE)) OVER w") == query.count("COLLECT_LIST")


def test_a_median_over_a_window_is_the_middle_of_its_list():
    """Spark's own knows no frame; of no value there is no middle, and the list has no element 0 to fail on."""
    query = translated("select median(a) over w from t window w as (order by b)")
    lower, upper = (f"GET(listed, CAST(FLOOR((SIZE(listed) + {number}) / 2) AS INT) - 1)" for number in (1, 2))
    listed = "SORT_ARRAY(COLLECT_LIST(CAST(a AS DOUBLE)) OVER w)"
    middle = f"GET(TRANSFORM(ARRAY({listed}), listed -> (({lower} + {upper}) / 2)), 0)"
    assert query.removeprefix("SELECT ").startswith(f"({middle}) FROM t")


@pytest.mark.parametrize("words", ["median(a) over w", "mad(a) over w", "mad(a)"])
def test_a_list_is_made_and_sorted_once(words):
    """Each place that names it would sort it anew, and within a lambda for each item of another list."""
    query = translated(f"select {words} from t window w as (order by b)")
    assert query.count("COLLECT_LIST") == 1
    assert "ARRAY_SORT" not in query  # compares by a lambda


@pytest.mark.parametrize(
    ("numbers", "words"),
    [("range(1, 365)", "RANGE(1, 365)"), ("generate_series(1, 365)", "RANGE(1, 365 + 1)")],
)
def test_numbers_are_rows_of_a_table(numbers, words):
    query = translated(f"select n.number from {numbers} as n (number)")
    assert query == f"SELECT n.number FROM {words} AS n(number)"


def test_a_list_of_numbers_becomes_rows_beside_other_columns():
    query = translated("select a, unnest(range(b, c)) as number from t")
    assert query == "SELECT a, EXPLODE(IF(b > (c - 1), ARRAY(), SEQUENCE(b, (c - 1)))) AS number FROM t"


BY_ROW = """
    with asked as (select * from spans),
    answers as (
        select answers.* from asked cross join db.f(asked.from_date, asked.to_date) as answers
        where asked.name = 'month' and answers.platform = asked.platform
    ),
    more as (select * from elsewhere)
    select * from answers
"""


def test_a_function_called_for_each_row_is_called_in_turn():
    asked = []

    def ask(query):
        asked.append(query)
        return [("2025-02-01", "2025-03-01"), ("2025-01-01", "2025-02-01")]

    query = translated(BY_ROW, ask=ask)
    # of the rows beside it, those that the select keeps, and of its steps those before it
    assert asked == [
        "WITH asked AS (SELECT * FROM spans) SELECT DISTINCT asked.from_date, asked.to_date FROM asked"
        " WHERE asked.name = 'month'"
    ]
    calls = query.split(" UNION ALL ")
    assert len(calls) == 2
    for call, (start, end) in zip(calls, [("2025-01-01", "2025-02-01"), ("2025-02-01", "2025-03-01")], strict=True):
        start, end = f"CAST('{start}' AS DATE)", f"CAST('{end}' AS DATE)"
        assert f"FROM asked CROSS JOIN db.F({start}, {end}) AS answers" in call
        assert f"asked.from_date = {start}) AND asked.to_date = {end}" in call


@pytest.mark.parametrize("query", [BY_ROW, BY_ROW.replace("select answers.*", "select count(*)")])
def test_a_function_called_for_each_row_of_a_view_is_refused(query):
    """Its rows may be others tomorrow; and the parts of an aggregate cannot be put together."""
    with pytest.raises(UnsupportedError, match="f is called for each row"):
        translated(query, ask=(lambda _: []) if "count" in query else None)


def test_a_sum_has_no_order_and_a_step_no_hint():
    query = "with s as materialized (select sum(a order by b) as c from t) select * from s"
    assert translated(query) == "WITH s AS (SELECT SUM(a) AS c FROM t) SELECT * FROM s"


def test_a_parameter_of_a_function_is_not_a_column_of_the_same_name():
    query = "select t.from_date, from_date as asked from t where t.a < from_date"
    expected = "SELECT t.from_date, f.from_date AS asked FROM t WHERE t.a < f.from_date"
    assert translated(query, "f", ("from_date",)) == expected


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("varchar", "string"),
        ("hugeint", "decimal(38, 0)"),
        ("ubigint", "decimal(20, 0)"),
        ("uuid", "string"),
        ("timestamp", "timestamp_ntz"),
        ("timestamptz", "timestamp_ltz"),
        ("struct(a varchar, b double)[]", "array<struct<a: string, b: double>>"),
        ("integer", "int"),
        ("decimal(18, 6)", "decimal(18, 6)"),
    ],
)
def test_a_type_has_its_name_in_spark(kind, name):
    assert type_name(kind) == name


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("a_date", True),
        ("t.began_on", True),
        ("cast(a as date)", True),
        ("max(a_date) over (partition by b)", True),
        ("case when a then b_date end", True),
        ("last_day(a_date)", True),
        ("a_date - b_date", False),
        ("a_at", False),
        ("count(a_date)", False),
    ],
)
def test_a_date_is_known_by_its_name_or_its_cast(expression, answer):
    assert is_date(sqlglot.parse_one(expression, dialect="duckdb")) is answer
