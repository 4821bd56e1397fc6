"""A million leads of three years, with their calls and spend: loaded and modelled, and then one day more.

    python scripts/bench/leads.py --leads 1000000

Writes to a folder of its own, which is removed. Prints what the targets speak of: load and models within 30 s and
2 GiB, one more day within 5 s. Both as `crescendo build` does it: a copy of the warehouse, files loaded into it while
dbt is imported, and then the models, all of them first and later those that are stale; here these are the leads alone,
without their tests. A run of one small view says what dbt takes without models. On a busy machine believe the CPU
seconds.
"""

import argparse
import json
import os
import tempfile
from datetime import date, timedelta
from pathlib import Path

import duckdb
from measure import Spent, built, run

FIRST, DAYS = date(2022, 1, 3), 1095
CAMPAIGNS = (
    "['FR | Search | Marque', 'FR | Search | Hors marque', 'GDN - Remarketing', 'GSP - Gmail', null, 'Prospection']"
)
LEAD = f"""
    'lead_id': 'L' || n,
    'created_at': strftime(created, '%Y-%m-%dT%H:%M:%S+01:00'),
    'updated_at': strftime(created + interval (version * 4) day, '%Y-%m-%dT%H:%M:%S+01:00'),
    'direction': if(n % 3 = 0, 'inbound', 'outbound'), 'form_id': 'form-' || n % 4,
    'landing_page': 'https://www.example.com/devis?ref=' || n,
    'utm_source': ['google', 'google', 'google', 'google', 'google', 'facebook'][n % 6 + 1],
    'utm_medium': ['cpc', 'cpc', 'cpc', 'cpc', 'organic', 'cpc'][n % 6 + 1],
    'utm_campaign': {CAMPAIGNS}[n % 6 + 1],
    'utm_content': 'ad-' || n % 20, 'utm_term': null, 'click_id': 'gclid-' || hash(n), 'affiliate_id': null,
    'declared_channel': ['SEA Marque', 'SEA Generique', 'GDN', 'Gsp', 'Seo', 'Facebook'][n % 6 + 1],
    'email_hash': sha256('e' || n % 970000), 'phone_hash': sha256('p' || n % 970000), 'phone_valid': true,
    'postcode': '75001', 'product': 'mutuelle', 'consent': true,
    'status': if(version = 0 and n % 8 = 0, 'new', if(n % 5 < 3, 'validated', 'rejected')),
    'rejection_reason': if(n % 5 < 3, null, 'out_of_target'),
    'validated_at': if(n % 5 < 3 and not (version = 0 and n % 8 = 0),
        strftime(created + interval (version * 4) day, '%Y-%m-%dT%H:%M:%S+01:00'), null)
"""
CALL = """
    'call_id': 'C' || n, 'lead_id': 'L' || n * 2 // 3,
    'called_at': strftime(created + interval 20 minute, '%Y-%m-%dT%H:%M:%S+01:00'), 'attempt_no': n % 3 + 1,
    'outcome': ['reached', 'no_answer', 'busy'][n % 3 + 1], 'duration_s': 60,
    'centre': ['internal', 'external'][n % 2 + 1]
"""
SPEND = f"""
    'date': strftime(day, '%Y-%m-%d'), 'platform': 'google_ads', 'account_id': 'fr', 'campaign_id': 'c' || n,
    'campaign_name': {CAMPAIGNS}[n % 6 + 1], 'impressions': 1000, 'clicks': 50, 'spend': 100 + n, 'currency': 'EUR',
    'platform_conversions': 3
"""
FOLDERS = ("models/staging/leads", "models/intermediate/leads", "models/marts/leads")
LEDGER = ("loads", "files", "file_records", "taken_lead_rows", "taken_plans")
SEEDS = ("channels", "channel_rules", *(f"stg_load_audit__{name}" for name in LEDGER))
SMALL = "model.crescendo.int_leads_numbers_joined"


def write(path: Path, rows: str, record: str) -> None:
    """Write JSON lines: `rows` is the SQL of a relation, `record` what a line says, over its columns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(f"copy (select unnest({{{record}}}) from ({rows})) to '{path}' (format json)")


def generate(folder: Path, leads: int, first: date, days: int, after: int = 0) -> None:
    """Write the exports of some days: leads, an eighth of them twice; one and a half calls a lead; ten campaigns."""
    start = f"timestamp '{first} 08:00:00'"
    at = f"{start} + interval 1 day * ((n - {after}) * {days} // {leads}) + interval 1 second * (n % 40000)"
    numbers = f"range({after}, {after + leads}) as numbers(n)"
    write(folder / "leads.jsonl", f"select n, 0 as version, {at} as created from {numbers}", LEAD)
    again = f"select n, 1 as version, {at} as created from {numbers} where n % 8 = 0"
    write(folder / "leads-again.jsonl", again, LEAD)
    calls = f"range({after * 3 // 2}, {(after + leads) * 3 // 2}) as numbers(n)"
    write(folder / "calls.jsonl", f"select n, {at.replace('n -', 'n * 2 // 3 -')} as created from {calls}", CALL)
    spent = f"select n, date '{first}' + d::int as day from range({days}) as a(d), range(10) as b(n)"
    write(folder / "spend.jsonl", spent, SPEND)


def told(name: str, spent: Spent, *more: str) -> None:
    """Print what a step took, and of what that is made."""
    print("\n                ".join([f"{name:<16}{spent}", spent.said, *more]), flush=True)


def nodes(target: Path) -> list[str]:
    """The ids of the models of leads that a day makes: not the views, whose rows are made when they are asked."""
    known = json.loads((target / "manifest.json").read_text())["nodes"]
    return [
        name
        for name, node in known.items()
        if node["resource_type"] == "model"
        and node["original_file_path"].startswith(FOLDERS)
        and node["config"]["materialized"] != "view"
    ]


def slowest(target: Path, most: int = 6) -> str:
    """The models that took longest, with their seconds."""
    results = json.loads((target / "run_results.json").read_text())["results"]
    ranked = sorted(results, key=lambda result: -result["execution_time"])
    named = [f"{result['unique_id'].split('.')[-1]} {result['execution_time']:.1f} s" for result in ranked[:most]]
    return f"{sum(result['execution_time'] for result in results):.1f} s in models: {', '.join(named)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="Where to work; a temporary folder without it.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crescendo-bench-", dir=options.folder) as name:
        folder = Path(name)
        generate(folder / "all", options.leads, FIRST, DAYS)
        size = sum(path.stat().st_size for path in folder.rglob("*.jsonl"))
        print(f"{options.leads:,} leads of {DAYS} days, {size / 1e6:,.0f} MB")
        own = {"CRESCENDO_DB": str(folder / "b.duckdb"), "DBT_TARGET_PATH": str(folder / "target")}
        environment = own | {"DBT_LOG_PATH": str(folder / "logs")}
        run(built("parse"), environment)  # what a project has done that was built before
        run(built("seed", "--select", *SEEDS), environment)
        leads = ("--select", *(f"path:{place}" for place in FOLDERS), *SEEDS)
        told(
            "load and models", run(built("run", *leads, folder=folder / "all"), environment), slowest(folder / "target")
        )
        generate(folder / "day", options.leads // DAYS, FIRST + timedelta(DAYS), 1, after=options.leads)
        wanted = nodes(folder / "target")
        day = run(built("run", wanted=wanted, folder=folder / "day"), environment)
        told("one more day", day, slowest(folder / "target"))
        told("dbt alone", run(built("run", wanted=[SMALL]), environment))
        with duckdb.connect(str(folder / "b.duckdb"), read_only=True) as warehouse:
            [(count,)] = warehouse.execute("select count(*) from leads.fct_leads").fetchall()
        print(f"{count:,} leads in fct_leads; load average {os.getloadavg()[0]:.0f} of {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
