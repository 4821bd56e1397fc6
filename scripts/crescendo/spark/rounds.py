"""A recursion of DuckDB's as so many steps, because Spark's recursion knows `union all` only."""

import sqlglot
from sqlglot import exp

# how far a circle reaches
ROUNDS = 4


def unroll(clause: exp.With) -> None:
    """What goes in circles until nothing new is reached, as so many rounds: Spark's recursion knows `union all` only.

    If the last round still brings something, the query fails: nothing is left out in silence.
    """
    made = []
    for step in clause.expressions:
        union = step.this
        is_circle = isinstance(union, exp.Union) and union.args.get("distinct") and _reads(union.expression, step.alias)
        if not is_circle:
            made.append(step)
            continue
        names = [f"{step.alias}_{number}" for number in range(ROUNDS + 1)]
        for before, name in zip([None, *names], names, strict=False):
            made.append(_round(name, union.expression if before else union.this, step.alias, before))
        reached, last = " union ".join(f"select * from {name}" for name in names[:-1]), f"select * from {names[-1]}"
        words = f"""
            select * from ({reached}) where if(
                (select count(*) from ({last} except ({reached})) as beyond) = 0, true,
                raise_error('{step.alias} reaches further than {ROUNDS} rounds: raise ROUNDS in spark/rounds.py')
            )
        """
        made.append(
            exp.CTE(
                this=sqlglot.parse_one(words, dialect="spark"), alias=exp.TableAlias(this=exp.to_identifier(step.alias))
            )
        )
    clause.set("expressions", made)


def _reads(query: exp.Expr, name: str) -> bool:
    return any(table.name == name and not table.db for table in query.find_all(exp.Table))


def _round(name: str, query: exp.Expr, circle: str, before: str | None) -> exp.CTE:
    """One round as a step of its own, which reads the round before in place of the circle."""
    body = query.copy()
    for table in list(body.find_all(exp.Table)):
        if before and table.name == circle and not table.db:
            table.replace(exp.alias_(exp.to_table(before), circle, table=True))
    distinct = exp.select("*").distinct().from_(exp.alias_(exp.Subquery(this=body), "round", table=True))
    return exp.CTE(this=distinct, alias=exp.TableAlias(this=exp.to_identifier(name)))
