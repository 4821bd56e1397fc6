"""What a receiver reads: a line that counts, and a paragraph for each alert, in English or French."""

from collections import Counter
from datetime import datetime

from crescendo.ask.texts import _, language
from crescendo.tell.outbox import OPENED, PASSED, REPEATED, RESOLVED, News
from crescendo.terminal import printable

RANKS = ("critical", "warning", "info")


def title(news: list[News]) -> str:
    """What a message is of: how many alerts of each kind; no text of anybody's data, since it becomes a header."""
    over = sum(item.what in (RESOLVED, PASSED) for item in news)
    ranks = Counter(item.severity for item in news if item.what in (OPENED, REPEATED))
    counts = [f"{ranks[rank]} {_ranks()[rank]}" for rank in RANKS if ranks[rank]]
    counts += [_("{count} resolved", count=over)] if over else []
    return f"Crescendo: {', '.join(counts)}"


def body(news: list[News]) -> str:
    """The paragraphs, the gravest first, and where to read more."""
    order = {OPENED: 0, REPEATED: 1, PASSED: 2, RESOLVED: 3}
    ranked = sorted(news, key=lambda item: (order[item.what], RANKS.index(item.severity), item.at))
    return "\n\n".join([*map(_paragraph, ranked), _("More: crescendo watch")])


def _paragraph(news: News) -> str:
    said = news.sentence_fr if language() == "fr" else news.sentence_en
    return f"{_head(news)}\n{printable(said)}"


def _head(news: News) -> str:
    """What happened, how grave it is and when, by which rule."""
    rank, opened, at = _ranks()[news.severity].upper(), _moment(news.opened_at), _moment(news.at)
    heads = {
        OPENED: _("{rank}, new since {opened} UTC ({rule})", rank=rank, opened=opened, rule=news.rule_name),
        REPEATED: _(
            "{rank}, still open since {opened} UTC, seen {count} {count:time|times} ({rule})",
            rank=rank, opened=opened, count=news.occurrences, rule=news.rule_name,
        ),
        RESOLVED: _("RESOLVED at {at} UTC, open since {opened} ({rule})", at=at, opened=opened, rule=news.rule_name),
        PASSED: _(
            "RESOLVED before it could be told, open from {opened} to {at} UTC ({rule})",
            at=at, opened=opened, rule=news.rule_name,
        ),
    }  # fmt: skip
    return heads[news.what]


def _ranks() -> dict[str, str]:
    return {"critical": _("critical"), "warning": _("warning"), "info": _("info")}


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
