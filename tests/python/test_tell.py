"""Alerts reach a real mail server and a real web hook: each once, in order, whatever fails meanwhile."""

import contextlib
import http.server
import json
import logging
import re
import socket
import threading
from datetime import datetime, timedelta
from email import message_from_bytes, policy

import apprise
import pytest
from aiosmtpd.controller import Controller
from conftest import ROOT
from crescendo.ask import texts
from crescendo.cli import main
from crescendo.errors import CrescendoError
from crescendo.operations import alerts, journal
from crescendo.operations.alerts import Alert
from crescendo.tell import addresses, outbox
from crescendo.tell.notify import WINDOW, notify

NOON = datetime(2026, 5, 1, 12)
HOUR = timedelta(hours=1)
PASSWORD, TOKEN = "pa55word-of-ops", "T0kEn-0123456789"


class Hook:
    """A web hook on loopback: what it was sent, and the status with which it answers."""

    def __init__(self):
        self.status, self.sent, self.paths = 200, [], []
        hook = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                hook.paths.append(self.path)
                if hook.status == 200:
                    hook.sent.append(json.loads(body))
                self.send_response(hook.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"json://ops:{PASSWORD}@127.0.0.1:{self.server.server_port}/hooks/{TOKEN}"


class Mailbox:
    """What a mail server on loopback was handed; it refuses while `refuses`."""

    def __init__(self):
        self.mails, self.refuses = [], False
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.controller.start()
        self.address = f"mailto://127.0.0.1:{self.controller.port}/?from=crescendo@example.com&to=ops@example.com"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        if self.refuses:
            return "451 try again later"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def hook():
    one = Hook()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def mailbox():
    one = Mailbox()
    yield one
    one.controller.stop(no_assert=True)


@pytest.fixture(autouse=True)
def english(monkeypatch):
    texts.choose("en")
    monkeypatch.delenv("CRESCENDO_NOTIFY", raising=False)
    yield
    texts.choose("")


@pytest.fixture
def warehouse(tmp_path):
    return tmp_path / "x.duckdb"


def alert(name="late", state="open", **more):
    facts = {
        "alert_id": name, "rule_name": f"rule_{name}", "severity": "critical", "subject_type": "table",
        "subject_name": "raw_moovitamix.track_pages", "platform": "crescendo", "metric": "rows", "method": "change",
        "state": state, "opened_at": NOON, "last_seen_at": NOON, "resolved_at": None, "occurrences": 1, "value": 3.0,
        "expected_low": 90.0, "expected_high": 110.0, "history_used": 28, "evidence": "select 1",
        "sentence_en": f"{name}: the table has 3 rows", "sentence_fr": f"{name} : la table a 3 lignes", "told_to": "",
    }  # fmt: skip
    return Alert(**facts | more)


def is_now(warehouse, *found):
    with alerts.renewed(warehouse) as known:
        known[:] = found


def resolved(name="late", hours=1, **more):
    return alert(name, "resolved", resolved_at=NOON + hours * HOUR, last_seen_at=NOON, **more)


def to(*named):
    """Receivers of (name, address) pairs."""
    return addresses._labelled([(name, address.partition(":")[0], address) for name, address in named])


def told(warehouse, receivers, hours=0, **how):
    return notify(warehouse, receivers, now=NOON + hours * HOUR, **how)


def test_an_alert_is_told_at_once_held_back_told_again_and_resolved(warehouse, hook):
    receivers = to(("ops", hook.address))
    is_now(warehouse, alert())
    told(warehouse, receivers)
    [first] = hook.sent
    assert first["title"] == "Crescendo: 1 critical"
    assert "CRITICAL, new since 2026-05-01 12:00 UTC (rule_late)\nlate: the table has 3 rows" in first["message"]
    assert first["type"] == "failure"
    is_now(warehouse, alert(state="repeated", occurrences=7))
    for hours in (1, 2, 23):
        told(warehouse, receivers, hours)
    assert len(hook.sent) == 1
    told(warehouse, receivers, 24)
    told(warehouse, receivers, 25)
    assert len(hook.sent) == 2
    assert "CRITICAL, still open since 2026-05-01 12:00 UTC, seen 7 times" in hook.sent[1]["message"]
    is_now(warehouse, resolved(hours=26))
    for hours in (26, 27, 60):
        told(warehouse, receivers, hours)
    assert len(hook.sent) == 3
    assert hook.sent[2]["title"] == "Crescendo: 1 resolved"
    assert "RESOLVED at 2026-05-02 14:00 UTC, open since 2026-05-01 12:00" in hook.sent[2]["message"]
    # the same thing again, later, is another opening
    is_now(warehouse, alert(opened_at=NOON + 70 * HOUR, last_seen_at=NOON + 70 * HOUR))
    told(warehouse, receivers, 70)
    assert "new since 2026-05-04 10:00" in hook.sent[3]["message"]


def test_mail_holds_the_sentence_and_no_part_of_it_as_markup(warehouse, mailbox):
    is_now(warehouse, alert(sentence_en="no rows of <script>alert(1)</script> & Léo\u202e"))
    assert told(warehouse, to(("ops", mailbox.address), ("ops", f"{mailbox.address}&format=html"))).problems == []
    plain, marked = mailbox.mails
    assert (plain["subject"], plain["to"]) == ("Crescendo: 1 critical", "ops@example.com")
    assert plain.get_content_type() == "text/plain"
    assert "rule_late)\nno rows of <script>alert(1)</script> & Léo\\u202e\n" in plain.get_content().replace("\r", "")
    [html] = [part.get_content() for part in marked.walk() if part.get_content_type() == "text/html"]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "http" not in html, "a mail that asks another server for something"


def test_messages_are_in_french_if_asked(warehouse, hook):
    texts.choose("fr")
    is_now(warehouse, alert(), alert("slow", severity="warning"))
    told(warehouse, to(("ops", hook.address)))
    [message] = hook.sent
    assert message["title"] == "Crescendo: 1 critique, 1 avertissement"
    assert "CRITIQUE, nouvelle depuis le 2026-05-01 12:00 UTC" in message["message"]
    assert "late : la table a 3 lignes" in message["message"]


@pytest.mark.parametrize("status", [500, 404, 403, 429])
def test_a_hook_that_fails_loses_nothing_and_the_mail_is_not_sent_twice(warehouse, hook, mailbox, status):
    receivers = to(("ops", hook.address), ("ops", mailbox.address))
    hook.status = status
    is_now(warehouse, alert())
    problems = told(warehouse, receivers).problems
    assert problems == [
        f"ops (json) could not be told (HTTP {status}): what there is to tell (alerts: 1) is kept, and tried again at"
        " the next `crescendo watch --notify`"
    ]
    assert (len(hook.sent), len(mailbox.mails)) == (0, 1)
    is_now(warehouse, alert(state="repeated"), alert("more", opened_at=NOON + HOUR))
    told(warehouse, receivers, 1)
    is_now(warehouse, resolved(hours=2), alert("more", state="repeated", opened_at=NOON + HOUR))
    told(warehouse, receivers, 2)
    assert [mail["subject"] for mail in mailbox.mails] == [
        "Crescendo: 1 critical", "Crescendo: 1 critical", "Crescendo: 1 resolved"
    ]  # fmt: skip
    hook.status = 200
    assert told(warehouse, receivers, 3).problems == []
    assert told(warehouse, receivers, 4).taken == {}
    [message] = hook.sent
    assert message["title"] == "Crescendo: 2 critical, 1 resolved"
    for said in ("late: the table", "more: the table", "RESOLVED at 2026-05-01 14:00"):
        assert said in message["message"]
    assert len(mailbox.mails) == 3


def test_a_mail_server_that_refuses_or_is_gone_is_tried_again(warehouse, mailbox, hook):
    receivers = to(("ops", mailbox.address), ("ops", hook.address))
    is_now(warehouse, alert())
    mailbox.refuses = True
    assert list(told(warehouse, receivers).failed) == ["ops (mailto)"]
    mailbox.controller.stop()
    assert told(warehouse, receivers, 1).failed == {"ops (mailto)": "connection refused"}
    mailbox.refuses = False
    mailbox.controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.controller.port)
    mailbox.controller.start()
    told(warehouse, receivers, 2)
    assert (len(mailbox.mails), len(hook.sent)) == (1, 1)


def test_a_kill_between_two_receivers_tells_neither_twice(warehouse):
    receivers, taken = to(("ops", "json://a.example"), ("ops", "json://b.example")), []

    def killed(receiver, *_):
        if taken:
            raise KeyboardInterrupt
        taken.append(receiver.label)
        return ""

    is_now(warehouse, alert())
    with contextlib.suppress(KeyboardInterrupt):
        told(warehouse, receivers, carry=killed)
    told(warehouse, receivers, 1, carry=lambda receiver, *_: taken.append(receiver.label) or "")
    assert taken == ["ops (json)", "ops (json, 2)"]


def test_each_is_told_of_what_the_rule_says(warehouse):
    receivers, got = to(("ops", "json://a"), ("data", "json://b"), ("all", "json://c")), []
    is_now(
        warehouse, alert("a", told_to="ops"), alert("b", told_to="data, ops"), alert("c", told_to="press"), alert("d")
    )

    def carry(receiver, _title, body, _severity):
        got.append((receiver.name, sorted(re.findall(r"(\w+): the table", body))))
        return ""

    outcome = told(warehouse, receivers, carry=carry)
    assert got == [("ops", ["a", "b", "d"]), ("data", ["b", "d"]), ("all", ["a", "b", "c", "d"])]
    assert outcome.problems == []
    outcome = told(warehouse, receivers[:2], 1, carry=lambda *_: "")
    assert outcome.problems == [
        "'press' has no address, so its alerts (1) are not sent: add press=ADDRESS to CRESCENDO_NOTIFY or the"
        " file of addresses"
    ]


def test_many_alerts_are_told_in_messages_of_twenty_and_a_failure_among_them_is_no_loss(warehouse):
    receivers, sent = to(("ops", "json://a")), []

    def carry(_receiver, _title, body, _severity):
        if len(sent) == 1:
            return "HTTP 500"
        sent.append(body)
        return ""

    names = [f"x{number:02}" for number in range(45)]
    is_now(warehouse, *(alert(name) for name in names))
    assert told(warehouse, receivers, carry=carry).waiting == {"ops (json)": 25}
    told(warehouse, receivers, 1, carry=lambda _r, _t, body, _s: sent.append(body) or "")
    assert [sum(f"{name}: the table" in body for name in names) for body in sent] == [20, 20, 5]
    assert all(sum(f"{name}: the table" in body for body in sent) == 1 for name in names)


def test_what_was_over_before_a_receiver_was_known_is_no_news_and_what_passed_since_is(warehouse):
    receivers, sent = to(("ops", "json://a")), []

    def carry(_receiver, _title, body, _severity):
        sent.append(body)
        return ""

    is_now(warehouse, resolved("old", hours=-5))
    told(warehouse, receivers, carry=carry)
    assert sent == []
    is_now(warehouse, resolved("old", hours=-5), resolved("short", hours=1))
    for hours in (2, 3):
        told(warehouse, receivers, hours, carry=carry)
    [body] = sent
    assert "RESOLVED before it could be told, open from 2026-05-01 12:00 to 2026-05-01 13:00 UTC" in body


def test_the_alerts_say_when_they_were_told_and_only_if_everybody_was(warehouse):
    receivers = to(("ops", "json://a"), ("ops", "json://b"))
    is_now(warehouse, alert())
    told(warehouse, receivers, carry=lambda one, *_: "HTTP 500" if one.label == "ops (json, 2)" else "")
    assert alerts.current(warehouse)[0].notified_at is None
    told(warehouse, receivers, 1, carry=lambda *_: "")
    assert alerts.current(warehouse)[0].notified_at == NOON + HOUR


def test_no_address_is_in_a_log_an_error_or_a_file(warehouse, hook, mailbox, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("mail.log").propagate = False  # the tests' own mail server
    hook.status = 500
    mailbox.refuses = True
    gone = f"json://ops:{PASSWORD}@127.0.0.1:{free_port()}/{TOKEN}"
    mail = mailbox.address.replace("mailto://", f"mailto://mailer:{PASSWORD}@")
    receivers = to(("ops", hook.address), ("ops", gone), ("ops", mail))
    is_now(warehouse, alert())
    outcome = told(warehouse, receivers)
    assert len(outcome.failed) == 3
    with pytest.raises(CrescendoError) as refused:
        told(warehouse, to(("ops", f"nonsense://{TOKEN}/{PASSWORD}")))
    kept = "".join(path.read_text() for path in journal.folder(warehouse).iterdir())
    everything = repr((outcome, outcome.problems, receivers)) + str(refused.value) + kept + caplog.text
    everything += "".join(capfd.readouterr())
    assert "ops (nonsense)" in everything
    for secret in (PASSWORD, TOKEN, "127.0.0.1", "mailer", "ops@example.com"):
        assert secret not in everything, secret
    assert {path.stat().st_mode & 0o777 for path in journal.folder(warehouse).iterdir()} == {0o600}


def test_what_the_library_raises_is_told_by_its_class_alone(warehouse, monkeypatch):
    def raises(*_, **__):
        raise OSError(f"no way to json://ops:{PASSWORD}@nowhere/{TOKEN}")

    monkeypatch.setattr(apprise.Apprise, "notify", raises)
    is_now(warehouse, alert())
    assert told(warehouse, to(("ops", f"json://ops:{PASSWORD}@nowhere/{TOKEN}"))).failed == {"ops (json)": "OSError"}


@pytest.mark.parametrize(
    "text", ["ops=", "ops=nowhere", "ops= = =", f"ops=//{TOKEN}", f"{TOKEN}", f"ops=json://{TOKEN} x y"]
)
def test_what_is_no_address_is_refused_and_not_shown(tmp_path, text):
    file = tmp_path / "who"
    file.write_text(f"# mine\n{text}\n")
    file.chmod(0o600)
    with pytest.raises(CrescendoError, match="entry 2, is not NAME=ADDRESS") as refused:
        addresses.receivers(file)
    assert TOKEN not in str(refused.value)


def test_addresses_come_from_the_environment_or_a_private_file(tmp_path, monkeypatch):
    file = tmp_path / "who"
    file.write_text(f"# mine\nops = mailto://a.example?to=b\n\ndata=json://h/{TOKEN}?a=b\nops=mailto://c\njson://d\n")
    file.chmod(0o600)
    found = addresses.receivers(file)
    assert [one.label for one in found] == ["ops (mailto)", "data (json)", "ops (mailto, 2)", "all (json)"]
    assert found[1].address == f"json://h/{TOKEN}?a=b"
    file.chmod(0o644)
    with pytest.raises(CrescendoError, match="mode 644: run chmod 600"):
        addresses.receivers(file)
    monkeypatch.setenv("CRESCENDO_NOTIFY", "ops=json://e json://f")
    assert [one.label for one in addresses.receivers(file)] == ["ops (json)", "all (json)"]
    monkeypatch.delenv("CRESCENDO_NOTIFY")
    with pytest.raises(CrescendoError, match="there is no address to notify: set CRESCENDO_NOTIFY"):
        addresses.receivers()


def test_a_damaged_outbox_is_named(warehouse):
    is_now(warehouse, alert())
    (journal.folder(warehouse) / outbox.OUTBOX).write_text('{"ops (json)": 5')
    with pytest.raises(CrescendoError, match=r"outbox.json is damaged .*: move it away"):
        told(warehouse, to(("ops", "json://a")), carry=lambda *_: "")


def test_what_waits_for_a_receiver_that_is_gone_is_said(warehouse):
    is_now(warehouse, alert())
    told(warehouse, to(("ops", "json://a"), ("boss", "json://b")), carry=lambda one, *_: "no" * (one.name == "boss"))
    outcome = told(warehouse, to(("ops", "json://a")), 1, carry=lambda *_: "")
    assert outcome.problems == ["what waits for boss (json) (alerts: 1) has no address any more: give it one"]


def test_a_repeat_is_held_back_for_a_day():
    assert timedelta(hours=24) == WINDOW


def test_watch_tells_a_web_hook_once_and_writes_no_address_anywhere(warehouse, hook, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CRESCENDO_DB", str(warehouse))
    monkeypatch.chdir(ROOT)
    with journal.run("build", warehouse) as run, contextlib.suppress(ZeroDivisionError), run.phase("load"):
        raise ZeroDivisionError
    with contextlib.suppress(ZeroDivisionError), journal.run("build", warehouse):
        raise ZeroDivisionError
    file, log = tmp_path / "who", tmp_path / "log.jsonl"
    file.write_text(f"data-engineering={hook.address}\n")
    file.chmod(0o600)
    words = ["watch", "--notify", "--addresses", str(file), "--log-level", "debug", "--log-file", str(log)]
    hook.status = 503
    assert main(words) == 1
    assert "data-engineering (json) could not be told (HTTP 503)" in capsys.readouterr().err
    hook.status = 200
    assert main(words) == 1
    assert main([*words, "--lang", "fr"]) == 1
    [message] = hook.sent
    assert message["title"] == "Crescendo: 1 critical"
    assert "run_failed" in message["message"]
    file.chmod(0o644)
    assert main(words) == 2
    said = "".join(capsys.readouterr()) + log.read_text()
    said += "".join(path.read_text() for path in journal.folder(warehouse).iterdir())
    assert "alert open" in said
    for secret in (PASSWORD, TOKEN):
        assert secret not in said


def test_without_an_address_watch_says_what_to_write(warehouse, monkeypatch, capsys):
    monkeypatch.setenv("CRESCENDO_DB", str(warehouse))
    monkeypatch.delenv("CRESCENDO_NOTIFY_FILE", raising=False)
    assert main(["watch", "--notify"]) == 2
    assert "there is no address to notify: set CRESCENDO_NOTIFY" in capsys.readouterr().err
