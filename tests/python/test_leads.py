"""Leads, from files to the dashboard's numbers: what the sample and two real funnels must come out as."""

import csv
import gzip
import json
import os
import shutil
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from compiled import construct
from conftest import crescendo, dbt, project_in

PARIS = ZoneInfo("Europe/Paris")
MAPPINGS = Path(__file__).parent / "mappings"
# what the sample aims at, in percent of validated leads, and in the order of the brief
AIMED = {
    "SEA Marque": 34,
    "SEO": 18,
    "SEA Générique": 16,
    "Affiliation": 11,
    "Display": 9,
    "Facebook": 6,
    "GDN": 3,
    "GSP": 2,
    "Display secondaire": 1,
}
MODELS = ("path:models/staging/leads", "path:models/intermediate/leads", "path:models/marts/leads", "path:tests/leads")
SPEND = "date;platform;account_id;campaign_id;campaign_name;impressions;clicks;spend;currency;platform_conversions"
LEDGER = ("loads", "files", "file_records", "taken_lead_rows", "taken_plans")
SEEDS = ("channels", "channel_rules", *(f"stg_load_audit__{name}" for name in LEDGER))


def ask(folder: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(folder / "crescendo.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def build(folder: Path, environment: dict[str, str]) -> None:
    """Build the models of leads and run their tests."""
    words = ["build", "--quiet", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"]
    done = dbt(folder, environment, *words, "--select", *MODELS, *SEEDS)
    assert done.returncode == 0, done.stdout[-3000:]


# --- the sample --------------------------------------------------------------------------------------------------


def records(folder: Path, name: str) -> list[list[dict]]:
    """The records of each of the sample's files of a kind, in the order of their names."""
    paths = sorted((folder / "sample" / "leads").glob(f"{name}*.jsonl"))
    return [[json.loads(line) for line in path.read_text().splitlines()] for path in paths]


@pytest.fixture(scope="module")
def sent(built):
    """Each lead as it was sent last, tests left out."""
    latest = {}
    for lead in (lead for file in records(built, "leads-") for lead in file):
        before = latest.get(lead["lead_id"])
        if not before or datetime.fromisoformat(lead["updated_at"]) >= datetime.fromisoformat(before["updated_at"]):
            latest[lead["lead_id"]] = lead
    return [lead for lead in latest.values() if lead["status"] != "test"]


def counted(leads: list[dict]) -> set[str]:
    """Who counts as validated by the definition: with consent and phone, once a person in any 30 days."""
    found, last = set(), {}
    for lead in sorted(leads, key=lambda lead: (datetime.fromisoformat(lead["created_at"]), lead["lead_id"])):
        if lead["status"] != "validated" or not lead["consent"] or not lead["phone_valid"]:
            continue
        day = datetime.fromisoformat(lead["created_at"]).astimezone(PARIS).date()
        keys = [key for key in (lead["email_hash"], lead["phone_hash"]) if key]
        before = max((last[key] for key in keys if key in last), default=None)
        if before is None or (day - before).days >= 30:
            found.add(lead["lead_id"])
            last |= dict.fromkeys(keys, day)
    return found


def test_raw_treemap_and_weekly_bars_give_one_total(built, sent):
    validated = counted(sent)
    assert ask(built, "select count(*) from leads.fct_leads where is_received") == [(len(sent),)]
    assert {row[0] for row in ask(built, "select lead_id from leads.fct_leads where is_validated")} == validated
    mix = "select sum(received_count), sum(validated_count) from leads.media_mix where period_type = 'all'"
    weeks = "select sum(received_count), sum(validated_count) from leads.leads_weekly"
    assert ask(built, mix) == ask(built, weeks) == [(len(sent), len(validated))]


def test_weeks_are_those_of_the_wall_clock_in_paris(built, sent):
    days = Counter(datetime.fromisoformat(lead["created_at"]).astimezone(PARIS).date() for lead in sent)
    found = "select day_date, sum(received_count)::bigint as n from leads.fct_leads_daily group by 1 having n > 0"
    assert dict(ask(built, found)) == days
    weeks = Counter()
    for day, count in days.items():
        weeks[day - timedelta(day.weekday())] += count
    found = "select week_date, sum(received_count)::bigint, min(week) from leads.leads_weekly group by 1 order by 1"
    assert [(week, count, f"{week:%G-W%V}") for week, count in sorted(weeks.items())] == ask(built, found)


def test_the_mix_has_the_channels_and_the_order_of_the_brief(built):
    rows = ask(
        built, "select channel, 100 * share_ratio from leads.media_mix where period_type = 'all' order by channel_rank"
    )
    shares = dict(rows)
    assert [channel for channel, _ in rows if channel in AIMED] == list(AIMED)
    assert all(abs(shares[channel] - aimed) < 2.5 for channel, aimed in AIMED.items())
    assert ask(
        built, "select lead_ratio < 0.05, is_over_limit from leads.channel_rule_uses where rule_id = '(none)'"
    ) == [(True, False)]


def test_every_planted_fault_is_seen(built):
    [found] = ask(
        built,
        """
        select
            count(*) filter (where refusal = 'repeat') > 50,
            count(*) filter (where refusal = 'no_consent') > 10,
            count(*) filter (where lead_version_count > 1) > 1000,
            count(*) filter (where not is_received) > 50,
            count(*) filter (where has_odd_times) > 0,
            max(epoch(validated_at - created_at)) / 86400 between 25 and 31,
            count(distinct declared_channel) filter (where declared_channel_id = 'sea_generique') >= 3
        from leads.fct_leads
        """,
    )
    assert found == (True,) * 7
    problems = "select call_problem from leads.fct_call_attempts where call_problem is not null group by 1 order by 1"
    assert ask(built, problems) == [("lead_missing",), ("lead_unknown",)]
    silent = "select week from leads.reachability where uncertain_count > 0 group by 1"
    assert ask(built, silent) == [("2025-W12",)]
    credit = "select spend_date, channel_id from leads.fct_media_spend_daily where is_credited"
    assert ask(built, credit) == [(date(2025, 4, 16), "sea_marque")]
    peaks = "select week from leads.leads_weekly_totals where is_peak order by 1"
    assert ask(built, peaks) == [("2025-W16",), ("2025-W19",)]
    assert ask(built, "select count(*) from leads.leads_weekly_totals where is_fall") == [(0,)]
    partial = "select week from leads.leads_weekly_totals where is_partial_week order by 1"
    assert ask(built, partial) == [("2025-W06",), ("2025-W22",)]


def test_reachability_is_understated_and_says_so(built):
    rows = ask(
        built,
        "select sum(reached_count) / sum(attempted_count), min(note), min(known_source_ratio), count(distinct note)"
        " from leads.reachability where week <> '2025-W12'",
    )
    [(usual, note, known, notes)] = rows
    assert (note, notes) == ("Understated: external calls on outbound leads are not included.", 1)
    assert known < 1
    [(seen, least, most)] = ask(
        built,
        "select sum(reached_count) / sum(attempted_count), min(floor_ratio), max(ceiling_ratio)"
        " from leads.reachability where week = '2025-W12'",
    )
    assert seen < usual < most
    assert least < seen


def test_spend_of_the_last_days_is_replaced_and_listed(built):
    said = defaultdict(list)
    for file in records(built, "spend-"):
        within = defaultdict(float)
        for row in file:
            within[row["date"], row["campaign_id"]] += row["spend"]
        for key, spend in within.items():
            said[key].append(spend)
    rows = "select spend_date::varchar, campaign_id, spend from leads.fct_media_spend_daily where not is_spread"
    found = {(day, campaign): spend for day, campaign, spend in ask(built, rows)}
    assert found == pytest.approx({key: spends[-1] for key, spends in said.items()})
    restated = {key: (spends[0], spends[-1]) for key, spends in said.items() if len(set(spends)) > 1}
    assert len(restated) > 100
    listed = ask(
        built,
        "select observed_date::varchar, split_part(counted, ' ', 3), older_value, newer_value from metrics.restatements"
        " where metric_id = 'leads:spend'",
    )
    assert {(day, campaign): (older, newer) for day, campaign, older, newer in listed} == restated
    assert ask(built, "select count(last_restated_at) > 0 from leads.channel_costs") == [(True,)]


APRIL = [f"2025-04-{day:02}" for day in range(1, 31)]


@pytest.mark.parametrize(
    ("first", "second", "spent", "restated"),
    [
        (dict.fromkeys(APRIL, 100), {"2025-04": 3300}, 3300, 30),
        ({"2025-04": 3300}, dict.fromkeys(APRIL, 100), 3000, 30),
        ({"2025-04": 3000}, {"2025-W16": 770, "2025-04-30": 100}, 3070, 7),
        ({"2025-04": 3000, "2025-04-30": -40}, {}, 2960, 0),
    ],
    ids=[
        "a month after its days",
        "days after their month",
        "a week and a day after the month",
        "a credit in one file",
    ],
)
def test_the_last_file_that_speaks_of_a_day_counts_by_whatever_period(desk, nodes, first, second, spent, restated):
    """docs/leads.md, restated spend."""
    for number, amounts in enumerate(filter(None, (first, second))):
        lines = [f"{period};google_ads;a;1;FR | Search | Marque;;;{spend};EUR;" for period, spend in amounts.items()]
        file = desk.write(f"spend-{number}.csv", "\n".join([SPEND, *lines]) + "\n")
        assert desk.load(file)[0] == 0
    with duckdb.connect(str(desk.warehouse)) as connection:
        construct(connection, nodes, ("fct_media_spend_daily", "int_leads_restatements_found"))
        days = connection.execute("select count(*), sum(spend) from leads.fct_media_spend_daily").fetchall()
        assert days == [(30, pytest.approx(spent))]
        changed = "select count(*) from intermediate.int_leads_restatements_found"
        assert connection.execute(changed).fetchall() == [(restated,)]


def test_affiliates_are_paid_by_the_month_and_spread_over_its_days(built):
    text = (built / "sample" / "leads" / "affiliation-2025-04.csv").read_text().splitlines()[1]
    amount = float(text.split(";")[7].replace(" ", "").replace(",", "."))
    april = "from leads.fct_media_spend_daily where channel_id = 'affiliation' and month(spend_date) = 4"
    assert ask(built, f"select count(*), sum(spend) {april}") == [(30, pytest.approx(amount))]
    assert ask(built, f"select min(spend), max(spend) {april}") == [(pytest.approx(amount / 30),) * 2]


def test_what_tells_a_person_stays_in_staging(built):
    columns = ask(
        built,
        "select table_schema || '.' || table_name, column_name from information_schema.columns"
        " where table_schema in ('leads', 'intermediate', 'metrics') and regexp_matches(table_name, 'lead|chan|call')",
    )
    assert columns
    personal = ("email_hash", "phone_hash", "email_digest", "phone_digest", "postcode", "landing_page", "click_id")
    assert not [(table, column) for table, column in columns if column in personal]


def answers(folder: Path, *words: str) -> list[dict]:
    done = crescendo(folder, project_in(folder), *words, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_growth_of_channels_is_that_of_their_leads(built):
    rows = answers(built, "growth", "--by", "channel", "--metric", "validated_leads", "--last", "4w")
    [row] = [row for row in rows if row["name"] == "SEA Marque"]
    days = (
        "select sum(validated_count) from leads.fct_leads_daily where channel_id = 'sea_marque'"
        f" and day_date > date '{row['from_date']}' and day_date <= date '{row['to_date']}'"
    )
    assert (date.fromisoformat(row["to_date"]) - date.fromisoformat(row["from_date"])).days == 28
    assert ask(built, days) == [(row["gained"],)]


def test_groups_of_channels_add_up(built):
    window = ("--metric", "validated_leads", "--last", "4w")
    channels = {row["name"]: row["gained"] for row in answers(built, "growth", "--by", "channel", *window)}
    groups = {row["name"]: row["gained"] for row in answers(built, "growth", "--by", "channel_group", *window)}
    assert groups["Paid search"] == channels["SEA Marque"] + channels["SEA Générique"]
    assert groups["Display"] == sum(channels[name] for name in ("Display", "Display secondaire", "GDN", "GSP"))
    paid = {row["name"]: row["gained"] for row in answers(built, "growth", "--by", "payment", *window)}
    assert paid["Paid"] == sum(channels[name] for name in AIMED if name != "SEO")


def test_averages_of_channels_answer(built):
    rows = answers(built, "averages", "--by", "channel", "--metric", "validated_leads", "--last", "4w")
    assert {row["name"] for row in rows} >= set(AIMED)


# --- real funnels, mapped by their files --------------------------------------------------------------------------

real = pytest.mark.skipif("CRESCENDO_REALDATA" not in os.environ, reason="CRESCENDO_REALDATA names no folder")


def landed(folder: Path, **files: str) -> dict[str, str]:
    """Lay the data beside their mappings, load and build; returns the environment."""
    environment = project_in(folder)
    (folder / "landing").mkdir()
    for name, path in files.items():
        shutil.copy(Path(os.environ["CRESCENDO_REALDATA"], path), folder / "landing" / f"{name}.csv.gz")
        shutil.copy(MAPPINGS / f"{name}.mapping.toml", folder / "landing")
    done = crescendo(folder, environment, "load")
    assert done.returncode == 0, done.stderr
    build(folder, environment)
    return environment


@pytest.mark.realdata
@real
def test_the_olist_funnel_is_accounted_for(tmp_path):
    data = "olist_marketing_funnel/olist_{}_dataset.csv.gz"
    landed(tmp_path, olist_leads=data.format("marketing_qualified_leads"), olist_deals=data.format("closed_deals"))
    by_channel = dict(ask(tmp_path, "select channel_id, count(*) from leads.fct_leads group by 1"))
    assert by_channel == {
        "seo": 2296,
        "sea_generique": 1586,
        "social": 1350,
        "direct": 499,
        "email": 493,
        "referral": 284,
        "display": 118,
        "unassigned": 1099 + 150 + 65 + 60,  # unknown, other, other publicities and blank
    }
    assert sum(by_channel.values()) == 8000
    weeks = "select count(*), min(received_count), max(received_count) from leads.leads_weekly_totals"
    assert ask(tmp_path, weeks) == [(51, 1, 338)]
    won = "select count(*), count(*) filter (where is_won_before_contact) from leads.fct_leads where is_won"
    assert ask(tmp_path, won) == [(842, 1)]
    ratios = dict(
        ask(tmp_path, "select channel_id, round(100 * won_ratio) from leads.media_mix where period_type = 'all'")
    )
    assert (ratios["sea_generique"], ratios["seo"], ratios["social"], ratios["email"]) == (12, 12, 6, 3)
    assert ask(tmp_path, "select is_over_limit from leads.channel_rule_uses where rule_id = '(none)'") == [(True,)]


@pytest.mark.realdata
@real
def test_the_calls_of_x_education_give_its_reachability(tmp_path):
    path = "xeducation_leads/Leads.csv.gz"
    landed(tmp_path, xeducation_leads=path, xeducation_calls=path)
    with gzip.open(Path(os.environ["CRESCENDO_REALDATA"], path), "rt", encoding="utf-8") as file:
        assert sum(1 for _ in csv.DictReader(file)) == 9240
    assert ask(tmp_path, "select count(*) from leads.fct_leads") == [(9240,)]
    calls = "select count(*) filter (where is_attempt), count(*) filter (where is_reached) from leads.fct_call_attempts"
    assert ask(tmp_path, calls) == [(5887, 5887 - 1662 - 157)]
    reached = dict(ask(tmp_path, "select channel_id, round(reachability_ratio, 2) from leads.reachability"))
    assert (reached["sea_generique"], reached["direct"], reached["seo"]) == (0.68, 0.62, 0.60)
    assert ask(tmp_path, "select week from leads.leads_weekly group by 1") == [("(no date)",)]
