"""The functions of `insights` on a world of a test, in a database in memory, as dbt compiled them."""

import duckdb
from compiled import construct, insert

PLACES = """
create table intermediate.int_places_described (
    artist_id varchar, metric_id varchar, place_type varchar, place_country varchar, region_name varchar,
    place_city varchar, place_id varchar, artist_credit varchar, platform varchar, metric varchar, unit varchar,
    kind varchar, min_base double, complete_through_date date, cadence_days integer, max_age_days integer, name varchar
);
create table intermediate.int_place_days_listed (
    series_id bigint, artist_id varchar, metric_id varchar, place_type varchar, place_country varchar,
    region_name varchar, place_city varchar, place_id varchar, observed_date date, value double, cities_key bigint,
    is_restated boolean
);
create table intermediate.int_memberships_received (
    subject_id varchar, group_id varchar, group_type varchar, weight double, counts boolean
);
"""


def warehouse(world, nodes, wanted=("movers", "mover_drivers", "spikes", "milestones")):
    """A database in memory that holds the world, and the functions on it."""
    connection = duckdb.connect()
    connection.execute("set threads to 2; create schema metrics; create schema intermediate; create schema audience")
    connection.execute(PLACES)
    connection.execute("""
        create table audience.dim_charts (platform varchar);
        create table audience.dim_playlists (playlist_id varchar, platform varchar, playlist_name varchar);
        create table audience.fct_playlist_entries (
            playlist_id varchar, song_id varchar, subscriber_count bigint, entry_date date, exit_date date
        );
        create table audience.dim_songs (song_id varchar, subject_id varchar);
        create table audience.fct_place_observations (metric_id varchar);
        create table intermediate.int_observations_unioned (
            subject_id varchar, metric_id varchar, observed_date date, value double, linked_value double,
            is_restated boolean
        );
        create table metrics.dim_subjects (
            subject_id varchar, subject_type varchar, name varchar, began_on date, counted_by varchar,
            is_primary boolean, is_composed boolean
        )
    """)
    rows = [
        (course.subject, course.metric, day, value, course.linked.get(day, 0.0), day in course.restated)
        for course in world.courses
        for day, value in course.values.items()
    ]
    insert(connection, "intermediate.int_observations_unioned", rows)
    subjects = {course.subject for course in world.courses} | world.groups.keys()
    described = [
        (name, name.split(":")[0], name, world.began.get(name), None, True, False) for name in sorted(subjects)
    ]
    insert(connection, "metrics.dim_subjects", described)
    members = [(song, group, group.split(":")[0], 1.0, True) for group, songs in world.groups.items() for song in songs]
    if members:
        insert(connection, "intermediate.int_memberships_received", members)
    if world.places:
        insert(connection, "intermediate.int_places_described", [place.described() for place in world.places])
        listed = [row for place in world.places for row in place.listed()]
        insert(connection, "intermediate.int_place_days_listed", listed)
    if world.playlists:
        insert(connection, "audience.dim_playlists", [(name, "spotify", name) for name, *_ in world.playlists])
        insert(connection, "audience.fct_playlist_entries", world.playlists)
        songs = sorted({song for _, song, *_ in world.playlists})
        insert(connection, "audience.dim_songs", [(song, song) for song in songs])
    construct(connection, nodes, wanted)
    return connection


def asked(connection, function, *days):
    """The rows of a function of `insights` as dictionaries."""
    days = ", ".join(f"date '{day}'" for day in days)
    found = connection.sql(f"from insights.{function}({days})")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
