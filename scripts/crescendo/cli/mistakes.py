"""What click could not understand, in one sentence with what to type instead, in the reader's language."""

import difflib
import re
import shlex

import click
from click.exceptions import NoArgsIsHelpError, NoSuchCommand, NoSuchOption

from crescendo.ask import hints
from crescendo.ask.texts import _

# what other programs call our verbs and options
VERBS_ELSEWHERE = {
    "average": "averages", "delete": "forget", "export": "publish", "import": "load", "info": "status",
    "list": "metrics", "mean": "averages", "new": "changes", "remove": "forget", "search": "find", "trend": "growth",
    "top": "growth",
}  # fmt: skip
OPTIONS_ELSEWHERE = {
    "--days": "--last 28d", "--end": "--to", "--group": "--by", "--limit": "--top", "--month": "--window 2025-04",
    "--order": "--sort", "--out": "--to FILE", "--output": "--to FILE", "--period": "--window", "--since": "--from",
    "--song": "--by song --name", "--start": "--from", "--title": "--name", "--until": "--to",
    "--year": "--window 2025", "-n": "--top", "-o": "--to FILE",
}  # fmt: skip
# the usual types, which a warehouse need not be opened for
KINDS = (
    "album",
    "artist",
    "channel",
    "city",
    "country",
    "film",
    "genre",
    "label",
    "platform",
    "series",
    "song",
    "track",
)
EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)


def explained(error: click.ClickException, program: click.Group, words: list[str]) -> str:
    """The sentence for a mistake that click found in the words of a program."""
    context = getattr(error, "ctx", None) or _context(program, words)
    if isinstance(error, NoArgsIsHelpError):
        listed = ", ".join(_commands(context))
        return _("`{command}` needs one of {listed}", command=context.command_path, listed=listed) + _example(context)
    if isinstance(error, NoSuchCommand):
        return _no_such_command(error.command_name, context)
    if isinstance(error, NoSuchOption):
        return _no_such_option(error.option_name, context)
    if isinstance(error, click.BadOptionUsage):
        return _no_value(error, context)
    if isinstance(error, click.BadParameter):
        return _bad_value(error, context)
    if found := EXTRA.fullmatch(error.message):
        return _extra(found[1], context)
    return error.format_message()


class Blank(click.BadParameter):
    """An option or argument whose value is blank."""


def refuse_blank(program: click.Group, words: list[str]) -> None:
    """Refuse a blank value of an option or argument of the verb that words name. Raises click.BadParameter."""
    context = _context(program, words)
    depth = len(context.command_path.split()) - 1
    try:
        given = context.command.make_parser(context).parse_args(words[depth:])[0]
    except click.UsageError:
        return  # said when the words are read in earnest
    for parameter in context.command.get_params(context):
        said = given.get(parameter.name)
        typed = said if isinstance(said, list | tuple) else [said]
        if any(isinstance(one, str) and not one.strip() for one in typed):
            raise Blank("is empty", ctx=context, param=parameter)


def _context(program: click.Group, words: list[str]) -> click.Context:
    """The command that the words name, which click does not say of every mistake."""
    context = click.Context(program, info_name="crescendo")
    for word in words:
        group = context.command
        found = group.get_command(context, word) if isinstance(group, click.Group) else None
        if found is None:
            break
        context = click.Context(found, parent=context, info_name=word)
    return context


def _commands(context: click.Context) -> list[str]:
    return context.command.list_commands(context) if isinstance(context.command, click.Group) else []


def _example(context: click.Context) -> str:
    """The first example of the verb's help."""
    found = re.search(r"Example:\n\s*(.*)", context.command.help or "")
    return _(", for example `{example}`", example=found[1].strip()) if found else ""


def _near(said: str, known: list[str]) -> list[str]:
    """Words like the one that was typed: near it, or a part of it."""
    lower = said.lower()
    near = difflib.get_close_matches(lower, known, n=2, cutoff=0.65)
    return near or [word for word in known if len(word) > 1 and re.search(rf"(^|\W|_){re.escape(word)}(\W|_|$)", lower)]


def _no_such_command(said: str, context: click.Context) -> str:
    known = _commands(context)
    whole = f"{context.command_path} {said}".removeprefix("crescendo ")
    near = [VERBS_ELSEWHERE[said]] if VERBS_ELSEWHERE.get(said) in known else _near(said, known)
    if near:
        return _("there is no command {said}: did you mean {near}?", said=repr(whole), near=" / ".join(near))
    return _("there is no command {said}: there are {listed}", said=repr(whole), listed=", ".join(known))


def _options(context: click.Context) -> list[str]:
    return [name for option in context.command.get_params(context) for name in option.opts if name.startswith("--")]


def _no_such_option(said: str, context: click.Context) -> str:
    known, command = _options(context), context.command_path
    elsewhere = OPTIONS_ELSEWHERE.get(said, "")
    if said.startswith("--by-") and "--by-week" in known:
        kind = said.removeprefix("--by-")
        if kind.removesuffix("s") in ("quarter", "year"):
            return _("there is no {said}: the steps are --by-day, --by-week and --by-month", said=said)
        steps = [name for name in known if name.startswith("--by-")]
        near = difflib.get_close_matches(said, steps, n=1, cutoff=0.8) or [f"--by {kind}"]
    else:
        # without the hyphens, which make all of them alike
        like = _near(said.lstrip("-"), [name.removeprefix("--") for name in known])
        near = [elsewhere] if elsewhere.split(" ")[0] in known else [f"--{name}" for name in like]
    if near:
        return _(
            "`{command}` has no option {said}: did you mean {near}?",
            command=command, said=said, near=" / ".join(near),
        )  # fmt: skip
    return _("`{command}` has no option {said}: `{command} --help` lists them", command=command, said=said)


def _no_value(error: click.BadOptionUsage, context: click.Context) -> str:
    name = error.option_name
    option = next((one for one in context.command.get_params(context) if name in one.opts), None)
    if option is None or getattr(option, "is_flag", False):
        return _("{option} takes no value", option=name)
    return _("{option} needs a value: {option} {value}", option=name, value=option.make_metavar(context))


def _bad_value(error: click.BadParameter, context: click.Context) -> str:
    parameter = error.param
    if parameter is None:
        return error.message
    name = parameter.opts[0] if isinstance(parameter, click.Option) else parameter.make_metavar(context)
    if isinstance(error, Blank):
        return _blank(parameter, context)
    if isinstance(error, click.MissingParameter):
        return _("`{command}` needs {name}", command=context.command_path, name=name) + _example(context)
    kind, said = parameter.type, _said(error.message)
    if isinstance(kind, click.DateTime) and said:
        return _("{option} is a day such as 2025-04-30, not {said}", option=name, said=repr(said))
    if isinstance(kind, click.Choice):
        choices = [str(choice) for choice in kind.choices]
        near, listed = _near(said, choices), _(" or ").join(filter(None, (", ".join(choices[:-1]), choices[-1])))
        sentence = _("{option} is {listed}, not {said}", option=name, listed=listed, said=repr(said))
        return sentence + (_("; did you mean {option}?", option=f"{name} {near[0]}") if near else "")
    if isinstance(kind, click.IntRange | click.FloatRange) and said:
        number = _("a whole number") if isinstance(kind, click.IntRange) else _("a number")
        return _("{option} is {number} {range}, not {said}", option=name, number=number, range=_range(kind), said=said)
    return f"{name}: {error.message.rstrip('.')}"


def _blank(parameter: click.Parameter, context: click.Context) -> str:
    """An option or argument that is blank, as an unset variable of a shell leaves it."""
    value = parameter.make_metavar(context)
    name = parameter.opts[0] if isinstance(parameter, click.Option) else value.strip("[].")
    typed = f"{name} {value}" if isinstance(parameter, click.Option) else name
    if parameter.required:
        return _("{name} is empty: type {typed}", name=name, typed=typed) + _example(context)
    return _("{name} is empty: type {typed}, or leave it out", name=name, typed=typed)


def _said(message: str) -> str:
    """What was typed, which click says at the beginning of its message: 'x' is not ..., or -5 is not ..."""
    found = re.match(r"(['\"])(.*)\1 (?:is|does) not |(\S+) is not ", message, re.DOTALL)
    return (found[2] or found[3] or "") if found else ""


def _range(kind: click.IntRange | click.FloatRange) -> str:
    least = _("above {least}", least=kind.min) if kind.min_open else _("from {least}", least=kind.min)
    # the largest bounds say no more than that it is a number
    return least if kind.max is None or kind.max >= 10**9 else least + _(" to {most}", most=kind.max)


def _extra(said: str, context: click.Context) -> str:
    """A word that is no option: for most verbs it can mean one thing only."""
    verb, words = context.info_name, shlex.quote(said)
    if verb in ("growth", "averages"):
        from datetime import UTC, datetime

        window = hints.window(said, datetime.now(tz=UTC).date())
        meant = window or (f"--by {said}" if said in KINDS else f"--name {words}")
    elif verb == "find":
        whole = shlex.quote(f"{context.params['text']} {said}")
        return _("a name of several words is in quotes: crescendo find {name}", name=whole)
    elif "--platform" in _options(context):
        meant = f"--platform {words}"
    else:
        return _(
            "`{command}` takes no word such as {said}: `{command} --help` lists its options",
            command=context.command_path, said=repr(said),
        )  # fmt: skip
    return _("{said} is no option: did you mean {meant}?", said=repr(said), meant=meant)
