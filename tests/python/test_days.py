"""`crescendo daily`: the steps in order, once each; killed and disturbed, the tables are those of a quiet day.

CRESCENDO_DAYS says how many whole days are compared; 30 take about an hour.
"""

import os
import sys

from conftest import ROOT
from days import dates, disturbed, drawn, undisturbed

sys.path.insert(0, str(ROOT / "orchestration"))
from compare import differences

DAYS = int(os.environ.get("CRESCENDO_DAYS", "1"))
# step -> seconds after its beginning within which it is killed; one day in three is killed in each
KILLS = (
    {"fetch-moovitamix": 0.5, "load": 1.0, "retrain": 3.0},
    {"build": 30.0, "publish": 0.5},
    {"fetch-tmdb": 0.2, "recommend": 3.0, "watch": 0.5},
)
LIKE_EACH_OTHER = 0.25  # what a day may cost more or less than the median day


def test_days_with_kills_and_faults_equal_quiet_days(tmp_path):
    draw, costs = drawn(), []
    for number, day in enumerate(dates(DAYS)):
        costs.append(undisturbed(tmp_path / "quiet", day))
        calls = disturbed(tmp_path / "disturbed", day, KILLS[number % 3], draw)
        sys.stderr.write(f"{day}: {costs[-1]:.1f} CPU s; disturbed, it took {calls} more calls\n")
        for file in ("crescendo.duckdb", "published/crescendo.duckdb"):
            assert not differences(tmp_path / "quiet" / file, tmp_path / "disturbed" / file), f"on {day}"
    usual = sorted(costs)[len(costs) // 2]
    # the first day builds what all others only go on with, and trains the first model
    assert all(abs(cost / usual - 1) <= LIKE_EACH_OTHER for cost in costs[1:]), costs
