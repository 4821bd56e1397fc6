"""`crescendo estimate`: forecasts, expected milestones and playlist effects of a warehouse, written into it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import duckdb
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from crescendo import warehouse
from crescendo.analysis.insights import forecast, milestones, playlists, store
from crescendo.analysis.insights.panels import Panel, panel
from crescendo.errors import CrescendoError

Say = Callable[[str], None]
OWN = "crescendo"  # the platform of our own measures, which `crescendo watch` judges
OPEN, UNCONFIRMED = "open_end", "unconfirmed_end"
HIGH_TRIED, MEDIUM_TRIED = 60, 20

METRICS = """
    select m.metric_id from metrics.dim_metrics as m inner join metrics.dim_series as s on m.metric_id = s.metric_id
    where m.platform <> $own group by all order by m.metric_id
"""
# what a playlist is to move
LISTED_METRICS = """
    select m.platform, m.metric_id from metrics.dim_metrics as m
    inner join metrics.dim_series as s on m.metric_id = s.metric_id
    where s.subject_id like 'song:%' and m.kind in ('counter', 'flow') and m.metric in ('streams', 'plays', 'views')
        and m.platform in (select platform from audience.dim_playlists)
    group by all order by all
"""
ENTRIES = """
    select e.playlist_id, e.song_id, e.entry_date, e.exit_date, p.playlist_type
    from audience.fct_playlist_entries as e inner join audience.dim_playlists as p on e.playlist_id = p.playlist_id
    where p.platform = ? and e.entry_date is not null order by all
"""


@dataclass(frozen=True)
class Estimated:
    """How many series were looked at and have a forecast, how many milestones have a day, and how many effects hold."""

    series: int
    forecasts: int
    milestones: int
    effects: int


def estimate(say: Say = lambda _: None) -> Estimated:
    """Estimate everything anew and write it. Raises CrescendoError if the warehouse was not built."""
    frames: dict[str, list[pd.DataFrame]] = defaultdict(list)
    with warehouse.connect(read_only=True) as connection, threadpool_limits(1):
        for metric in _metrics(connection):
            say(metric)
            given = panel(connection, metric)
            if given is not None:
                for table, frame in _of_metric(given).items():
                    frames[table].append(frame)
        for platform, metric in connection.execute(LISTED_METRICS).fetchall():
            say(f"playlists of {platform}")
            frames["playlist_effects"].append(_of_playlists(connection, platform, metric))
    whole = {table: _joined(table, frames[table]) for table in store.TABLES}
    with warehouse.connect() as connection, warehouse.transaction(connection):
        store.replace(connection, whole, datetime.now(UTC).replace(tzinfo=None))
    return Estimated(
        whole["forecasts"]["series_id"].nunique(),
        whole["forecasts"].loc[whole["forecasts"]["status"] == forecast.OK, "series_id"].nunique(),
        int(whole["milestones_expected"]["expected_date"].notna().sum()),
        int((whole["playlist_effects"]["status"] == playlists.OK).sum()),
    )


def _metrics(connection: duckdb.DuckDBPyConnection) -> list[str]:
    try:
        return [metric for (metric,) in connection.execute(METRICS, {"own": OWN}).fetchall()]
    except duckdb.CatalogException:
        raise CrescendoError("the warehouse has no metrics yet: run `crescendo build`") from None


def _joined(table: str, frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(store.TABLES[table]))


def _of_metric(given: Panel) -> dict[str, pd.DataFrame]:
    made = forecast.forecast(given.values, given.ages, given.kind, given.min_base)
    # there is no confirmed value to forecast from
    made.status[given.unconfirmed] = UNCONFIRMED
    frames = {"forecasts": _forecast_rows(given, made), "forecast_accuracy": _accuracy_rows(given, made)}
    if given.kind in milestones.KINDS:
        frames["milestones_expected"] = _milestone_rows(given, made)
    return frames


def _forecast_rows(given: Panel, made: forecast.Forecasts) -> pd.DataFrame:
    """A row per series and horizon with a forecast, and one that says why for each series without."""
    model, naive = made.errors()
    known = np.isfinite(made.held)
    held = forecast.mean_known(made.held, (1, 2))
    tried = known.sum(axis=(1, 2))
    shown = made.status == forecast.OK
    series, place = np.nonzero(shown[:, None] & np.isfinite(made.week).all(axis=1))
    without = np.flatnonzero(~shown)
    at = np.concatenate([series, without])
    horizons = np.concatenate([made.horizons[place].astype(float), np.full(len(without), np.nan)])
    frame = pd.DataFrame(_series_columns(given, at) | {"age_group": made.groups[at], "last_week_date": given.ends})
    frame["horizon_weeks"] = pd.array(horizons, dtype="Float64").astype("Int64")
    frame["target_date"] = pd.Timestamp(given.ends) + pd.to_timedelta(7 * horizons, unit="D")
    for name, box in (("week", made.week), ("reach", made.reach)):
        for suffix, end in (("value", 1), ("low", 0), ("high", 2)):
            frame[f"{name}_{suffix}"] = np.concatenate([box[series, end, place], np.full(len(without), np.nan)])
    frame["forecast_error"], frame["naive_error"], frame["held_ratio"] = model[at], naive[at], held[at]
    frame["tried_count"], frame["status"] = tried[at], made.status[at]
    frame["certainty"] = pd.Series(_certainty(tried[at])).where(shown[at], None)
    return frame


def _series_columns(given: Panel, at: np.ndarray) -> dict[str, object]:
    return {"series_id": given.series[at], "subject_id": given.subjects[at], "metric_id": given.metric_id}


def _certainty(tried: np.ndarray) -> np.ndarray:
    """How sure an interval is, by how often it was tried on its own series."""
    return np.select([tried >= HIGH_TRIED, tried >= MEDIUM_TRIED], ["high", "medium"], "low").astype(object)


def _accuracy_rows(given: Panel, made: forecast.Forecasts) -> pd.DataFrame:
    """A row per age group and horizon that was tried: errors of both forecasts, and how often the interval held."""
    rows = []
    judged = np.isin(made.status, (forecast.OK, forecast.NOT_BETTER))
    for group in forecast.AGE_GROUPS:
        own = judged & (made.groups == group)
        for place, horizon in enumerate(made.horizons if own.any() else ()):
            model, naive, held = (box[own, :, place] for box in (made.model_error, made.naive_error, made.held))
            both = np.isfinite(model) & np.isfinite(naive)
            if not both.any():
                continue
            rows.append({
                "metric_id": given.metric_id, "age_group": group, "horizon_weeks": int(horizon),
                "judged_count": int(own.sum()), "shown_count": int((own & (made.status == forecast.OK)).sum()),
                "forecast_error": model[both].mean(), "naive_error": naive[both].mean(),
                "held_ratio": np.nanmean(held) if np.isfinite(held).any() else None, "tried_count": int(both.sum()),
            })  # fmt: skip
    return pd.DataFrame(rows)


def _milestone_rows(given: Panel, made: forecast.Forecasts) -> pd.DataFrame:
    """A row per series that has a newest value: its next milestone and, if the forecast reaches it, the day."""
    found = milestones.expected(made, given.last, given.kind, given.min_base)
    at = np.flatnonzero(np.isfinite(found.threshold) & ~np.isnat(given.closed))
    observed = pd.to_datetime(given.closed[at])
    frame = pd.DataFrame(_series_columns(given, at) | {"threshold": found.threshold[at]})
    frame["newest_value"], frame["observed_date"] = given.last[at], observed
    days = milestones.days(found.weeks[at])
    for place, name in enumerate(("earliest_date", "expected_date", "latest_date")):
        known = np.where(np.isfinite(days[:, place]), days[:, place], np.nan)
        frame[name] = observed + pd.to_timedelta(known, unit="D")
    frame["status"] = found.status[at]
    is_open = np.isinf(found.weeks[at, 2]) & (frame["status"] == forecast.OK)
    frame.loc[is_open, "status"] = OPEN
    tried = np.isfinite(made.held).sum(axis=(1, 2))[at]
    frame["certainty"] = pd.Series(_certainty(tried)).where(frame["expected_date"].notna(), None)
    return frame


def _of_playlists(connection: duckdb.DuckDBPyConnection, platform: str, metric: str) -> pd.DataFrame:
    """The effects of the playlists of a platform: of each entry, playlist, type of playlist, and of all of them."""
    given = panel(connection, metric)
    rows = connection.execute(ENTRIES, [platform]).fetchall()
    if given is None or not rows:
        return pd.DataFrame()
    place = {subject: at for at, subject in enumerate(given.subjects)}
    events, types = [], {}
    for playlist, song, entry, left, kind in rows:
        types[playlist] = kind
        if (at := place.get(f"song:{song}")) is not None:
            key = (playlist, song, entry, left)
            events.append(playlists.Event(key, at, given.week_of(entry), None if left is None else given.week_of(left)))
    world = playlists.World(given.values, given.ages, events)
    effects = list(_scopes(list(playlists.event_effects(world)), types))
    return pd.DataFrame([_effect_row(platform, metric, *effect) for effect in effects])


def _scopes(found: list[playlists.Effect], types: dict[str, str | None]) -> Iterator[tuple]:
    """(scope, playlist type, effect) of all, of each type, of each playlist and of each entry.

    An entry is not believed if its playlist, or its platform, takes songs that rise already.
    """
    for kind in playlists.KINDS:
        own = [effect for effect in found if effect.kind == kind]
        whole = playlists.together((None, None, None, None), kind, own)
        yield "platform", None, whole
        for name, part in _parted(own, lambda effect: types[effect.key[0]]):
            yield "playlist_type", name, playlists.together((None, None, None, None), kind, part)
        for playlist, part in _parted(own, lambda effect: effect.key[0]):
            joint = playlists.together((playlist, None, None, None), kind, part)
            if joint.status == playlists.FEW_SONGS and whole.status == playlists.TREND:
                joint = replace(joint, status=playlists.TREND)
            yield "playlist", types[playlist], joint
            refused = joint.status == playlists.TREND
            for effect in part:
                doubted = refused and effect.status == playlists.OK
                yield "entry", types[playlist], replace(effect, status=playlists.TREND) if doubted else effect


def _parted(found: Sequence[playlists.Effect], by: Callable) -> Iterator[tuple]:
    parts: dict[str, list[playlists.Effect]] = defaultdict(list)
    for effect in found:
        if (name := by(effect)) is not None:
            parts[name].append(effect)
    return iter(sorted(parts.items()))


def _effect_row(platform: str, metric: str, scope: str, kind_of: str | None, effect: playlists.Effect) -> dict:
    playlist, song, entry, left = effect.key
    shown = effect.status == playlists.OK
    ratio = {name: float(np.expm1(getattr(effect, name))) if shown else None for name in ("effect", "low", "high")}
    certainty = None
    if shown:
        certainty = "high" if effect.songs >= 20 else "medium" if effect.songs >= playlists.LEAST_SONGS else "low"
    known = np.isfinite(effect.slope)
    return {
        "scope": scope, "platform": platform, "metric_id": metric, "playlist_type": kind_of, "playlist_id": playlist,
        "song_id": song, "entry_date": entry, "exit_date": left, "effect_kind": effect.kind,
        "effect_ratio": ratio["effect"], "low_ratio": ratio["low"], "high_ratio": ratio["high"],
        "weekly_value": effect.weekly if np.isfinite(effect.weekly) else None,
        "trend_ratio": float(np.expm1(effect.slope)) if known else None,
        "trend_chance_ratio": effect.p_before if known else None, "effect_song_count": effect.songs,
        "control_count": effect.controls, "effect_week_count": effect.weeks, "status": effect.status,
        "certainty": certainty,
    }  # fmt: skip
