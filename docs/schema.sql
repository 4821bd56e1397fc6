-- Written by `crescendo docs` from the declarations and the models; do not edit.
-- PostgreSQL 15 or later: psql --single-transaction --file docs/schema.sql

-- Who may read: grant this role to people and dashboards

do $$ begin
    if not exists (select from pg_roles where rolname = 'crescendo_reader') then
        create role crescendo_reader nologin;
    end if;
end $$;

-- Tables

create schema audience;
create schema films;
create schema intermediate;
create schema leads;
create schema listening;
create schema metrics;
create schema operations;
create schema quality;
create schema staging;
create table audience.bridge_albums_x_artists (
    "album_id" text not null,
    "artist_id" text not null,
    "artist_position" integer
);
create table audience.bridge_albums_x_labels (
    "album_id" text not null,
    "label_id" text not null
);
create table audience.bridge_albums_x_songs (
    "album_id" text not null,
    "disc_number" integer not null,
    "track_number" integer not null,
    "song_id" text,
    "answer_count" bigint
);
create table audience.bridge_artists_x_genres (
    "artist_id" text not null,
    "music_genre_id" text not null
);
create table audience.bridge_songs_x_artists (
    "song_id" text not null,
    "artist_id" text not null,
    "artist_position" integer,
    "is_main_artist" boolean
);
create table audience.bridge_songs_x_genres (
    "song_id" text not null,
    "music_genre_id" text not null
);
create table audience.bridge_songs_x_labels (
    "song_id" text not null,
    "label_id" text not null
);
create table audience.dim_albums (
    "album_id" text not null,
    "album_title" text,
    "artist_credit" text,
    "album_type" text,
    "upc" text,
    "image_url" text,
    "track_count" bigint,
    "release_date" date,
    check (track_count >= 0)
);
create table audience.dim_artists (
    "artist_id" text not null,
    "subject_id" text not null,
    "artist_name" text,
    "artist_type" text,
    "country_code" text,
    "city_name" text,
    "career_stage" text,
    "isni" text,
    "image_url" text,
    "song_count" bigint,
    "is_credit" boolean
);
create table audience.dim_audio_features (
    "song_id" text not null,
    "acousticness" double precision,
    "danceability" double precision,
    "energy" double precision,
    "instrumentalness" double precision,
    "liveness" double precision,
    "speechiness" double precision,
    "valence" double precision,
    "loudness_decibels" double precision,
    "tempo_bpm" double precision,
    "pitch_class" bigint,
    "mode" bigint,
    "beats_per_bar" bigint
);
create table audience.dim_charts (
    "chart_id" text not null,
    "platform" text,
    "chart_name" text,
    "chart_type" text,
    "frequency" text,
    "country_code" text,
    "country_name" text,
    "city_name" text,
    "place_count" bigint
);
create table audience.dim_identifiers (
    "subject_id" text not null,
    "platform" text not null,
    "identifier" text not null,
    "identifier_url" text,
    "is_default" boolean
);
create table audience.dim_labels (
    "label_id" text not null,
    "label_name" text not null,
    "label_type" text
);
create table audience.dim_music_genres (
    "music_genre_id" text not null,
    "root_genre" text not null,
    "sub_genre" text
);
create table audience.dim_place_countries (
    "country_code" text not null,
    "country_name" text not null
);
create table audience.dim_playlists (
    "playlist_id" text not null,
    "platform" text,
    "identifier" text,
    "playlist_name" text,
    "playlist_type" text,
    "country_code" text,
    "track_count" bigint,
    "subscriber_count" bigint,
    "crawled_date" date
);
create table audience.dim_songs (
    "song_id" text not null,
    "subject_id" text not null,
    "recording_id" text not null,
    "title" text,
    "artist_credit" text,
    "isrc" text,
    "language_code" text,
    "distributor" text,
    "copyright_line" text,
    "image_url" text,
    "version_count" bigint,
    "duration_seconds" bigint,
    "is_explicit" boolean,
    "is_primary_recording" boolean,
    "has_twin" boolean,
    "has_release_date" boolean,
    "has_streams" boolean,
    "has_popularity" boolean,
    "release_date" date
);
create table audience.fct_chart_entries (
    "chart_id" text not null,
    "song_id" text not null,
    "chart_rank" bigint,
    "previous_chart_rank" bigint,
    "peak_chart_rank" bigint,
    "time_on_chart" bigint,
    "answer_count" bigint,
    "time_on_chart_unit" text,
    "is_current" boolean,
    "entry_date" date not null,
    "rank_date" date
);
create table audience.fct_place_observations (
    "artist_id" text not null,
    "metric_id" text not null,
    "place_type" text not null,
    "place_country" text not null,
    "region_name" text not null,
    "place_city" text not null,
    "observed_date" date not null,
    "value" double precision,
    "answer_count" bigint
);
create table audience.fct_playlist_entries (
    "playlist_id" text not null,
    "song_id" text not null,
    "playlist_position" bigint,
    "peak_playlist_position" bigint,
    "subscriber_count" bigint,
    "answer_count" bigint,
    "entry_date" date not null,
    "exit_date" date,
    "position_date" date,
    "peak_position_date" date
);
create table films.bridge_movies_x_companies (
    "movie_id" bigint not null,
    "company_id" bigint not null,
    "weight" double precision
);
create table films.bridge_movies_x_countries (
    "movie_id" bigint not null,
    "country_code" text not null,
    "weight" double precision
);
create table films.bridge_movies_x_genres (
    "movie_id" bigint not null,
    "film_genre_id" bigint not null,
    "weight" double precision
);
create table films.bridge_movies_x_languages (
    "movie_id" bigint not null,
    "film_language_code" text not null,
    "weight" double precision
);
create table films.dim_countries (
    "country_code" text not null,
    "subject_id" text,
    "country_name" text,
    "continent" text,
    "successor_code" text,
    "is_former" boolean,
    "is_known_country" boolean
);
create table films.bridge_movies_x_groups (
    "movie_id" bigint not null,
    "group_id" text not null,
    "group_type" text,
    "weight" double precision
);
create table films.bridge_movies_x_persons (
    "credit_id" text not null,
    "movie_id" bigint,
    "person_id" bigint,
    "credit_type" text,
    "department" text,
    "job" text,
    "character_name" text,
    "cast_order" bigint,
    "weight" double precision
);
create table films.dim_companies (
    "company_id" bigint not null,
    "subject_id" text,
    "company_name" text,
    "country_code" text
);
create table films.dim_film_genres (
    "film_genre_id" bigint not null,
    "subject_id" text,
    "genre_name" text,
    "is_named" boolean
);
create table films.dim_film_languages (
    "film_language_code" text not null,
    "subject_id" text,
    "language_name" text
);
create table films.dim_movie_versions (
    "movie_id" bigint not null,
    "version" integer not null,
    "film_status" text,
    "release_date" date,
    "runtime_minutes" bigint,
    "budget_usd" bigint,
    "revenue_usd" bigint,
    "valid_from_date" date,
    "next_version_date" date,
    "last_seen_date" date,
    "is_newest_version" boolean
);
create table films.dim_movies (
    "movie_id" bigint not null,
    "subject_id" text,
    "title" text,
    "original_title" text,
    "original_language_code" text,
    "film_status" text,
    "imdb_id" text,
    "homepage" text,
    "collection_id" bigint,
    "collection_name" text,
    "runtime_minutes" bigint,
    "budget_usd" bigint,
    "revenue_usd" bigint,
    "is_adult" boolean,
    "is_video" boolean,
    "is_gone" boolean,
    "has_details" boolean,
    "release_date" date,
    "first_seen_date" date,
    "last_seen_date" date,
    "details_date" date,
    "last_exported_date" date,
    "absence_date" date
);
create table films.dim_persons (
    "person_id" bigint not null,
    "subject_id" text,
    "person_name" text,
    "known_for_department" text
);
create table films.fct_movies_daily (
    "movie_id" bigint not null,
    "snapshot_date" date not null,
    "answer_kind" text,
    "film_list" text,
    "page_number" bigint,
    "popularity" double precision,
    "popularity_rank" bigint,
    "ranked_movie_count" bigint,
    "rank_change" bigint,
    "vote_average" double precision,
    "vote_count" bigint,
    "stated_release_date" date,
    "seen_day_count" bigint,
    "missed_days" integer,
    "said_count" bigint,
    "is_disputed" boolean
);
create table films.film_features (
    "movie_id" bigint not null,
    "imdb_id" text,
    "title" text,
    "original_language_code" text,
    "release_date" date,
    "runtime_minutes" bigint,
    "budget_usd" bigint,
    "collection_id" bigint,
    "genre_names" text,
    "country_names" text,
    "director_names" text,
    "leading_cast_names" text
);
create table metrics.fct_observations (
    "series_id" bigint not null,
    "observed_date" date not null,
    "value" double precision not null,
    "linked_value" double precision,
    "change" double precision,
    "span_days" integer,
    "next_observed_date" date,
    "change_class" text,
    "is_outlier" boolean,
    "running_gain" double precision,
    "running_value_days" double precision,
    "running_observations" bigint,
    "running_breaks" double precision,
    "running_corrections" integer,
    "running_restatements" integer,
    "running_resets" integer,
    "running_relinks" integer,
    "known_from" timestamp,
    check (change_class in ('first', 'increase', 'unchanged', 'decrease', 'relinked', 'correction', 'restatement', 'reset', 'outlier'))
);
create table intermediate.int_ends_withheld (
    "series_id" bigint not null,
    "observed_date" date not null,
    "confirmed_date" date,
    "confirmed_value" double precision,
    "withheld_gain" double precision,
    "withheld_value_days" double precision,
    "withheld_day_count" integer,
    "withheld_observation_count" bigint,
    "withheld_breaks" double precision
);
create table metrics.dim_metrics (
    "metric_id" text not null,
    "platform" text not null,
    "metric" text,
    "metric_name" text,
    "kind" text,
    "unit" text,
    "add_over_platform" text,
    "cadence_days" integer,
    "max_age_days" integer,
    "rolling_days" integer,
    "min_base" double precision,
    "correction_ratio" double precision,
    "reset_ratio" double precision,
    "outlier_drop_ratio" double precision,
    "is_catalogued" boolean,
    check (add_over_platform in ('same_unit', 'accounts', 'never')),
    check (kind in ('counter', 'gauge', 'index', 'flow', 'rolling'))
);
create table intermediate.int_place_days_judged (
    "series_id" bigint not null,
    "place_id" text,
    "metric_id" text,
    "observed_date" date not null,
    "value" double precision,
    "cities_key" bigint,
    "running_restatements" bigint,
    "running_resets" bigint,
    "running_relinks" bigint,
    "is_unsettled" boolean
);
create table metrics.platform_completeness (
    "platform" text not null,
    "series_count" bigint,
    "complete_series_count" bigint,
    "first_date" date,
    "complete_through_date" date,
    "last_date" date
);
create table intermediate.int_places_described (
    "artist_id" text,
    "metric_id" text,
    "place_type" text,
    "place_country" text,
    "region_name" text,
    "place_city" text,
    "place_id" text not null,
    "artist_credit" text,
    "platform" text not null,
    "metric" text not null,
    "unit" text,
    "kind" text,
    "min_base" double precision,
    "complete_through_date" date,
    "cadence_days" integer,
    "max_age_days" integer,
    "name" text
);
create table metrics.dim_series (
    "series_id" bigint not null,
    "subject_id" text not null,
    "metric_id" text not null,
    "first_date" date,
    "last_date" date,
    "observation_count" bigint
);
create table metrics.dim_subjects (
    "subject_id" text not null,
    "subject_type" text not null,
    "name" text,
    "began_on" date,
    "counted_by" text,
    "is_primary" boolean,
    "is_composed" boolean
);
create table intermediate.int_series_described (
    "series_id" bigint not null,
    "subject_id" text,
    "name" text,
    "subject_type" text,
    "began_on" date,
    "platform" text,
    "metric" text,
    "unit" text,
    "kind" text,
    "min_base" double precision,
    "max_age_days" integer,
    "cadence_days" integer,
    "first_date" date,
    "complete_through_date" date,
    "unconfirmed_from_date" date
);
create table metrics.dim_platforms (
    "platform" text not null,
    "platform_name" text not null,
    "is_catalogued" boolean
);
create table intermediate.int_series_grouped (
    "series_id" bigint not null,
    "subject" text not null,
    "subject_type" text,
    "name" text,
    "member_type" text,
    "min_base" double precision,
    "weight" double precision,
    "counts" boolean,
    "counted_by" text,
    "is_additive" boolean
);
create table leads.dim_channels (
    "channel_id" text not null,
    "subject_id" text,
    "channel" text,
    "channel_group" text,
    "is_paid" boolean,
    "is_brand" boolean,
    "ad_platform" text,
    "display_order" integer
);
create table leads.fct_leads (
    "lead_id" text not null,
    "channel_id" text,
    "rule_id" text,
    "declared_channel" text,
    "declared_channel_id" text,
    "first_touch_channel_id" text,
    "last_touch_channel_id" text,
    "touch_count" bigint,
    "person_key" text,
    "direction" text,
    "form_id" text,
    "product" text,
    "lead_status" text,
    "rejection_reason" text,
    "lead_version_count" bigint,
    "has_consent" boolean,
    "has_valid_phone" boolean,
    "is_received" boolean,
    "is_validated" boolean not null,
    "refusal" text,
    "created_at" timestamp,
    "created_date" date,
    "created_week_date" date,
    "last_changed_at" timestamp,
    "validated_at" timestamp,
    "validated_date" date,
    "has_odd_times" boolean,
    "attempt_count" bigint,
    "known_attempt_count" bigint,
    "reached_call_count" bigint,
    "first_attempt_at" timestamp,
    "first_reached_at" timestamp,
    "is_won" boolean,
    "won_at" timestamp,
    "is_won_before_contact" boolean,
    check (refusal in ('no_consent', 'bad_phone', 'repeat'))
);
create table leads.fct_leads_daily (
    "day" text not null,
    "day_date" date,
    "channel_id" text not null,
    "received_count" bigint,
    "validated_count" bigint,
    "validation_count" bigint,
    "rejected_count" bigint,
    "attempted_count" bigint,
    "reached_count" bigint,
    "won_count" bigint
);
create table leads.fct_media_spend_daily (
    "spend_date" date not null,
    "ad_platform" text not null,
    "account_id" text not null,
    "campaign_id" text not null,
    "currency" text not null,
    "campaign_name" text,
    "channel_id" text,
    "rule_id" text,
    "impressions" double precision,
    "clicks" double precision,
    "platform_conversions" double precision,
    "spend" double precision,
    "credit" double precision,
    "first_spend" double precision,
    "is_spread" boolean,
    "is_credited" boolean,
    "amendment_count" bigint,
    "last_restated_at" timestamp
);
create table leads.channel_costs (
    "week_date" date,
    "week" text not null,
    "channel_id" text not null,
    "currency" text,
    "spend" double precision,
    "credit" double precision,
    "received_count" bigint,
    "validated_count" bigint,
    "reached_count" bigint,
    "cost_per_lead" double precision,
    "cost_per_validated_lead" double precision,
    "cost_per_reached_lead" double precision,
    "is_spread" boolean,
    "last_restated_at" timestamp,
    "is_partial_week" boolean,
    "is_mature_week" boolean
);
create table leads.channel_labels (
    "channel_id" text not null,
    "declared_channel" text not null,
    "declared_channel_id" text,
    "lead_count" bigint,
    "validated_count" bigint,
    "is_disagreement" boolean
);
create table leads.channel_rule_uses (
    "rule_id" text not null,
    "priority" integer,
    "channel_id" text,
    "lead_count" bigint,
    "validated_count" bigint,
    "lead_ratio" double precision,
    "is_over_limit" boolean
);
create table leads.fct_call_attempts (
    "call_id" text not null,
    "lead_id" text,
    "channel_id" text,
    "called_at" timestamp,
    "called_date" date,
    "attempt_number" bigint,
    "outcome" text,
    "duration_seconds" bigint,
    "centre" text,
    "is_known_centre" boolean,
    "is_attempt" boolean,
    "is_reached" boolean,
    "call_problem" text
);
create table leads.fct_lead_statuses (
    "lead_id" text not null,
    "status_number" bigint not null,
    "lead_status" text,
    "rejection_reason" text,
    "previous_status" text,
    "changed_at" timestamp
);
create table leads.lead_rejections (
    "channel_id" text not null,
    "rejection_reason" text not null,
    "lead_count" bigint,
    "share_ratio" double precision
);
create table leads.leads_weekly (
    "week_date" date,
    "week" text not null,
    "channel_id" text not null,
    "received_count" bigint,
    "validated_count" bigint,
    "validation_count" bigint,
    "rejected_count" bigint,
    "validation_ratio" double precision,
    "share_ratio" double precision,
    "previous_validated_count" bigint,
    "week_on_week_pct" double precision,
    "usual_validated" double precision,
    "usual_deviation" double precision,
    "is_peak" boolean,
    "is_fall" boolean,
    "is_partial_week" boolean,
    "is_mature_week" boolean,
    check (share_ratio >= 0),
    check (share_ratio <= 1)
);
create table leads.reachability (
    "week_date" date,
    "week" text not null,
    "channel_id" text not null,
    "received_count" bigint,
    "attempted_count" bigint,
    "reached_count" bigint,
    "reachability_ratio" double precision,
    "floor_ratio" double precision,
    "ceiling_ratio" double precision,
    "uncertain_count" bigint,
    "attempt_count" bigint,
    "known_source_ratio" double precision,
    "attempts_per_lead" double precision,
    "median_minutes_to_call" double precision,
    "is_partial_week" boolean,
    "note" text,
    check (ceiling_ratio >= 0),
    check (ceiling_ratio <= 1),
    check (known_source_ratio >= 0),
    check (known_source_ratio <= 1),
    check (reachability_ratio >= 0),
    check (reachability_ratio <= 1)
);
create table leads.leads_weekly_totals (
    "week_date" date,
    "week" text not null,
    "received_count" bigint,
    "validated_count" bigint,
    "validation_ratio" double precision,
    "paid_ratio" double precision,
    "week_on_week_pct" double precision,
    "is_peak" boolean,
    "is_fall" boolean,
    "reachability_ratio" double precision,
    "spend" double precision,
    "cost_per_lead" double precision,
    "cost_per_validated_lead" double precision,
    "last_restated_at" timestamp,
    "is_partial_week" boolean,
    "is_mature_week" boolean
);
create table leads.media_mix (
    "period_type" text,
    "period_name" text not null,
    "period_start_date" date,
    "channel_id" text not null,
    "channel" text,
    "channel_group" text,
    "is_paid" boolean,
    "received_count" bigint,
    "validated_count" bigint,
    "share_ratio" double precision,
    "channel_rank" bigint,
    "paid_ratio" double precision,
    "first_touch_count" bigint,
    "last_touch_count" bigint,
    "first_touch_ratio" double precision,
    "last_touch_ratio" double precision,
    "won_count" bigint,
    "won_ratio" double precision,
    check (period_type in ('all', 'year', 'month')),
    check (share_ratio >= 0),
    check (share_ratio <= 1)
);
create table leads.mix_stability (
    "channel_id" text not null,
    "week_count" bigint,
    "average_share_ratio" double precision,
    "smallest_share_ratio" double precision,
    "largest_share_ratio" double precision,
    "variation" double precision,
    "best_rank" bigint,
    "worst_rank" bigint,
    "rank_change_count" bigint
);
create table listening.bridge_tracks_x_genres (
    "track_key" text not null,
    "genre_id" text not null
);
create table listening.bridge_users_x_favorite_genres (
    "user_key" text not null,
    "genre_id" text not null
);
create table listening.fct_listen_snapshots (
    "extraction_id" text not null,
    "user_id" bigint not null,
    "track_id" bigint,
    "position" bigint not null,
    "user_key" text,
    "user_version" integer,
    "track_key" text,
    "track_version" integer,
    "load_date" date,
    "listened_at" timestamp,
    "etl_updated_at" timestamp
);
create table listening.fct_listens (
    "user_key" text not null,
    "track_key" text not null,
    "position" bigint not null,
    "listened_at" timestamp not null,
    "first_extraction_id" text,
    "first_load_date" date,
    "etl_updated_at" timestamp
);
create table listening.fct_user_track_interactions (
    "user_key" text not null,
    "track_key" text not null,
    "listen_count" bigint,
    "frequency_ratio" double precision,
    "recency_days" integer,
    "first_listened_at" timestamp,
    "last_listened_at" timestamp,
    check (frequency_ratio >= 0),
    check (frequency_ratio <= 1)
);
create table listening.bridge_users_x_genres (
    "user_key" text not null,
    "genre_id" text not null,
    "is_declared" boolean,
    "declared_ratio" double precision,
    "observed_ratio" double precision,
    check (observed_ratio >= 0),
    check (observed_ratio <= 1.000001)
);
create table listening.dim_listening_genres (
    "genre_id" text not null,
    "subject_id" text,
    "genre_name" text,
    "is_reference_genre" boolean
);
create table listening.dim_tracks (
    "track_id" bigint not null,
    "version" integer not null,
    "track_key" text,
    "track_name" text,
    "artist" text,
    "songwriters" text,
    "duration_seconds" integer,
    "genres" text,
    "album" text,
    "is_newest_version" boolean,
    "load_date" date,
    "next_version_date" date,
    "last_load_date" date,
    "created_at" timestamp,
    "updated_at" timestamp,
    "etl_updated_at" timestamp
);
create table listening.dim_tracks_current (
    "track_key" text not null,
    "track_id" bigint,
    "subject_id" text,
    "track_name" text,
    "artist" text,
    "songwriters" text,
    "duration_seconds" integer,
    "album" text,
    "last_load_date" date,
    "created_at" timestamp,
    "updated_at" timestamp,
    "etl_updated_at" timestamp
);
create table listening.dim_users (
    "user_id" bigint not null,
    "version" integer not null,
    "user_key" text,
    "first_name_hash" text,
    "last_name_hash" text,
    "email_hash" text,
    "gender_hash" text,
    "favorite_genres" text,
    "is_newest_version" boolean,
    "load_date" date,
    "next_version_date" date,
    "last_load_date" date,
    "created_at" timestamp,
    "updated_at" timestamp,
    "etl_updated_at" timestamp
);
create table listening.dim_users_current (
    "user_key" text not null,
    "user_id" bigint not null,
    "first_name_hash" text,
    "last_name_hash" text,
    "email_hash" text,
    "gender_hash" text,
    "last_load_date" date,
    "created_at" timestamp,
    "updated_at" timestamp,
    "etl_updated_at" timestamp
);
create table listening.fct_id_reuses (
    "route" text not null,
    "record_id" text not null,
    "extraction_id" text not null,
    "record_key" text,
    "load_date" date,
    check (route in ('tracks', 'users'))
);
create table listening.fct_listening_refusals (
    "extraction_id" text,
    "route" text,
    "record_id" text,
    "position" bigint,
    "quarantine_reason" text,
    "refused_value" text,
    "load_date" date,
    check (quarantine_reason in ('no_user', 'unknown_user', 'no_tracks', 'no_track', 'unknown_track', 'no_time', 'date_in_the_future', 'date_impossible', 'bad_duration')),
    check (route in ('listen_history', 'tracks'))
);
create table listening.fct_listening_extractions (
    "extraction_id" text not null,
    "route" text not null,
    "page_count" bigint,
    "stated_page_count" bigint,
    "record_count" bigint,
    "total_count" bigint,
    "new_record_count" bigint,
    "new_listen_count" bigint,
    "quarantined_count" bigint,
    "incomplete_count" bigint,
    "invalid_time_count" bigint,
    "invalid_email_count" bigint,
    "updated_before_created_count" bigint,
    "is_complete" boolean,
    "load_date" date,
    "etl_updated_at" timestamp
);
create table listening.fct_track_listens_daily (
    "track_key" text not null,
    "observed_date" date not null,
    "listen_count" bigint,
    check (listen_count >= 0)
);
create table listening.track_features (
    "track_key" text not null,
    "listen_count" bigint,
    "user_count" bigint,
    "popularity_ratio" double precision,
    "fan_ratio" double precision,
    "duration_seconds" integer,
    "recency_days" integer,
    "genre_count" bigint,
    "reference_genre_count" bigint,
    "first_listened_at" timestamp,
    "last_listened_at" timestamp
);
create table listening.user_features (
    "user_key" text not null,
    "listen_count" bigint,
    "heard_track_count" bigint,
    "mean_duration_seconds" double precision,
    "recency_days" integer,
    "declared_genre_count" bigint,
    "heard_genre_count" bigint,
    "declared_listen_ratio" double precision,
    "top_genre_id" text,
    "top_genre_ratio" double precision,
    "taste_distance_ratio" double precision,
    "first_listened_at" timestamp,
    "last_listened_at" timestamp
);
create table metrics.fct_silences (
    "series_id" bigint not null,
    "silent_until_date" date,
    "value" double precision,
    "linked_value" double precision,
    "running_gain" double precision,
    "running_value_days" double precision,
    "running_observations" bigint,
    "running_breaks" double precision,
    "silent_from_date" date not null
);
create table metrics.dim_growth_statuses (
    "status" text not null,
    "status_rank" integer,
    "has_percent" boolean,
    "label_en" text,
    "label_fr" text,
    "meaning" text,
    "meaning_fr" text
);
create table metrics.averages_latest (
    "subject" text not null,
    "name" text,
    "platform" text not null,
    "metric" text not null,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "average_per_observed_day" double precision,
    "average_latest_value" double precision,
    "median_latest_value" double precision,
    "member_count" bigint,
    "n_days" bigint,
    "coverage_ratio" double precision,
    "subject_type" text,
    "member_type" text not null,
    "rescaled_count" bigint
);
create table metrics.dim_dates (
    "day_date" date not null,
    "year_number" integer,
    "quarter_number" integer,
    "month_number" integer,
    "day_of_month" integer,
    "week" text not null,
    "weekday_number" integer,
    "is_weekend" boolean
);
create table staging.stg_load_audit__judgements (
    "judged_at" timestamp not null,
    "newest_load_id" bigint not null
);
create table staging.stg_load_audit__replaced_observations (
    "series_id" bigint not null,
    "observed_date" date not null,
    "value" double precision,
    "linked_value" double precision,
    "change" double precision,
    "span_days" integer,
    "next_observed_date" date,
    "change_class" text,
    "is_outlier" boolean,
    "running_gain" double precision,
    "running_value_days" double precision,
    "running_observations" bigint,
    "running_breaks" double precision,
    "running_corrections" integer,
    "running_restatements" integer,
    "running_resets" integer,
    "running_relinks" integer,
    "known_from" timestamp not null,
    "known_until" timestamp not null
);
create table metrics.growth_windows (
    "subject" text,
    "subject_type" text,
    "name" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "window_name" text not null,
    "from_date" date,
    "to_date" date,
    "start_value" double precision,
    "end_value" double precision,
    "growth" double precision,
    "growth_pct" double precision,
    "daily_rate_pct" double precision,
    "gained" double precision,
    "coverage_ratio" double precision,
    "is_new" boolean,
    "is_rankable" boolean,
    "status" text,
    "previous_from_date" date,
    "previous_to_date" date,
    "previous_gained" double precision,
    "compared_gained" double precision,
    "period_change_pct" double precision,
    "previous_daily_rate_pct" double precision,
    "momentum" double precision,
    "year_before_from_date" date,
    "year_before_to_date" date,
    "year_before_gained" double precision,
    "year_compared_gained" double precision,
    "year_change_pct" double precision,
    "series_id" bigint not null
);
create table metrics.song_weeks (
    "subject_id" text not null,
    "platform" text not null,
    "week_date" date not null,
    "popularity" double precision,
    "streams" double precision,
    "followers" double precision,
    "listeners" double precision,
    "playlist_reach" double precision,
    "chart_count" bigint,
    "chart_position" double precision
);
create table metrics.popularity_features (
    "subject_id" text not null,
    "platform" text not null,
    "week_date" date not null,
    "artist_id" text,
    "popularity" double precision,
    "popularity_change" double precision,
    "streams" double precision,
    "streams_7d" double precision,
    "streams_7d_log_change" double precision,
    "streams_28d" double precision,
    "streams_28d_log_change" double precision,
    "followers" double precision,
    "followers_log_change" double precision,
    "listeners" double precision,
    "listeners_log_change" double precision,
    "playlist_reach" double precision,
    "playlist_reach_log_change" double precision,
    "chart_count" bigint,
    "chart_count_change" bigint,
    "chart_position" double precision,
    "chart_position_log_change" double precision,
    "age_days" bigint,
    "catalogue_song_count" bigint,
    "is_reference_week" boolean
);
create table metrics.popularity_correlations (
    "platform" text not null,
    "variable" text not null,
    "pearson_log" double precision,
    "spearman" double precision,
    "compared_song_count" bigint,
    "null_reason" text,
    check (null_reason in ('too_few', 'no_variation')),
    check (pearson_log >= -1.000001),
    check (pearson_log <= 1.000001),
    check (spearman >= -1.000001),
    check (spearman <= 1.000001)
);
create table metrics.restatements (
    "subject_id" text not null,
    "name" text,
    "metric_id" text not null,
    "counted" text not null,
    "observed_date" date not null,
    "compared_date" date,
    "older_value" double precision,
    "newer_value" double precision,
    "restated_pct" double precision
);
create table metrics.summary_reconciliation (
    "subject_id" text not null,
    "metric_id" text not null,
    "period" text not null,
    "from_date" date,
    "to_date" date,
    "partner_growth" double precision,
    "partner_growth_pct" double precision,
    "growth" double precision,
    "growth_pct" double precision,
    "verdict" text,
    check (verdict in ('equal', 'no base, sent as 0', 'base of an earlier day, sent as 0', 'outlier', 'other versions or sources count', 'unexplained'))
);
create table metrics.trending (
    "subject" text not null,
    "subject_type" text,
    "name" text,
    "platform" text not null,
    "metric" text not null,
    "unit" text,
    "window_name" text not null,
    "from_date" date,
    "to_date" date,
    "start_value" double precision,
    "end_value" double precision,
    "growth" double precision,
    "growth_pct" double precision,
    "pct_rank" bigint,
    "shrunk_score" double precision,
    "score_rank" bigint,
    "daily_rate_pct" double precision,
    "previous_daily_rate_pct" double precision,
    "momentum" double precision,
    "status" text
);
create table operations.fct_extractions (
    "source" text not null,
    "extraction_id" text not null,
    "route" text not null,
    "page_count" bigint,
    "record_count" bigint,
    "total_count" bigint,
    "new_record_count" bigint,
    "quarantined_count" bigint,
    "is_complete" boolean,
    "load_date" date,
    "etl_updated_at" timestamp
);
create table operations.fct_quarantined_records (
    "source" text,
    "extraction_id" text,
    "route" text,
    "record_id" text,
    "position" bigint,
    "quarantine_reason" text not null,
    "refused_value" text,
    "file_path" text,
    "load_date" date
);
create table operations.fct_runs (
    "run_id" text not null,
    "verb" text,
    "run_outcome" text,
    "killed_phase" text,
    "error_class" text,
    "crescendo_version" text,
    "run_seconds" double precision,
    "extract_seconds" double precision,
    "load_seconds" double precision,
    "transform_seconds" double precision,
    "test_seconds" double precision,
    "publish_seconds" double precision,
    "cpu_seconds" double precision,
    "peak_bytes" bigint,
    "read_bytes" bigint,
    "row_count" bigint,
    "run_started_at" timestamp,
    "ended_at" timestamp
);
create table quality.fct_findings (
    "finding_kind" text not null,
    "record_id" text not null,
    "place" text not null,
    "example" text,
    "finding_count" bigint,
    "first_found_date" date,
    "last_found_date" date,
    "file_path" text
);

-- Keys, indexes with their reasons, and what each column means

alter table audience.bridge_albums_x_artists add primary key ("album_id", "artist_id");
alter table audience.bridge_albums_x_labels add primary key ("album_id", "label_id");
alter table audience.bridge_albums_x_songs add primary key ("album_id", "disc_number", "track_number");
alter table audience.bridge_artists_x_genres add primary key ("artist_id", "music_genre_id");
alter table audience.bridge_songs_x_artists add primary key ("song_id", "artist_id");
alter table audience.bridge_songs_x_genres add primary key ("song_id", "music_genre_id");
alter table audience.bridge_songs_x_labels add primary key ("song_id", "label_id");
alter table audience.dim_albums add primary key ("album_id");
alter table audience.dim_artists add primary key ("artist_id");
alter table audience.dim_audio_features add primary key ("song_id");
alter table audience.dim_charts add primary key ("chart_id");
alter table audience.dim_identifiers add primary key ("subject_id", "platform", "identifier");
alter table audience.dim_labels add primary key ("label_id");
alter table audience.dim_music_genres add primary key ("music_genre_id");
alter table audience.dim_place_countries add primary key ("country_code");
alter table audience.dim_playlists add primary key ("playlist_id");
alter table audience.dim_songs add primary key ("song_id");
alter table audience.fct_chart_entries add primary key ("chart_id", "song_id", "entry_date");
alter table audience.fct_place_observations add primary key ("artist_id", "metric_id", "place_type", "place_country", "region_name", "place_city", "observed_date");
alter table audience.fct_playlist_entries add primary key ("playlist_id", "song_id", "entry_date");
alter table films.bridge_movies_x_companies add primary key ("movie_id", "company_id");
alter table films.bridge_movies_x_countries add primary key ("movie_id", "country_code");
alter table films.bridge_movies_x_genres add primary key ("movie_id", "film_genre_id");
alter table films.bridge_movies_x_languages add primary key ("movie_id", "film_language_code");
alter table films.dim_countries add primary key ("country_code");
alter table films.bridge_movies_x_groups add primary key ("movie_id", "group_id");
alter table films.bridge_movies_x_persons add primary key ("credit_id");
alter table films.dim_companies add primary key ("company_id");
alter table films.dim_film_genres add primary key ("film_genre_id");
alter table films.dim_film_languages add primary key ("film_language_code");
alter table films.dim_movie_versions add primary key ("movie_id", "version");
alter table films.dim_movies add primary key ("movie_id");
alter table films.dim_persons add primary key ("person_id");
alter table films.fct_movies_daily add primary key ("movie_id", "snapshot_date");
alter table films.film_features add primary key ("movie_id");
alter table metrics.fct_observations add primary key ("series_id", "observed_date");
alter table intermediate.int_ends_withheld add primary key ("series_id", "observed_date");
alter table metrics.dim_metrics add primary key ("metric_id");
alter table intermediate.int_place_days_judged add primary key ("series_id", "observed_date");
alter table metrics.platform_completeness add primary key ("platform");
alter table intermediate.int_places_described add primary key ("place_id", "platform", "metric");
alter table metrics.dim_series add primary key ("series_id");
alter table metrics.dim_subjects add primary key ("subject_id");
alter table intermediate.int_series_described add primary key ("series_id");
alter table metrics.dim_platforms add primary key ("platform");
alter table intermediate.int_series_grouped add primary key ("series_id", "subject");
alter table leads.dim_channels add primary key ("channel_id");
alter table leads.fct_leads_daily add primary key ("day", "channel_id");
alter table leads.fct_media_spend_daily add primary key ("spend_date", "ad_platform", "account_id", "campaign_id", "currency");
alter table leads.channel_costs add primary key ("week", "channel_id");
alter table leads.channel_labels add primary key ("channel_id", "declared_channel");
alter table leads.channel_rule_uses add primary key ("rule_id");
alter table leads.fct_lead_statuses add primary key ("lead_id", "status_number");
alter table leads.lead_rejections add primary key ("channel_id", "rejection_reason");
alter table leads.leads_weekly add primary key ("week", "channel_id");
alter table leads.reachability add primary key ("week", "channel_id");
alter table leads.leads_weekly_totals add primary key ("week");
alter table leads.media_mix add primary key ("period_name", "channel_id");
alter table leads.mix_stability add primary key ("channel_id");
alter table listening.bridge_tracks_x_genres add primary key ("track_key", "genre_id");
alter table listening.bridge_users_x_favorite_genres add primary key ("user_key", "genre_id");
alter table listening.fct_listen_snapshots add primary key ("extraction_id", "user_id", "position");
alter table listening.fct_listens add primary key ("user_key", "listened_at", "position", "track_key");
alter table listening.fct_user_track_interactions add primary key ("user_key", "track_key");
alter table listening.bridge_users_x_genres add primary key ("user_key", "genre_id");
alter table listening.dim_listening_genres add primary key ("genre_id");
alter table listening.dim_tracks add primary key ("track_id", "version");
alter table listening.dim_tracks_current add primary key ("track_key");
alter table listening.dim_users add primary key ("user_id", "version");
alter table listening.dim_users_current add primary key ("user_key");
alter table listening.fct_id_reuses add primary key ("route", "record_id", "extraction_id");
alter table listening.fct_listening_extractions add primary key ("extraction_id", "route");
alter table listening.fct_track_listens_daily add primary key ("track_key", "observed_date");
alter table listening.track_features add primary key ("track_key");
alter table listening.user_features add primary key ("user_key");
alter table metrics.fct_silences add primary key ("series_id", "silent_from_date");
alter table metrics.dim_growth_statuses add primary key ("status");
alter table metrics.averages_latest add primary key ("subject", "platform", "metric", "member_type");
alter table metrics.dim_dates add primary key ("day_date");
alter table staging.stg_load_audit__judgements add primary key ("judged_at", "newest_load_id");
alter table staging.stg_load_audit__replaced_observations add primary key ("series_id", "observed_date", "known_from");
alter table metrics.growth_windows add primary key ("series_id", "window_name");
alter table metrics.song_weeks add primary key ("subject_id", "platform", "week_date");
alter table metrics.popularity_features add primary key ("subject_id", "platform", "week_date");
alter table metrics.popularity_correlations add primary key ("platform", "variable");
alter table metrics.restatements add primary key ("subject_id", "metric_id", "counted", "observed_date");
alter table metrics.summary_reconciliation add primary key ("subject_id", "metric_id", "period");
alter table metrics.trending add primary key ("subject", "platform", "metric", "window_name");
alter table operations.fct_extractions add primary key ("source", "extraction_id", "route");
alter table operations.fct_runs add primary key ("run_id");
alter table quality.fct_findings add primary key ("finding_kind", "record_id", "place");
create index bridge_albums_x_artists_artist_id_index on audience.bridge_albums_x_artists ("artist_id");
comment on index audience.bridge_albums_x_artists_artist_id_index is 'Joins from audience.dim_artists, and the check that none is orphaned when one of its rows goes.';
alter table audience.bridge_albums_x_artists add foreign key ("album_id") references audience.dim_albums ("album_id");
alter table audience.bridge_albums_x_artists add foreign key ("artist_id") references audience.dim_artists ("artist_id");
comment on table audience.bridge_albums_x_artists is 'One row per album and artist of its latest answer.';
comment on column audience.bridge_albums_x_artists."album_id" is 'Soundcharts'' id of the album (uuid); its name in addresses where older answers give no more.';
comment on column audience.bridge_albums_x_artists."artist_id" is 'Soundcharts'' id of the artist (uuid); of a credit that only reports print, the hash of its normalised text, never split.';
comment on column audience.bridge_albums_x_artists."artist_position" is 'Place among the artists of the song or album, from 1.';
create index bridge_albums_x_labels_label_id_index on audience.bridge_albums_x_labels ("label_id");
comment on index audience.bridge_albums_x_labels_label_id_index is 'Joins from audience.dim_labels, and the check that none is orphaned when one of its rows goes.';
alter table audience.bridge_albums_x_labels add foreign key ("album_id") references audience.dim_albums ("album_id");
alter table audience.bridge_albums_x_labels add foreign key ("label_id") references audience.dim_labels ("label_id");
comment on table audience.bridge_albums_x_labels is 'One row per album and label of its latest answer.';
comment on column audience.bridge_albums_x_labels."album_id" is 'Soundcharts'' id of the album (uuid); its name in addresses where older answers give no more.';
comment on column audience.bridge_albums_x_labels."label_id" is 'Hash of the normalised name of the label.';
create index bridge_albums_x_songs_song_id_index on audience.bridge_albums_x_songs ("song_id");
comment on index audience.bridge_albums_x_songs_song_id_index is 'Joins from audience.dim_songs, and the check that none is orphaned when one of its rows goes.';
alter table audience.bridge_albums_x_songs add foreign key ("album_id") references audience.dim_albums ("album_id");
alter table audience.bridge_albums_x_songs add foreign key ("song_id") references audience.dim_songs ("song_id");
comment on table audience.bridge_albums_x_songs is 'One row per album and place of a song on it.';
comment on column audience.bridge_albums_x_songs."album_id" is 'Soundcharts'' id of the album (uuid); its name in addresses where older answers give no more.';
comment on column audience.bridge_albums_x_songs."disc_number" is 'Disc, from 1.';
comment on column audience.bridge_albums_x_songs."track_number" is 'Place on the disc, from 1.';
comment on column audience.bridge_albums_x_songs."song_id" is 'Soundcharts'' id of the song (uuid), or a hash of title and credit where only charts know it. One recording may have several, see `recording_id`.';
comment on column audience.bridge_albums_x_songs."answer_count" is 'How often the answer that counts lists it: more than 1 if it says two things of one.';
create index bridge_artists_x_genres_music_genre_id_index on audience.bridge_artists_x_genres ("music_genre_id");
comment on index audience.bridge_artists_x_genres_music_genre_id_index is 'Joins from audience.dim_music_genres, and the check that none is orphaned when one of its rows goes.';
alter table audience.bridge_artists_x_genres add foreign key ("artist_id") references audience.dim_artists ("artist_id");
alter table audience.bridge_artists_x_genres add foreign key ("music_genre_id") references audience.dim_music_genres ("music_genre_id");
comment on table audience.bridge_artists_x_genres is 'One row per artist and genre of its latest answer; a sub comes with its root.';
comment on column audience.bridge_artists_x_genres."artist_id" is 'Soundcharts'' id of the artist (uuid); of a credit that only reports print, the hash of its normalised text, never split.';
comment on column audience.bridge_artists_x_genres."music_genre_id" is 'Genre in one text, ''pop'' or ''pop / french pop''.';
create index bridge_songs_x_artists_artist_id_index on audience.bridge_songs_x_artists ("artist_id");
comment on index audience.bridge_songs_x_artists_artist_id_index is 'Joins from audience.dim_artists, and the check that none is orphaned when one of its rows goes.';
alter table audience.bridge_songs_x_artists add foreign key ("artist_id") references audience.dim_artists ("artist_id");
alter table audience.bridge_songs_x_artists add foreign key ("song_id") references audience.dim_songs ("song_id");
comment on table audience.bridge_songs_x_artists is 'One row per song and artist it counts for: the artists that its own page of the API names, else those in whose lists it is, else the credit of the report. A song counts fully for each of its artists, so figures of artists do not add up to the catalogue.';
comment on column audience.bridge_songs_x_artists."song_id" is 'Soundcharts'' id of the song (uuid), or a hash of title and credit where only charts know it. One recording may have several, see `recording_id`.';
comment on column audience.bridge_songs_x_artists."artist_id" is 'Soundcharts'' id of the artist (uuid); of a credit that only reports print, the hash of its normalised text, never split.';
comment on column audience.bridge_songs_x_artists."artist_position" is 'Place among the artists of the song or album, from 1.';
comment on column audience.bridge_songs_x_artists."is_main_artist" is 'Whether it is a main artist of the song; the first one is, where the source does not say.';
create index bridge_songs_x_genres_music_genre_id_index on audience.bridge_songs_x_genres ("music_genre_id");
comment on index audience.bridge_songs_x_genres_music_genre_id_index is 'Joins from audience.dim_music_genres, and the check that none is orphaned when one of its rows goes.';
alter table audience.bridge_songs_x_genres add foreign key ("music_genre_id") references audience.dim_music_genres ("music_genre_id");
alter table audience.bridge_songs_x_genres add foreign key ("song_id") references audience.dim_songs ("song_id");
comment on table audience.bridge_songs_x_genres is 'One row per song and genre of its latest answer; a sub comes with its root.';
comment on column audience.bridge_songs_x_genres."song_id" is 'Soundcharts'' id of the song (uuid), or a hash of title and credit where only charts know it. One recording may have several, see `recording_id`.';
comment on column audience.bridge_songs_x_genres."music_genre_id" is 'Genre in one text, ''pop'' or ''pop / french pop''.';
create index bridge_songs_x_labels_label_id_index on audience.bridge_songs_x_labels ("label_id");
comment on index audience.bridge_songs_x_labels_label_id_index is 'Joins from audience.dim_labels, and the check that none is orphaned when one of its rows goes.';
alter table audience.bridge_songs_x_labels add foreign key ("label_id") references audience.dim_labels ("label_id");
alter table audience.bridge_songs_x_labels add foreign key ("song_id") references audience.dim_songs ("song_id");
comment on table audience.bridge_songs_x_labels is 'One row per song and label of its latest answer.';
comment on column audience.bridge_songs_x_labels."song_id" is 'Soundcharts'' id of the song (uuid), or a hash of title and credit where only charts know it. One recording may have several, see `recording_id`.';
comment on column audience.bridge_songs_x_labels."label_id" is 'Hash of the normalised name of the label.';
comment on table audience.dim_albums is 'One row per album of the API; editions of one title are albums of their own.';
comment on column audience.dim_albums."album_id" is 'Soundcharts'' id of the album (uuid); its name in addresses where older answers give no more.';
comment on column audience.dim_albums."album_title" is 'Title of the album.';
comment on column audience.dim_albums."artist_credit" is 'Artist credit as printed, all names in one text; null if blank.';
comment on column audience.dim_albums."album_type" is 'Album, Single, Compil as sent; null if unknown.';
comment on column audience.dim_albums."upc" is 'Product code, leading zeros kept; null if unknown.';
comment on column audience.dim_albums."image_url" is 'Address of the cover; null if blank.';
comment on column audience.dim_albums."track_count" is 'Number of tracks, as the source says.';
comment on column audience.dim_albums."release_date" is 'Day of release; null if the source sends a blank or a year zero.';
create unique index dim_artists_subject_id_index on audience.dim_artists ("subject_id");
comment on index audience.dim_artists_subject_id_index is 'Held unique by a data test.';
alter table audience.dim_artists add foreign key ("subject_id") references metrics.dim_subjects ("subject_id");
comment on table audience.dim_artists is 'One row per artist of the API, and per artist credit of songs whose artists the API has not named. The report names artists by one text per song, and no rule can tell the comma of a name from the comma of a list; so a credit is never split. Credits are compared without regard to case, spaces and the form of the apostrophe.';
comment on column audience.dim_artists."artist_id" is 'Soundcharts'' id of the artist (uuid); of a credit that only reports print, the hash of its normalised text, never split.';
comment on column audience.dim_artists."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column audience.dim_artists."artist_name" is 'Name of the artist; of a credit, the spelling that most of its songs have.';
comment on column audience.dim_artists."artist_type" is 'Person or group; null if unknown.';
comment on column audience.dim_artists."country_code" is 'ISO 3166 code of the country; null if blank.';
comment on column audience.dim_artists."city_name" is 'City; null if blank.';
comment on column audience.dim_artists."career_stage" is 'The partner''s word for how far the career is; null if unknown.';
comment on column audience.dim_artists."isni" is 'International standard name identifier; null if blank.';
comment on column audience.dim_artists."image_url" is 'Address of the cover; null if blank.';
comment on column audience.dim_artists."song_count" is 'Song ids that count for the artist, twins included; 0 if none is known.';
comment on column audience.dim_artists."is_credit" is 'Whether it is a credit as printed in a report, because no artist is known by id.';
alter table audience.dim_audio_features add foreign key ("song_id") references audience.dim_songs ("song_id");
comment on table audience.dim_audio_features is 'One row per song whose sound is described, by its latest answer.';
comment on column audience.dim_audio_features."song_id" is 'Soundcharts'' id of the song (uuid), or a hash of title and credit where only charts know it. One recording may have several, see `recording_id`.';
comment on column audience.dim_audio_features."acousticness" is 'How acoustic it sounds, 0 to 1.';
comment on column audience.dim_audio_features."danceability" is 'How well one dances to it, 0 to 1.';
comment on column audience.dim_audio_features."energy" is 'How intense it is, 0 to 1.';
comment on column audience.dim_audio_features."instrumentalness" is 'How likely it has no vocals, 0 to 1.';
comment on column audience.dim_audio_features."liveness" is 'How likely it was recorded live, 0 to 1.';
comment on column audience.dim_audio_features."speechiness" is 'How much is spoken, 0 to 1.';
comment on column audience.dim_audio_features."valence" is 'How cheerful it sounds, 0 to 1.';
comment on column audience.dim_audio_features."loudness_decibels" is 'Loudness in decibels.';
comment on column audience.dim_audio_features."tempo_bpm" is 'Beats a minute.';
comment on column audience.dim_audio_features."pitch_class" is 'Key, as a pitch class - C is 0.';
comment on column audience.dim_audio_features."mode" is '1 major, 0 minor.';
comment on column audience.dim_audio_features."beats_per_bar" is 'Beats a bar.';
create index dim_charts_platform_index on audience.dim_charts ("platform");
comment on index audience.dim_charts_platform_index is 'Joins from metrics.dim_platforms, and the check that none is orphaned when one of its rows goes.';
alter table audience.dim_charts add foreign key ("platform") references metrics.dim_platforms ("platform");
comment on table audience.dim_charts is 'One row per chart that songs stand in, as it was last read.';
comment on column audience.dim_charts."chart_id" is 'Soundcharts'' key of the chart.';
comment on column audience.dim_charts."platform" is 'Code of the platform, ''spotify''.';
comment on column audience.dim_charts."chart_name" is 'Name of the chart.';
comment on column audience.dim_charts."chart_type" is 'What the chart ranks: song or album.';
comment on column audience.dim_charts."frequency" is 'How often the chart appears: daily or weekly.';
comment on column audience.dim_charts."country_code" is 'ISO 3166 code of the country; null if blank.';
comment on column audience.dim_charts."country_name" is 'Name of the country.';
comment on column audience.dim_charts."city_name" is 'City; null if blank.';
comment on column audience.dim_charts."place_count" is 'How many places the chart has.';
alter table audience.dim_identifiers add foreign key ("subject_id") references metrics.dim_subjects ("subject_id");
comment on table audience.dim_identifiers is 'One row per artist or song, platform and identifier of it there; a song may have many.';
comment on column audience.dim_identifiers."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column audience.dim_identifiers."platform" is 'Code of the platform, ''spotify''.';
comment on column audience.dim_identifiers."identifier" is 'Id on the platform, as the platform writes it; null if an answer gives one value for all of them.';
comment on column audience.dim_identifiers."identifier_url" is 'Address on the platform; null if unknown.';
comment on column audience.dim_identifiers."is_default" is 'Whether Soundcharts prefers it; null on older answers.';
comment on table audience.dim_labels is 'One row per label that songs or albums name, compared without regard to case and spaces.';
comment on column audience.dim_labels."label_id" is 'Hash of the normalised name of the label.';
comment on column audience.dim_labels."label_name" is 'Name of the label; null if blank.';
comment on column audience.dim_labels."label_type" is 'The partner''s class of the label, Major or Indie; null on older answers.';
comment on table audience.dim_music_genres is 'One row per genre, a root or one of its subs.';
comment on column audience.dim_music_genres."music_genre_id" is 'Genre in one text, ''pop'' or ''pop / french pop''.';
comment on column audience.dim_music_genres."root_genre" is 'Root of the genre, ''pop''.';
comment on column audience.dim_music_genres."sub_genre" is 'Branch of the root, ''french pop''; null for the root itself.';
comment on table audience.dim_place_countries is 'One row per country in which an audience was counted.';
comment on column audience.dim_place_countries."country_code" is 'ISO 3166 code of the country; null if blank.';
comment on column audience.dim_place_countries."country_name" is 'Name of the country.';
create index dim_playlists_platform_index on audience.dim_playlists ("platform");
comment on index audience.dim_playlists_platform_index is 'Joins from metrics.dim_platforms, and the check that none is orphaned when one of its rows goes.';
alter table audience.dim_playlists add foreign key ("platform") references metrics.dim_platforms ("platform");
comment on table audience.dim_playlists is 'One row per playlist that songs stand in, as it was last read.';
comment on column audience.dim_playlists."playlist_id" is 'Soundcharts'' id of the playlist (uuid).';
comment on column audience.dim_playlists."platform" is 'Code of the platform, ''spotify''.';
comment on column audience.dim_playlists."identifier" is 'Id on the platform, as the platform writes it; null if an answer gives one value for all of them.';
comment on column audience.dim_playlists."playlist_name" is 'Name of the playlist.';
comment on column audience.dim_playlists."playlist_type" is 'What the playlist is: editorial, algorithmic, algotorial, major, charts, curators_listeners, radios, this_is.';
comment on column audience.dim_playlists."country_code" is 'ISO 3166 code of the country; null if blank.';
comment on column audience.dim_playlists."track_count" is 'Number of tracks, as the source says.';
comment on column audience.dim_playlists."subscriber_count" is 'Subscribers of the playlist on the day it was last read, not on that of the entry.';
comment on column audience.dim_playlists."crawled_date" is 'Day the playlist was last read.';
create unique index dim_songs_unique_index on audience.dim_songs ((case when is_primary_recording then recording_id end));
comment on index audience.dim_songs_unique_index is 'Dim songs one primary song per recording.';
create unique index dim_songs_subject_id_index on audience.dim_songs ("subject_id");
comment on index audience.dim_songs_subject_id_index is 'Held unique by a data test.';
create index dim_songs_recording_id_index on audience.dim_songs ("recording_id");
comment on index audience.dim_songs_recording_id_index is 'Joins from audience.dim_songs, and the check that none is orphaned when one of its rows goes.';
alter table audience.dim_songs add foreign key ("recording_id") references audience.dim_songs ("song_id");
alter table audience.dim_songs add foreign key ("subject_id") references metrics.dim_subjects ("subject_id");
comment on table audience.dim_songs is 'One row per song id. Several ids may be one recording (twins): they share `recording_id`, and totals over songs count `is_primary_recording` only.';
comment on column audience.dim_songs."song_id" is 'Soundcharts'' id of the song (uuid), or a hash of title and credit where only charts know it. One recording may have several, see `recording_id`.';
comment on column audience.dim_songs."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column audience.dim_songs."recording_id" is 'The recording a song id belongs to: the smallest song id among its twins, its own if it has none.';
comment on column audience.dim_songs."title" is 'Title as the source writes it, version words included; null if blank.';
comment on column audience.dim_songs."artist_credit" is 'Artist credit as printed, all names in one text; null if blank.';
comment on column audience.dim_songs."isrc" is 'Recording code, in capitals without dashes; null if unknown. Codes are reused and corrected.';
comment on column audience.dim_songs."language_code" is 'Language of the words; null if blank.';
comment on column audience.dim_songs."distributor" is 'Distributor; null if blank.';
comment on column audience.dim_songs."copyright_line" is 'Copyright line; null if blank.';
comment on column audience.dim_songs."image_url" is 'Address of the cover; null if blank.';
comment on column audience.dim_songs."version_count" is 'Records of reports that show this song id, identical ones counted once; 0 if the API alone knows it.';
comment on column audience.dim_songs."duration_seconds" is 'Length in seconds; null if unknown.';
comment on column audience.dim_songs."is_explicit" is 'Whether the words are explicit; false also where unknown.';
comment on column audience.dim_songs."is_primary_recording" is 'Whether this id stands for its recording - true for exactly one id of each.';
comment on column audience.dim_songs."has_twin" is 'Whether another song id is the same recording.';
comment on column audience.dim_songs."has_release_date" is 'Whether the day of release is known.';
comment on column audience.dim_songs."has_streams" is 'Whether streams were ever shown for it.';
comment on column audience.dim_songs."has_popularity" is 'Whether a popularity was ever shown for it.';
comment on column audience.dim_songs."release_date" is 'Day of release; null if the source sends a blank or a year zero.';
create index fct_chart_entries_song_id_index on audience.fct_chart_entries ("song_id");
comment on index audience.fct_chart_entries_song_id_index is 'Joins from audience.dim_songs, and the check that none is orphaned when one of its rows goes.';
create index fct_chart_entries_entry_date_index on audience.fct_chart_entries using brin ("entry_date");
comment on index audience.fct_chart_entries_entry_date_index is 'A window reads the days it opens and closes with; rows lie by day, so a few pages of index do.';
alter table audience.fct_chart_entries add foreign key ("chart_id") references audience.dim_charts ("chart_id");
alter table audience.fct_chart_entries add foreign key ("song_id") references audience.dim_songs ("song_id");
comment on table audience.fct_chart_entries is 'One row per chart, song and day of entry.';
comment on column audience.fct_chart_entries."chart_id" is 'Soundcharts'' key of the chart.';
comment on column audience.fct_chart_entries."song_id" is 'Soundcharts'' id of the song (uuid), or a hash of title and credit where only charts know it. One recording may have several, see `recording_id`.';
comment on column audience.fct_chart_entries."chart_rank" is 'Rank in the chart now; null if it has left it.';
comment on column audience.fct_chart_entries."previous_chart_rank" is 'Rank before; the last one if it has left.';
comment on column audience.fct_chart_entries."peak_chart_rank" is 'Best rank; null on older answers.';
comment on column audience.fct_chart_entries."time_on_chart" is 'How long it has been in the chart, in days or weeks.';
comment on column audience.fct_chart_entries."answer_count" is 'How often the answer that counts lists it: more than 1 if it says two things of one.';
comment on column audience.fct_chart_entries."time_on_chart_unit" is 'Unit of the time on the chart: DOC days, WOC weeks.';
comment on column audience.fct_chart_entries."is_current" is 'Whether it is in the chart or playlist now.';
comment on column audience.fct_chart_entries."entry_date" is 'First day in the playlist or chart.';
comment on column audience.fct_chart_entries."rank_date" is 'Last day in the chart.';
create index fct_place_observations_metric_id_index on audience.fct_place_observations ("metric_id");
comment on index audience.fct_place_observations_metric_id_index is 'Joins from metrics.dim_metrics, and the check that none is orphaned when one of its rows goes.';
create index fct_place_observations_observed_date_index on audience.fct_place_observations using brin ("observed_date");
comment on index audience.fct_place_observations_observed_date_index is 'A window reads the days it opens and closes with; rows lie by day, so a few pages of index do.';
alter table audience.fct_place_observations add foreign key ("artist_id") references audience.dim_artists ("artist_id");
alter table audience.fct_place_observations add foreign key ("metric_id") references metrics.dim_metrics ("metric_id");
comment on table audience.fct_place_observations is 'One row per artist, metric, place and day. Partial by nature - only the top places of some days are given, and Spotify''s country is the sum of its listed cities, not of the country - so places never add up to the world.';
comment on column audience.fct_place_observations."artist_id" is 'Soundcharts'' id of the artist (uuid); of a credit that only reports print, the hash of its normalised text, never split.';
comment on column audience.fct_place_observations."metric_id" is 'Platform and metric in one code, ''spotify:streams''.';
comment on column audience.fct_place_observations."place_type" is 'What the place is, country or city.';
comment on column audience.fct_place_observations."place_country" is 'ISO 3166 code of the country; blank where unknown.';
comment on column audience.fct_place_observations."region_name" is 'Province or state; blank where unknown or for a country.';
comment on column audience.fct_place_observations."place_city" is 'City; blank for a country.';
comment on column audience.fct_place_observations."observed_date" is 'Day of the observation, as the source dates it (its first ten characters).';
comment on column audience.fct_place_observations."value" is 'The value observed that day, in the unit of its metric.';
comment on column audience.fct_place_observations."answer_count" is 'How often the answer that counts lists it: more than 1 if it says two things of one.';
create index fct_playlist_entries_song_id_index on audience.fct_playlist_entries ("song_id");
comment on index audience.fct_playlist_entries_song_id_index is 'Joins from audience.dim_songs, and the check that none is orphaned when one of its rows goes.';
create index fct_playlist_entries_entry_date_index on audience.fct_playlist_entries using brin ("entry_date");
comment on index audience.fct_playlist_entries_entry_date_index is 'A window reads the days it opens and closes with; rows lie by day, so a few pages of index do.';
alter table audience.fct_playlist_entries add foreign key ("playlist_id") references audience.dim_playlists ("playlist_id");
alter table audience.fct_playlist_entries add foreign key ("song_id") references audience.dim_songs ("song_id");
comment on table audience.fct_playlist_entries is 'One row per playlist, song and day of entry, with the reach of the playlist on the day it was last read.';
comment on column audience.fct_playlist_entries."playlist_id" is 'Soundcharts'' id of the playlist (uuid).';
comment on column audience.fct_playlist_entries."song_id" is 'Soundcharts'' id of the song (uuid), or a hash of title and credit where only charts know it. One recording may have several, see `recording_id`.';
comment on column audience.fct_playlist_entries."playlist_position" is 'Place in the playlist on the day of the place.';
comment on column audience.fct_playlist_entries."peak_playlist_position" is 'Best place in the playlist.';
comment on column audience.fct_playlist_entries."subscriber_count" is 'Subscribers of the playlist on the day it was last read, not on that of the entry.';
comment on column audience.fct_playlist_entries."answer_count" is 'How often the answer that counts lists it: more than 1 if it says two things of one.';
comment on column audience.fct_playlist_entries."entry_date" is 'First day in the playlist or chart.';
comment on column audience.fct_playlist_entries."exit_date" is 'Day it left the playlist; null while it is there.';
comment on column audience.fct_playlist_entries."position_date" is 'Day of the place.';
comment on column audience.fct_playlist_entries."peak_position_date" is 'Day of the best place.';
create index bridge_movies_x_companies_company_id_index on films.bridge_movies_x_companies ("company_id");
comment on index films.bridge_movies_x_companies_company_id_index is 'Joins from films.dim_companies, and the check that none is orphaned when one of its rows goes.';
alter table films.bridge_movies_x_companies add foreign key ("company_id") references films.dim_companies ("company_id");
alter table films.bridge_movies_x_companies add foreign key ("movie_id") references films.dim_movies ("movie_id");
comment on table films.bridge_movies_x_companies is 'One row per film and company; the weights of a film add up to 1.';
comment on column films.bridge_movies_x_companies."movie_id" is 'TMDb''s id of the film.';
comment on column films.bridge_movies_x_companies."company_id" is 'TMDb''s id of the company.';
comment on column films.bridge_movies_x_companies."weight" is 'Share with which it counts in sums and averages of the group, 1 if in full.';
create index bridge_movies_x_countries_country_code_index on films.bridge_movies_x_countries ("country_code");
comment on index films.bridge_movies_x_countries_country_code_index is 'Joins from films.dim_countries, and the check that none is orphaned when one of its rows goes.';
alter table films.bridge_movies_x_countries add foreign key ("country_code") references films.dim_countries ("country_code");
alter table films.bridge_movies_x_countries add foreign key ("movie_id") references films.dim_movies ("movie_id");
comment on table films.bridge_movies_x_countries is 'One row per film and country; the weights of a film add up to 1.';
comment on column films.bridge_movies_x_countries."movie_id" is 'TMDb''s id of the film.';
comment on column films.bridge_movies_x_countries."country_code" is 'ISO 3166 code of the country; null if blank.';
comment on column films.bridge_movies_x_countries."weight" is 'Share with which it counts in sums and averages of the group, 1 if in full.';
create index bridge_movies_x_genres_film_genre_id_index on films.bridge_movies_x_genres ("film_genre_id");
comment on index films.bridge_movies_x_genres_film_genre_id_index is 'Joins from films.dim_film_genres, and the check that none is orphaned when one of its rows goes.';
alter table films.bridge_movies_x_genres add foreign key ("film_genre_id") references films.dim_film_genres ("film_genre_id");
alter table films.bridge_movies_x_genres add foreign key ("movie_id") references films.dim_movies ("movie_id");
comment on table films.bridge_movies_x_genres is 'One row per film and genre; the weights of a film add up to 1.';
comment on column films.bridge_movies_x_genres."movie_id" is 'TMDb''s id of the film.';
comment on column films.bridge_movies_x_genres."film_genre_id" is 'TMDb''s id of the genre.';
comment on column films.bridge_movies_x_genres."weight" is 'Share with which it counts in sums and averages of the group, 1 if in full.';
create index bridge_movies_x_languages_film_language_code_index on films.bridge_movies_x_languages ("film_language_code");
comment on index films.bridge_movies_x_languages_film_language_code_index is 'Joins from films.dim_film_languages, and the check that none is orphaned when one of its rows goes.';
alter table films.bridge_movies_x_languages add foreign key ("film_language_code") references films.dim_film_languages ("film_language_code");
alter table films.bridge_movies_x_languages add foreign key ("movie_id") references films.dim_movies ("movie_id");
comment on table films.bridge_movies_x_languages is 'One row per film and language; the weights of a film add up to 1.';
comment on column films.bridge_movies_x_languages."movie_id" is 'TMDb''s id of the film.';
comment on column films.bridge_movies_x_languages."film_language_code" is 'Language, ISO 639-1 and TMDb''s own xx (none) and cn (Cantonese).';
comment on column films.bridge_movies_x_languages."weight" is 'Share with which it counts in sums and averages of the group, 1 if in full.';
create index dim_countries_continent_index on films.dim_countries ("continent");
comment on index films.dim_countries_continent_index is 'Figures by continent.';
create unique index dim_countries_subject_id_index on films.dim_countries ("subject_id");
comment on index films.dim_countries_subject_id_index is 'Held unique by a data test.';
comment on table films.dim_countries is 'One row per country, former ones among them; ZZ is the unknown one.';
comment on column films.dim_countries."country_code" is 'ISO 3166 code of the country; null if blank.';
comment on column films.dim_countries."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column films.dim_countries."country_name" is 'Name of the country.';
comment on column films.dim_countries."continent" is 'Continent, America in two; Unknown if no list has the country.';
comment on column films.dim_countries."successor_code" is 'Country that a former code stands for today; null of a current one.';
comment on column films.dim_countries."is_former" is 'Whether the code is no longer in use.';
comment on column films.dim_countries."is_known_country" is 'Whether the seed country_continents has the code.';
alter table films.bridge_movies_x_groups add foreign key ("movie_id") references films.dim_movies ("movie_id");
comment on table films.bridge_movies_x_groups is 'One row per film and genre, company, country, continent or language that it counts for.';
comment on column films.bridge_movies_x_groups."movie_id" is 'TMDb''s id of the film.';
comment on column films.bridge_movies_x_groups."group_id" is 'Subject that it belongs to, ''genre:rock''.';
comment on column films.bridge_movies_x_groups."group_type" is 'Type of the group, ''genre''.';
comment on column films.bridge_movies_x_groups."weight" is 'Share with which it counts in sums and averages of the group, 1 if in full.';
create index bridge_movies_x_persons_movie_id_index on films.bridge_movies_x_persons ("movie_id");
comment on index films.bridge_movies_x_persons_movie_id_index is 'Joins from films.dim_movies, and the check that none is orphaned when one of its rows goes.';
create index bridge_movies_x_persons_person_id_index on films.bridge_movies_x_persons ("person_id");
comment on index films.bridge_movies_x_persons_person_id_index is 'Joins from films.dim_persons, and the check that none is orphaned when one of its rows goes.';
alter table films.bridge_movies_x_persons add foreign key ("movie_id") references films.dim_movies ("movie_id");
alter table films.bridge_movies_x_persons add foreign key ("person_id") references films.dim_persons ("person_id");
comment on table films.bridge_movies_x_persons is 'One row per credit, of one person, one film and one job or part; the weights of a film add up to 1.';
comment on column films.bridge_movies_x_persons."credit_id" is 'Id of the credit, of one person, one film and one job or part.';
comment on column films.bridge_movies_x_persons."movie_id" is 'TMDb''s id of the film.';
comment on column films.bridge_movies_x_persons."person_id" is 'TMDb''s id of the person.';
comment on column films.bridge_movies_x_persons."credit_type" is 'cast or crew.';
comment on column films.bridge_movies_x_persons."department" is 'Acting, Directing, Writing ...; null if not said.';
comment on column films.bridge_movies_x_persons."job" is 'What the person did, Director; Actor of the cast.';
comment on column films.bridge_movies_x_persons."character_name" is 'Who is played; null if not said, or of the crew.';
comment on column films.bridge_movies_x_persons."cast_order" is 'Place in the billing, from 0; null of the crew.';
comment on column films.bridge_movies_x_persons."weight" is 'Share with which it counts in sums and averages of the group, 1 if in full.';
create unique index dim_companies_subject_id_index on films.dim_companies ("subject_id");
comment on index films.dim_companies_subject_id_index is 'Held unique by a data test.';
comment on table films.dim_companies is 'One row per company that made a film.';
comment on column films.dim_companies."company_id" is 'TMDb''s id of the company.';
comment on column films.dim_companies."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column films.dim_companies."company_name" is 'Name of the company; null in staging if blank.';
comment on column films.dim_companies."country_code" is 'ISO 3166 code of the country; null if blank.';
create unique index dim_film_genres_subject_id_index on films.dim_film_genres ("subject_id");
comment on index films.dim_film_genres_subject_id_index is 'Held unique by a data test.';
comment on table films.dim_film_genres is 'One row per genre of films.';
comment on column films.dim_film_genres."film_genre_id" is 'TMDb''s id of the genre.';
comment on column films.dim_film_genres."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column films.dim_film_genres."genre_name" is 'Name of the genre for people.';
comment on column films.dim_film_genres."is_named" is 'Whether a list or a film gives it a name.';
create unique index dim_film_languages_subject_id_index on films.dim_film_languages ("subject_id");
comment on index films.dim_film_languages_subject_id_index is 'Held unique by a data test.';
comment on table films.dim_film_languages is 'One row per language of films.';
comment on column films.dim_film_languages."film_language_code" is 'Language, ISO 639-1 and TMDb''s own xx (none) and cn (Cantonese).';
comment on column films.dim_film_languages."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column films.dim_film_languages."language_name" is 'Name of the language in English, its code if it has none; null in staging.';
alter table films.dim_movie_versions add foreign key ("movie_id") references films.dim_movies ("movie_id");
comment on table films.dim_movie_versions is 'One row per film and version of its status, date, length, cost and revenue, of which the source tells only the last.';
comment on column films.dim_movie_versions."movie_id" is 'TMDb''s id of the film.';
comment on column films.dim_movie_versions."version" is 'Version of what the id stands for, from 1; every change makes a new one.';
comment on column films.dim_movie_versions."film_status" is 'Rumored, Planned, In Production, Post Production, Released or Canceled; null if unknown.';
comment on column films.dim_movie_versions."release_date" is 'Day of release; null if the source sends a blank or a year zero.';
comment on column films.dim_movie_versions."runtime_minutes" is 'Length; null if unknown, which the source writes as 0.';
comment on column films.dim_movie_versions."budget_usd" is 'Cost in US dollars; null if unknown, which the source writes as 0.';
comment on column films.dim_movie_versions."revenue_usd" is 'Revenue in US dollars; null if unknown, which the source writes as 0.';
comment on column films.dim_movie_versions."valid_from_date" is 'First day on which the version was seen.';
comment on column films.dim_movie_versions."next_version_date" is 'Load date of the version after it; null if there is none.';
comment on column films.dim_movie_versions."last_seen_date" is 'Last day on which it was seen.';
comment on column films.dim_movie_versions."is_newest_version" is 'Whether no later version of the id is known.';
create unique index dim_movies_subject_id_index on films.dim_movies ("subject_id");
comment on index films.dim_movies_subject_id_index is 'Held unique by a data test.';
comment on table films.dim_movies is 'One row per film, as its latest details have it or, if they were never asked for, the latest list.';
comment on column films.dim_movies."movie_id" is 'TMDb''s id of the film.';
comment on column films.dim_movies."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column films.dim_movies."title" is 'Title as the source writes it, version words included; null if blank.';
comment on column films.dim_movies."original_title" is 'Title in the original language; null if blank.';
comment on column films.dim_movies."original_language_code" is 'Language that the film was made in, ISO 639-1 and TMDb''s own xx (none) and cn (Cantonese).';
comment on column films.dim_movies."film_status" is 'Rumored, Planned, In Production, Post Production, Released or Canceled; null if unknown.';
comment on column films.dim_movies."imdb_id" is 'Id of the film at IMDb, tt and digits; null if unknown.';
comment on column films.dim_movies."homepage" is 'Address of the film; null if it has none.';
comment on column films.dim_movies."collection_id" is 'TMDb''s id of the series of films that it is one of; null if it is of none.';
comment on column films.dim_movies."collection_name" is 'Name of the series of films; null if it is of none.';
comment on column films.dim_movies."runtime_minutes" is 'Length; null if unknown, which the source writes as 0.';
comment on column films.dim_movies."budget_usd" is 'Cost in US dollars; null if unknown, which the source writes as 0.';
comment on column films.dim_movies."revenue_usd" is 'Revenue in US dollars; null if unknown, which the source writes as 0.';
comment on column films.dim_movies."is_adult" is 'Whether the film is for adults only; it is then in no figure.';
comment on column films.dim_movies."is_video" is 'Whether TMDb calls it a video and no film.';
comment on column films.dim_movies."is_gone" is 'Whether the source has deleted it or merged it with another film.';
comment on column films.dim_movies."has_details" is 'Whether its details were ever asked for.';
comment on column films.dim_movies."release_date" is 'Day of release; null if the source sends a blank or a year zero.';
comment on column films.dim_movies."first_seen_date" is 'First day on which it was seen.';
comment on column films.dim_movies."last_seen_date" is 'Last day on which it was seen.';
comment on column films.dim_movies."details_date" is 'Day of the latest details; null if they were never asked for.';
comment on column films.dim_movies."last_exported_date" is 'Day of the latest export that has it; null if none has.';
comment on column films.dim_movies."absence_date" is 'Day on which the film was asked for and not there; null if it is there.';
create unique index dim_persons_subject_id_index on films.dim_persons ("subject_id");
comment on index films.dim_persons_subject_id_index is 'Held unique by a data test.';
comment on table films.dim_persons is 'One row per person who has a credit.';
comment on column films.dim_persons."person_id" is 'TMDb''s id of the person.';
comment on column films.dim_persons."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column films.dim_persons."person_name" is 'Name of the person.';
comment on column films.dim_persons."known_for_department" is 'What the person is known for; null if not said.';
create index fct_movies_daily_snapshot_date_index on films.fct_movies_daily ("snapshot_date");
comment on index films.fct_movies_daily_snapshot_date_index is 'Joins from metrics.dim_dates, and the check that none is orphaned when one of its rows goes.';
alter table films.fct_movies_daily add foreign key ("movie_id") references films.dim_movies ("movie_id");
alter table films.fct_movies_daily add foreign key ("snapshot_date") references metrics.dim_dates ("day_date");
comment on table films.fct_movies_daily is 'One row per film and day on which it was seen, with its place among the films of that day.';
comment on column films.fct_movies_daily."movie_id" is 'TMDb''s id of the film.';
comment on column films.fct_movies_daily."snapshot_date" is 'Day on which the source was asked; null in staging if the page does not say.';
comment on column films.fct_movies_daily."answer_kind" is 'What the day is known by, details, list or export.';
comment on column films.fct_movies_daily."film_list" is 'List that it is in, popular or discover; ''unnamed'' if the page does not say; null if the answer is no list.';
comment on column films.fct_movies_daily."page_number" is 'Page of the listing, from 1.';
comment on column films.fct_movies_daily."popularity" is 'The platform''s score, that day or as the week closed, of most platforms 0 to 100; null if it was not seen.';
comment on column films.fct_movies_daily."popularity_rank" is 'Place by popularity among the films seen on that day, 1 is the top; null of films for adults.';
comment on column films.fct_movies_daily."ranked_movie_count" is 'Films that were ranked on that day, which the place is among.';
comment on column films.fct_movies_daily."rank_change" is 'Places gained since the film was last seen; null on its first day.';
comment on column films.fct_movies_daily."vote_average" is 'Mean of all votes, 0 to 10; null beyond staging if nobody voted.';
comment on column films.fct_movies_daily."vote_count" is 'Votes so far.';
comment on column films.fct_movies_daily."stated_release_date" is 'Day of release as the answer of that day says; null if unknown then.';
comment on column films.fct_movies_daily."seen_day_count" is 'Days on which the film was seen so far.';
comment on column films.fct_movies_daily."missed_days" is 'Days without a row since the film was last seen; null on its first day.';
comment on column films.fct_movies_daily."said_count" is 'Answers and places in lists that spoke of the film on that day.';
comment on column films.fct_movies_daily."is_disputed" is 'Whether answers of the day disagreed; the declared winner is shown.';
comment on table films.film_features is 'One row per film, for recommending; nothing in it is of the time after its release.';
comment on column films.film_features."movie_id" is 'TMDb''s id of the film.';
comment on column films.film_features."imdb_id" is 'Id of the film at IMDb, tt and digits; null if unknown.';
comment on column films.film_features."title" is 'Title as the source writes it, version words included; null if blank.';
comment on column films.film_features."original_language_code" is 'Language that the film was made in, ISO 639-1 and TMDb''s own xx (none) and cn (Cantonese).';
comment on column films.film_features."release_date" is 'Day of release; null if the source sends a blank or a year zero.';
comment on column films.film_features."runtime_minutes" is 'Length; null if unknown, which the source writes as 0.';
comment on column films.film_features."budget_usd" is 'Cost in US dollars; null if unknown, which the source writes as 0.';
comment on column films.film_features."collection_id" is 'TMDb''s id of the series of films that it is one of; null if it is of none.';
comment on column films.film_features."genre_names" is 'Names of its genres with | between them; null if it has none.';
comment on column films.film_features."country_names" is 'Names of its countries with | between them; null if none is known.';
comment on column films.film_features."director_names" is 'Names of its directors with | between them; null if unknown.';
comment on column films.film_features."leading_cast_names" is 'Names of the first five of the billing with | between them; null if unknown.';
create index fct_observations_observed_date_index on metrics.fct_observations using brin ("observed_date");
comment on index metrics.fct_observations_observed_date_index is 'A window reads the days it opens and closes with; rows lie by day, so a few pages of index do.';
alter table metrics.fct_observations add foreign key ("series_id") references metrics.dim_series ("series_id");
comment on table metrics.fct_observations is 'One row per series and day: the value, how it changed, and the totals of the series so far. What a window needs is the difference of two rows: its closing one less its opening one. Stored by day.';
comment on column metrics.fct_observations."series_id" is 'Key of one subject''s one metric, computed from both: the same in every build.';
comment on column metrics.fct_observations."observed_date" is 'Day of the observation, as the source dates it (its first ten characters).';
comment on column metrics.fct_observations."value" is 'The value observed that day, in the unit of its metric.';
comment on column metrics.fct_observations."linked_value" is 'What identifiers brought when they were linked, less what they took when they went, so far: part of the value, but no growth.';
comment on column metrics.fct_observations."change" is 'Value less that of the sound observation before, without what came or went with identifiers; null for the first one and for an outlier.';
comment on column metrics.fct_observations."span_days" is 'Days since the observation before, which `change` covers; null for the first observation.';
comment on column metrics.fct_observations."next_observed_date" is 'Day of the sound observation after, until which this one is the latest; null for the newest one and for an outlier.';
comment on column metrics.fct_observations."change_class" is 'first, increase, unchanged or decrease; relinked if identifiers came or went; of a counter, which cannot fall: correction, restatement or reset, by the ratios in `dim_metrics`; restatement also where a newer version of the same days begins; outlier.';
comment on column metrics.fct_observations."is_outlier" is 'Whether both neighbours contradict the value: it is kept, but no anchor and in no total.';
comment on column metrics.fct_observations."running_gain" is 'Sum of the rises so far, of a flow the sum of its values; null for an outlier.';
comment on column metrics.fct_observations."running_value_days" is 'Value times days so far, each value counted until the next observation; null for an outlier.';
comment on column metrics.fct_observations."running_observations" is 'Number of observations so far, this one included; null for an outlier.';
comment on column metrics.fct_observations."running_breaks" is 'All four counts of breaks so far in one number, as windows read them: corrections, plus 2^17 for each restatement, 2^29 for each reset, 2^41 for each relink; null for an outlier.';
comment on column metrics.fct_observations."running_corrections" is 'Number of corrections so far; null for an outlier.';
comment on column metrics.fct_observations."running_restatements" is 'Number of restatements so far; null for an outlier.';
comment on column metrics.fct_observations."running_resets" is 'Number of resets so far; null for an outlier.';
comment on column metrics.fct_observations."running_relinks" is 'Number of times so far that identifiers came or went; null for an outlier.';
comment on column metrics.fct_observations."known_from" is 'Start of the build since which the row is as it is, UTC; that the series goes on after it is no change.';
comment on table intermediate.int_ends_withheld is 'One row per unconfirmed observation: what it and the unconfirmed ones before it added since the last confirmed one.';
comment on column intermediate.int_ends_withheld."series_id" is 'Key of one subject''s one metric, computed from both: the same in every build.';
comment on column intermediate.int_ends_withheld."observed_date" is 'Day of the observation, as the source dates it (its first ten characters).';
comment on column intermediate.int_ends_withheld."confirmed_date" is 'Day of the last confirmed observation.';
comment on column intermediate.int_ends_withheld."confirmed_value" is 'The value of that day.';
comment on column intermediate.int_ends_withheld."withheld_gain" is 'Sum of the rises since then.';
comment on column intermediate.int_ends_withheld."withheld_value_days" is 'What these days, each with its value, add to the sum of values.';
comment on column intermediate.int_ends_withheld."withheld_day_count" is 'Days since then.';
comment on column intermediate.int_ends_withheld."withheld_observation_count" is 'Observations since then.';
comment on column intermediate.int_ends_withheld."withheld_breaks" is 'What they add to the packed counts of breaks, see `running_breaks`.';
create index dim_metrics_platform_index on metrics.dim_metrics ("platform");
comment on index metrics.dim_metrics_platform_index is 'Joins from metrics.dim_platforms, and the check that none is orphaned when one of its rows goes.';
alter table metrics.dim_metrics add foreign key ("platform") references metrics.dim_platforms ("platform");
comment on table metrics.dim_metrics is 'One row per metric of a platform, with all that growth must know of it: its meaning lives here, not in branches of SQL. Kinds and sums follow the source''s documents; cadence, ages and bases are our settings.';
comment on column metrics.dim_metrics."metric_id" is 'Platform and metric in one code, ''spotify:streams''.';
comment on column metrics.dim_metrics."platform" is 'Code of the platform, ''spotify''.';
comment on column metrics.dim_metrics."metric" is 'What is counted, one word for all platforms, ''streams''.';
comment on column metrics.dim_metrics."metric_name" is 'Name for people, ''Spotify streams''; has the platform''s own word, ''Deezer fans''.';
comment on column metrics.dim_metrics."kind" is 'How the number behaves: counter, gauge, index, flow or rolling.';
comment on column metrics.dim_metrics."unit" is 'What one of it is; only equal units may be added.';
comment on column metrics.dim_metrics."add_over_platform" is 'Whether values may be added, over platforms and in any other group: same_unit, accounts (as accounts, not as people) or never.';
comment on column metrics.dim_metrics."cadence_days" is 'Days between two observations as a rule; coverage is judged by it.';
comment on column metrics.dim_metrics."max_age_days" is 'Days a value may be carried forward before it is stale.';
comment on column metrics.dim_metrics."rolling_days" is 'Days that one value of a rolling metric counts; null for other kinds.';
comment on column metrics.dim_metrics."min_base" is 'Base below which a percent is shown with a warning.';
comment on column metrics.dim_metrics."correction_ratio" is 'A fall below this share of the value is a correction; null if the metric may fall.';
comment on column metrics.dim_metrics."reset_ratio" is 'A fall to below this share of the value is a reset; null if the metric may fall.';
comment on column metrics.dim_metrics."outlier_drop_ratio" is 'A value of at most this share of both its neighbours dropped to about nothing; null if it may.';
comment on column metrics.dim_metrics."is_catalogued" is 'False where a source speaks of it and the catalogue in seeds/ lacks it: its settings are defaults.';
comment on table intermediate.int_place_days_judged is 'One row per artist, metric, place and day that is no excursion, with what is known of its scale.';
comment on column intermediate.int_place_days_judged."series_id" is 'Key of one subject''s one metric, computed from both: the same in every build.';
comment on column intermediate.int_place_days_judged."place_id" is 'Id of the artist and of the place, in one text.';
comment on column intermediate.int_place_days_judged."metric_id" is 'Platform and metric in one code, ''spotify:streams''.';
comment on column intermediate.int_place_days_judged."observed_date" is 'Day of the observation, as the source dates it (its first ten characters).';
comment on column intermediate.int_place_days_judged."value" is 'The value observed that day, in the unit of its metric.';
comment on column intermediate.int_place_days_judged."cities_key" is 'What a place''s value is made of: of a country that is the sum of its listed cities those cities, as a hash; else how often the day lists the place.';
comment on column intermediate.int_place_days_judged."running_restatements" is 'Number of restatements so far; null for an outlier.';
comment on column intermediate.int_place_days_judged."running_resets" is 'Number of resets so far; null for an outlier.';
comment on column intermediate.int_place_days_judged."running_relinks" is 'Number of times so far that identifiers came or went; null for an outlier.';
comment on column intermediate.int_place_days_judged."is_unsettled" is 'Whether it is one of the newest values that fell or vanished, or more than doubled, and no later one confirms it.';
comment on table metrics.platform_completeness is 'One row per platform that has observations, with the last day on which its figures are complete.';
comment on column metrics.platform_completeness."platform" is 'Code of the platform, ''spotify''.';
comment on column metrics.platform_completeness."series_count" is 'Number of series.';
comment on column metrics.platform_completeness."complete_series_count" is 'Number of series observed on the complete-through date or later.';
comment on column metrics.platform_completeness."first_date" is 'Day of the first observation.';
comment on column metrics.platform_completeness."complete_through_date" is 'Latest day on which at least nine tenths of the series expected have reported. Expected is a series that was observed in the 28 days before; on that day, at least half as many must be as at the platform''s fullest.';
comment on column metrics.platform_completeness."last_date" is 'Day of the latest observation.';
comment on table intermediate.int_places_described is 'One row per artist, metric and place: what a window must know of it besides its values.';
comment on column intermediate.int_places_described."artist_id" is 'Soundcharts'' id of the artist (uuid); of a credit that only reports print, the hash of its normalised text, never split.';
comment on column intermediate.int_places_described."metric_id" is 'Platform and metric in one code, ''spotify:streams''.';
comment on column intermediate.int_places_described."place_type" is 'What the place is, country or city.';
comment on column intermediate.int_places_described."place_country" is 'ISO 3166 code of the country; blank where unknown.';
comment on column intermediate.int_places_described."region_name" is 'Province or state; blank where unknown or for a country.';
comment on column intermediate.int_places_described."place_city" is 'City; blank for a country.';
comment on column intermediate.int_places_described."place_id" is 'Id of the artist and of the place, in one text.';
comment on column intermediate.int_places_described."artist_credit" is 'Artist credit as printed, all names in one text; null if blank.';
comment on column intermediate.int_places_described."platform" is 'Code of the platform, ''spotify''.';
comment on column intermediate.int_places_described."metric" is 'What is counted, one word for all platforms, ''streams''.';
comment on column intermediate.int_places_described."unit" is 'What one of it is; only equal units may be added.';
comment on column intermediate.int_places_described."kind" is 'How the number behaves: counter, gauge, index, flow or rolling.';
comment on column intermediate.int_places_described."min_base" is 'Base below which a percent is shown with a warning.';
comment on column intermediate.int_places_described."complete_through_date" is 'Latest day on which at least nine tenths of the series expected have reported. Expected is a series that was observed in the 28 days before; on that day, at least half as many must be as at the platform''s fullest.';
comment on column intermediate.int_places_described."cadence_days" is 'Days between two observations as a rule; coverage is judged by it.';
comment on column intermediate.int_places_described."max_age_days" is 'Days a value may be carried forward before it is stale.';
comment on column intermediate.int_places_described."name" is 'Name for people, such as the title of a song; ''(untitled)'' if the source has none.';
create index dim_series_metric_id_index on metrics.dim_series ("metric_id");
comment on index metrics.dim_series_metric_id_index is 'Joins from metrics.dim_metrics, and the check that none is orphaned when one of its rows goes.';
create index dim_series_subject_id_index on metrics.dim_series ("subject_id");
comment on index metrics.dim_series_subject_id_index is 'Joins from metrics.dim_subjects, and the check that none is orphaned when one of its rows goes.';
alter table metrics.dim_series add foreign key ("metric_id") references metrics.dim_metrics ("metric_id");
alter table metrics.dim_series add foreign key ("subject_id") references metrics.dim_subjects ("subject_id");
comment on table metrics.dim_series is 'One row per series, that is one metric of one subject.';
comment on column metrics.dim_series."series_id" is 'Key of one subject''s one metric, computed from both: the same in every build.';
comment on column metrics.dim_series."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column metrics.dim_series."metric_id" is 'Platform and metric in one code, ''spotify:streams''.';
comment on column metrics.dim_series."first_date" is 'Day of the first observation.';
comment on column metrics.dim_series."last_date" is 'Day of the latest observation.';
comment on column metrics.dim_series."observation_count" is 'Number of observations.';
comment on table metrics.dim_subjects is 'One row per subject, that is everything whose audience is counted and every group, of all domains.';
comment on column metrics.dim_subjects."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column metrics.dim_subjects."subject_type" is 'What the subject is, one word: ''song'', ''artist'', ''track''.';
comment on column metrics.dim_subjects."name" is 'Name for people, such as the title of a song; ''(untitled)'' if the source has none.';
comment on column metrics.dim_subjects."began_on" is 'Day on which the subject began, by release or opening; null if unknown.';
comment on column metrics.dim_subjects."counted_by" is 'Subject that groups count in its place, as the recording of a song that has twins; null if it counts itself.';
comment on column metrics.dim_subjects."is_primary" is 'False if another of the subjects that are counted as one is shown for all of them; rankings leave it out.';
comment on column metrics.dim_subjects."is_composed" is 'Whether its observations are those of other subjects: of a recording, its songs''; of a genre, its tracks''.';
comment on table intermediate.int_series_described is 'One row per series, with its subject, its metric and what its platform knows.';
comment on column intermediate.int_series_described."series_id" is 'Key of one subject''s one metric, computed from both: the same in every build.';
comment on column intermediate.int_series_described."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column intermediate.int_series_described."name" is 'Name for people, such as the title of a song; ''(untitled)'' if the source has none.';
comment on column intermediate.int_series_described."subject_type" is 'What the subject is, one word: ''song'', ''artist'', ''track''.';
comment on column intermediate.int_series_described."began_on" is 'Day on which the subject began, by release or opening; null if unknown.';
comment on column intermediate.int_series_described."platform" is 'Code of the platform, ''spotify''.';
comment on column intermediate.int_series_described."metric" is 'What is counted, one word for all platforms, ''streams''.';
comment on column intermediate.int_series_described."unit" is 'What one of it is; only equal units may be added.';
comment on column intermediate.int_series_described."kind" is 'How the number behaves: counter, gauge, index, flow or rolling.';
comment on column intermediate.int_series_described."min_base" is 'Base below which a percent is shown with a warning.';
comment on column intermediate.int_series_described."max_age_days" is 'Days a value may be carried forward before it is stale.';
comment on column intermediate.int_series_described."cadence_days" is 'Days between two observations as a rule; coverage is judged by it.';
comment on column intermediate.int_series_described."first_date" is 'Day of the first observation.';
comment on column intermediate.int_series_described."complete_through_date" is 'Latest day on which at least nine tenths of the series expected have reported. Expected is a series that was observed in the 28 days before; on that day, at least half as many must be as at the platform''s fullest.';
comment on column intermediate.int_series_described."unconfirmed_from_date" is 'First day of the newest values that are unconfirmed.';
comment on table metrics.dim_platforms is 'One row per platform that a source speaks of, whether or not it has metrics.';
comment on column metrics.dim_platforms."platform" is 'Code of the platform, ''spotify''.';
comment on column metrics.dim_platforms."platform_name" is 'Name for people, ''Spotify''. Join on the code, names differ between sources.';
comment on column metrics.dim_platforms."is_catalogued" is 'False where a source speaks of it and the catalogue in seeds/ lacks it: its settings are defaults.';
comment on table intermediate.int_series_grouped is 'One row per series and group that it belongs to - its own subject, the groups of its domain, its platform.';
comment on column intermediate.int_series_grouped."series_id" is 'Key of one subject''s one metric, computed from both: the same in every build.';
comment on column intermediate.int_series_grouped."subject" is 'Id of what is compared: a `subject_id`, or ''platform:'' and the code.';
comment on column intermediate.int_series_grouped."subject_type" is 'What the subject is, one word: ''song'', ''artist'', ''track''.';
comment on column intermediate.int_series_grouped."name" is 'Name for people, such as the title of a song; ''(untitled)'' if the source has none.';
comment on column intermediate.int_series_grouped."member_type" is 'Type of the subjects that the figure is made of; the subject''s own if it is its own figure. Two types are never added.';
comment on column intermediate.int_series_grouped."min_base" is 'Base below which a percent is shown with a warning.';
comment on column intermediate.int_series_grouped."weight" is 'Share with which it counts in sums and averages of the group, 1 if in full.';
comment on column intermediate.int_series_grouped."counts" is 'False for a twin of a recording that the same group already counts.';
comment on column intermediate.int_series_grouped."counted_by" is 'Subject that groups count in its place, as the recording of a song that has twins; null if it counts itself.';
comment on column intermediate.int_series_grouped."is_additive" is 'Whether the group may add the metric up, as it adds up over platforms; true of a subject''s own.';
create unique index dim_channels_channel_index on leads.dim_channels ("channel");
comment on index leads.dim_channels_channel_index is 'Held unique by a data test.';
comment on table leads.dim_channels is 'One row per marketing channel; the one a lead has is decided by `channel_rules`.';
comment on column leads.dim_channels."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.dim_channels."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column leads.dim_channels."channel" is 'Name of the channel for people, ''SEA Marque''.';
comment on column leads.dim_channels."channel_group" is 'Group of the channel, ''Paid search''.';
comment on column leads.dim_channels."is_paid" is 'Whether the channel is paid for; null if it is not known.';
comment on column leads.dim_channels."is_brand" is 'Whether the searches are for the advertiser''s own name; null if that says nothing of the channel.';
comment on column leads.dim_channels."ad_platform" is 'Code of the ad platform, ''google_ads''; null if there is none.';
comment on column leads.dim_channels."display_order" is 'Place in charts, from 1.';
create unique index fct_leads_lead_id_index on leads.fct_leads ("lead_id");
comment on index leads.fct_leads_lead_id_index is 'Held unique by a data test.';
create index fct_leads_channel_id_index on leads.fct_leads ("channel_id");
comment on index leads.fct_leads_channel_id_index is 'Joins from leads.dim_channels, and the check that none is orphaned when one of its rows goes.';
alter table leads.fct_leads add foreign key ("channel_id") references leads.dim_channels ("channel_id");
comment on table leads.fct_leads is 'One row per lead, with its milestones. A lead that was sent several times is there once, by its latest version; its earlier statuses are in `fct_lead_statuses`. No personal data: a person is a keyed hash.';
comment on column leads.fct_leads."lead_id" is 'Id of the lead in its tool.';
comment on column leads.fct_leads."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.fct_leads."rule_id" is 'Rule of `channel_rules` that decided the channel; ''(none)'' if none fits.';
comment on column leads.fct_leads."declared_channel" is 'Channel by the tool''s own label, as it was written; null if it has none.';
comment on column leads.fct_leads."declared_channel_id" is 'Channel of that label; null if no channel is called so.';
comment on column leads.fct_leads."first_touch_channel_id" is 'Channel of the first known visit before the lead; null if none is known.';
comment on column leads.fct_leads."last_touch_channel_id" is 'Channel of the last known visit before the lead; null if none is known.';
comment on column leads.fct_leads."touch_count" is 'Known visits before the lead.';
comment on column leads.fct_leads."person_key" is 'Keyed hash of who the lead is; equal for leads that share an address or a phone number.';
comment on column leads.fct_leads."direction" is 'inbound if the person calls, outbound if the advertiser does.';
comment on column leads.fct_leads."form_id" is 'Form that was filled in; null if not said.';
comment on column leads.fct_leads."product" is 'What the person asks for; null if not said.';
comment on column leads.fct_leads."lead_status" is 'new, validated, rejected, duplicate or test, as the tool says.';
comment on column leads.fct_leads."rejection_reason" is 'bad_phone, out_of_target, duplicate, no_consent, incomplete or fraud; null if it is not rejected or no reason was given.';
comment on column leads.fct_leads."lead_version_count" is 'Versions of the lead that were sent.';
comment on column leads.fct_leads."has_consent" is 'Whether the person may be called; null if not said.';
comment on column leads.fct_leads."has_valid_phone" is 'Whether the number can be called; null if not said.';
comment on column leads.fct_leads."is_received" is 'Whether it is a lead at all; false if it is a test.';
comment on column leads.fct_leads."is_validated" is 'Whether it counts as validated: its tool says so, neither consent nor phone speak against it, and no other lead of the person counted within 30 days before.';
comment on column leads.fct_leads."refusal" is 'Why a lead that its tool calls validated does not count - no_consent, bad_phone or repeat; null if it counts or was never called so.';
comment on column leads.fct_leads."created_at" is 'Moment of creation, UTC by our reading; null if what was sent is no moment, or one that cannot be.';
comment on column leads.fct_leads."created_date" is 'Day on which it came in, where the leads are; null if the moment is not known.';
comment on column leads.fct_leads."created_week_date" is 'Monday of the week in which it came in; null if the moment is not known.';
comment on column leads.fct_leads."last_changed_at" is 'Moment of the last change in the tool, UTC; null if not said, or one that cannot be.';
comment on column leads.fct_leads."validated_at" is 'Moment of the validation, UTC; null if there is none, if it cannot be, or if it is said to be before the lead.';
comment on column leads.fct_leads."validated_date" is 'Day of its validation, of its creation if that is not known; null if it is not validated.';
comment on column leads.fct_leads."has_odd_times" is 'Whether it is said to be validated before it was there.';
comment on column leads.fct_leads."attempt_count" is 'Attempts to reach by phone.';
comment on column leads.fct_leads."known_attempt_count" is 'Attempts to reach whose centre is known.';
comment on column leads.fct_leads."reached_call_count" is 'Calls that reached the person.';
comment on column leads.fct_leads."first_attempt_at" is 'Moment of the first attempt, UTC; null if there is none.';
comment on column leads.fct_leads."first_reached_at" is 'Moment of the first call that reached, UTC; null if none did.';
comment on column leads.fct_leads."is_won" is 'Whether a sale came of it.';
comment on column leads.fct_leads."won_at" is 'Moment of the sale, UTC; null if there is none or it cannot be.';
comment on column leads.fct_leads."is_won_before_contact" is 'Whether the sale is dated before the lead; it is a sale all the same.';
comment on table leads.fct_leads_daily is 'One row per day and channel that brought a lead or had one validated; leads without a date have one row per channel.';
comment on column leads.fct_leads_daily."day" is 'The day as a text, ''2025-01-31''; ''(no date)'' for leads without a date.';
comment on column leads.fct_leads_daily."day_date" is 'Day, where the leads are; null for leads without a date.';
comment on column leads.fct_leads_daily."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.fct_leads_daily."received_count" is 'Leads that came in, tests excluded.';
comment on column leads.fct_leads_daily."validated_count" is 'Leads that came in and count as validated, see `fct_leads`.';
comment on column leads.fct_leads_daily."validation_count" is 'Leads whose validation is of this time, whenever they came in.';
comment on column leads.fct_leads_daily."rejected_count" is 'Leads that came in and were rejected.';
comment on column leads.fct_leads_daily."attempted_count" is 'Leads that came in and that somebody tried to call.';
comment on column leads.fct_leads_daily."reached_count" is 'Leads that came in and that a call reached.';
comment on column leads.fct_leads_daily."won_count" is 'Leads received that became a sale, whether or not they were validated.';
create index fct_media_spend_daily_channel_id_index on leads.fct_media_spend_daily ("channel_id");
comment on index leads.fct_media_spend_daily_channel_id_index is 'Joins from leads.dim_channels, and the check that none is orphaned when one of its rows goes.';
alter table leads.fct_media_spend_daily add foreign key ("channel_id") references leads.dim_channels ("channel_id");
comment on table leads.fct_media_spend_daily is 'One row per day, campaign and currency. What is known by the week or month only is spread evenly over its days.';
comment on column leads.fct_media_spend_daily."spend_date" is 'Day of the spend.';
comment on column leads.fct_media_spend_daily."ad_platform" is 'Code of the ad platform, ''google_ads''; null if there is none.';
comment on column leads.fct_media_spend_daily."account_id" is 'Account on the ad platform; blank if not said.';
comment on column leads.fct_media_spend_daily."campaign_id" is 'Campaign on the ad platform; its name if the id is not said.';
comment on column leads.fct_media_spend_daily."currency" is 'ISO 4217 code of the amount.';
comment on column leads.fct_media_spend_daily."campaign_name" is 'Name of the campaign; null if not said.';
comment on column leads.fct_media_spend_daily."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.fct_media_spend_daily."rule_id" is 'Rule of `channel_rules` that decided the channel; ''(none)'' if none fits.';
comment on column leads.fct_media_spend_daily."impressions" is 'Times that an advertisement was shown, of a longer period the day''s part; null if not said.';
comment on column leads.fct_media_spend_daily."clicks" is 'Clicks on an advertisement, of a longer period the day''s part; null if not said.';
comment on column leads.fct_media_spend_daily."platform_conversions" is 'Conversions by the platform''s own count, of a longer period the day''s part; null if not said.';
comment on column leads.fct_media_spend_daily."spend" is 'Amount spent, credits taken off; null if none is known.';
comment on column leads.fct_media_spend_daily."credit" is 'Credits within the spend, zero or below.';
comment on column leads.fct_media_spend_daily."first_spend" is 'Amount by the first file that spoke of it.';
comment on column leads.fct_media_spend_daily."is_spread" is 'Whether a week''s or month''s amount was spread over its days.';
comment on column leads.fct_media_spend_daily."is_credited" is 'Whether a credit is part of it; only then may spend be below zero.';
comment on column leads.fct_media_spend_daily."amendment_count" is 'How often a later file changed the amount.';
comment on column leads.fct_media_spend_daily."last_restated_at" is 'When a later file last changed the spend, UTC; null if none did.';
comment on table leads.channel_costs is 'One row per week and channel: what was spent, and what a lead of that week cost.';
comment on column leads.channel_costs."week_date" is 'Monday of the week.';
comment on column leads.channel_costs."week" is 'Name of the ISO week, ''2026-W03''; ''(no date)'' for leads without a date.';
comment on column leads.channel_costs."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.channel_costs."currency" is 'ISO 4217 code of the amount.';
comment on column leads.channel_costs."spend" is 'Amount spent, credits taken off; null if none is known.';
comment on column leads.channel_costs."credit" is 'Credits within the spend, zero or below.';
comment on column leads.channel_costs."received_count" is 'Leads that came in, tests excluded.';
comment on column leads.channel_costs."validated_count" is 'Leads that came in and count as validated, see `fct_leads`.';
comment on column leads.channel_costs."reached_count" is 'Leads that came in and that a call reached.';
comment on column leads.channel_costs."cost_per_lead" is 'Spend by leads that came in; null if there is no spend or no lead, or the channel is not paid for.';
comment on column leads.channel_costs."cost_per_validated_lead" is 'Spend by validated leads; null if there is no spend or no such lead, or the channel is not paid for.';
comment on column leads.channel_costs."cost_per_reached_lead" is 'Spend by leads reached; null if the channel is not paid for or reached nobody.';
comment on column leads.channel_costs."is_spread" is 'Whether a week''s or month''s amount was spread over its days.';
comment on column leads.channel_costs."last_restated_at" is 'When a later file last changed the spend, UTC; null if none did.';
comment on column leads.channel_costs."is_partial_week" is 'Whether the leads begin or end within the week, so that it compares with no other.';
comment on column leads.channel_costs."is_mature_week" is 'Whether the week is older than the usual delay of validation, so that next to no lead of it is still to be validated.';
comment on table leads.channel_labels is 'One row per channel by the rules and label that the lead tool gave.';
comment on column leads.channel_labels."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.channel_labels."declared_channel" is 'Channel by the tool''s own label, as it was written; null if it has none.';
comment on column leads.channel_labels."declared_channel_id" is 'Channel of that label; null if no channel is called so.';
comment on column leads.channel_labels."lead_count" is 'Number of leads.';
comment on column leads.channel_labels."validated_count" is 'Leads that came in and count as validated, see `fct_leads`.';
comment on column leads.channel_labels."is_disagreement" is 'Whether the label is that of another channel.';
comment on table leads.channel_rule_uses is 'One row per channel rule with the leads that it decided, and one, (none), for those that no rule fits.';
comment on column leads.channel_rule_uses."rule_id" is 'Rule of `channel_rules` that decided the channel; ''(none)'' if none fits.';
comment on column leads.channel_rule_uses."priority" is 'Order in which rules are tried, the smallest first; null if no rule fits.';
comment on column leads.channel_rule_uses."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.channel_rule_uses."lead_count" is 'Number of leads.';
comment on column leads.channel_rule_uses."validated_count" is 'Leads that came in and count as validated, see `fct_leads`.';
comment on column leads.channel_rule_uses."lead_ratio" is 'Share of all leads.';
comment on column leads.channel_rule_uses."is_over_limit" is 'Whether more leads than `leads_unassigned_limit` allows fit no rule.';
create unique index fct_call_attempts_call_id_index on leads.fct_call_attempts ("call_id");
comment on index leads.fct_call_attempts_call_id_index is 'Held unique by a data test.';
comment on table leads.fct_call_attempts is 'One row per call; those of no known lead are kept, with the reason why they are no attempt.';
comment on column leads.fct_call_attempts."call_id" is 'Id of the call in the call centre.';
comment on column leads.fct_call_attempts."lead_id" is 'Id of the lead in its tool.';
comment on column leads.fct_call_attempts."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.fct_call_attempts."called_at" is 'Moment of the call, UTC; null if it cannot be.';
comment on column leads.fct_call_attempts."called_date" is 'Day of the call, where the leads are; null if the moment cannot be.';
comment on column leads.fct_call_attempts."attempt_number" is 'Number of the attempt, by the centre''s count.';
comment on column leads.fct_call_attempts."outcome" is 'reached, no_answer, busy, voicemail, wrong_number, switched_off, callback or refused.';
comment on column leads.fct_call_attempts."duration_seconds" is 'Length in seconds; null if unknown.';
comment on column leads.fct_call_attempts."centre" is 'Who called, internal or external; null if not said.';
comment on column leads.fct_call_attempts."is_known_centre" is 'Whether the centre is known.';
comment on column leads.fct_call_attempts."is_attempt" is 'Whether it was an attempt to reach a known lead, with a known outcome.';
comment on column leads.fct_call_attempts."is_reached" is 'Whether the lead was reached by it.';
comment on column leads.fct_call_attempts."call_problem" is 'Why it is no attempt - lead_missing, lead_unknown, outcome_missing or outcome_unknown; null if it is one.';
comment on table leads.fct_lead_statuses is 'One row per lead and status that it came to have, in order.';
comment on column leads.fct_lead_statuses."lead_id" is 'Id of the lead in its tool.';
comment on column leads.fct_lead_statuses."status_number" is 'Place among the statuses of the lead, from 1.';
comment on column leads.fct_lead_statuses."lead_status" is 'new, validated, rejected, duplicate or test, as the tool says.';
comment on column leads.fct_lead_statuses."rejection_reason" is 'bad_phone, out_of_target, duplicate, no_consent, incomplete or fraud; null if it is not rejected or no reason was given.';
comment on column leads.fct_lead_statuses."previous_status" is 'Status before; null for the first.';
comment on column leads.fct_lead_statuses."changed_at" is 'Moment from which it had the status, UTC; null if not said.';
comment on table leads.lead_rejections is 'One row per channel and reason of rejection.';
comment on column leads.lead_rejections."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.lead_rejections."rejection_reason" is 'bad_phone, out_of_target, duplicate, no_consent, incomplete or fraud; null if it is not rejected or no reason was given.';
comment on column leads.lead_rejections."lead_count" is 'Number of leads.';
comment on column leads.lead_rejections."share_ratio" is 'Share of all channels, 0 to 1; null if there is nothing to share.';
comment on table leads.leads_weekly is 'One row per ISO week and channel, weeks without a lead included; leads without a date have one row per channel.';
comment on column leads.leads_weekly."week_date" is 'Monday of the week.';
comment on column leads.leads_weekly."week" is 'Name of the ISO week, ''2026-W03''; ''(no date)'' for leads without a date.';
comment on column leads.leads_weekly."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.leads_weekly."received_count" is 'Leads that came in, tests excluded.';
comment on column leads.leads_weekly."validated_count" is 'Leads that came in and count as validated, see `fct_leads`.';
comment on column leads.leads_weekly."validation_count" is 'Leads whose validation is of this time, whenever they came in.';
comment on column leads.leads_weekly."rejected_count" is 'Leads that came in and were rejected.';
comment on column leads.leads_weekly."validation_ratio" is 'Validated leads of those that came in at the same time; null if none did.';
comment on column leads.leads_weekly."share_ratio" is 'Share of all channels, 0 to 1; null if there is nothing to share.';
comment on column leads.leads_weekly."previous_validated_count" is 'Validated leads of the week before; null unless both weeks are whole.';
comment on column leads.leads_weekly."week_on_week_pct" is 'Validated leads against the week before, in percent of it; null unless both weeks are whole and the one before had some.';
comment on column leads.leads_weekly."usual_validated" is 'Mean of the eight whole weeks before; null if they are fewer.';
comment on column leads.leads_weekly."usual_deviation" is 'Standard deviation of the eight whole weeks before; null if they are fewer.';
comment on column leads.leads_weekly."is_peak" is 'Whether it is more than two standard deviations above the mean of the eight weeks before; null if they are fewer, or the week is not whole.';
comment on column leads.leads_weekly."is_fall" is 'Whether it is more than two standard deviations below the mean of the eight weeks before; null if they are fewer, or the week is not whole or too young.';
comment on column leads.leads_weekly."is_partial_week" is 'Whether the leads begin or end within the week, so that it compares with no other.';
comment on column leads.leads_weekly."is_mature_week" is 'Whether the week is older than the usual delay of validation, so that next to no lead of it is still to be validated.';
comment on table leads.reachability is 'One row per week in which leads came in, and channel. How many of those that were called were reached, and what the missing calls leave open.';
comment on column leads.reachability."week_date" is 'Monday of the week.';
comment on column leads.reachability."week" is 'Name of the ISO week, ''2026-W03''; ''(no date)'' for leads without a date.';
comment on column leads.reachability."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.reachability."received_count" is 'Leads that came in, tests excluded.';
comment on column leads.reachability."attempted_count" is 'Leads that came in and that somebody tried to call.';
comment on column leads.reachability."reached_count" is 'Leads that came in and that a call reached.';
comment on column leads.reachability."reachability_ratio" is 'Leads that were reached of those that were called; null if none were. Understated, see `reachability`.';
comment on column leads.reachability."floor_ratio" is 'Least that it can be: outbound leads of a week without external calls were all called, and not reached.';
comment on column leads.reachability."ceiling_ratio" is 'Most that it can be: outbound leads of a week without external calls were all reached.';
comment on column leads.reachability."uncertain_count" is 'Outbound leads that may be called, not reached by a known call, of weeks without any external call.';
comment on column leads.reachability."attempt_count" is 'Attempts to reach by phone.';
comment on column leads.reachability."known_source_ratio" is 'Share of attempts whose centre is known, of all attempts.';
comment on column leads.reachability."attempts_per_lead" is 'Attempts per lead that was called.';
comment on column leads.reachability."median_minutes_to_call" is 'Median minutes from the lead to its first call.';
comment on column leads.reachability."is_partial_week" is 'Whether the leads begin or end within the week, so that it compares with no other.';
comment on column leads.reachability."note" is 'What to say beside the figure.';
comment on table leads.leads_weekly_totals is 'One row per ISO week, all channels together; leads without a date have a row of their own.';
comment on column leads.leads_weekly_totals."week_date" is 'Monday of the week.';
comment on column leads.leads_weekly_totals."week" is 'Name of the ISO week, ''2026-W03''; ''(no date)'' for leads without a date.';
comment on column leads.leads_weekly_totals."received_count" is 'Leads that came in, tests excluded.';
comment on column leads.leads_weekly_totals."validated_count" is 'Leads that came in and count as validated, see `fct_leads`.';
comment on column leads.leads_weekly_totals."validation_ratio" is 'Validated leads of those that came in at the same time; null if none did.';
comment on column leads.leads_weekly_totals."paid_ratio" is 'Share of validated leads that paid channels brought; null if there are none.';
comment on column leads.leads_weekly_totals."week_on_week_pct" is 'Validated leads against the week before, in percent of it; null unless both weeks are whole and the one before had some.';
comment on column leads.leads_weekly_totals."is_peak" is 'Whether it is more than two standard deviations above the mean of the eight weeks before; null if they are fewer, or the week is not whole.';
comment on column leads.leads_weekly_totals."is_fall" is 'Whether it is more than two standard deviations below the mean of the eight weeks before; null if they are fewer, or the week is not whole or too young.';
comment on column leads.leads_weekly_totals."reachability_ratio" is 'Leads that were reached of those that were called; null if none were. Understated, see `reachability`.';
comment on column leads.leads_weekly_totals."spend" is 'Amount spent, credits taken off; null if none is known.';
comment on column leads.leads_weekly_totals."cost_per_lead" is 'Spend by leads that came in; null if there is no spend or no lead, or the channel is not paid for.';
comment on column leads.leads_weekly_totals."cost_per_validated_lead" is 'Spend by validated leads; null if there is no spend or no such lead, or the channel is not paid for.';
comment on column leads.leads_weekly_totals."last_restated_at" is 'When a later file last changed the spend, UTC; null if none did.';
comment on column leads.leads_weekly_totals."is_partial_week" is 'Whether the leads begin or end within the week, so that it compares with no other.';
comment on column leads.leads_weekly_totals."is_mature_week" is 'Whether the week is older than the usual delay of validation, so that next to no lead of it is still to be validated.';
comment on table leads.media_mix is 'One row per period and channel that brought a lead in it: all time, each year and each month.';
comment on column leads.media_mix."period_type" is 'Length of the period.';
comment on column leads.media_mix."period_name" is 'Name of the period, ''2025'' or ''2025-04''; ''all'' for all time.';
comment on column leads.media_mix."period_start_date" is 'First day of the period; null for all time.';
comment on column leads.media_mix."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.media_mix."channel" is 'Name of the channel for people, ''SEA Marque''.';
comment on column leads.media_mix."channel_group" is 'Group of the channel, ''Paid search''.';
comment on column leads.media_mix."is_paid" is 'Whether the channel is paid for; null if it is not known.';
comment on column leads.media_mix."received_count" is 'Leads that came in, tests excluded.';
comment on column leads.media_mix."validated_count" is 'Leads that came in and count as validated, see `fct_leads`.';
comment on column leads.media_mix."share_ratio" is 'Share of all channels, 0 to 1; null if there is nothing to share.';
comment on column leads.media_mix."channel_rank" is 'Rank by validated leads, 1 is the dominant channel.';
comment on column leads.media_mix."paid_ratio" is 'Share of validated leads that paid channels brought; null if there are none.';
comment on column leads.media_mix."first_touch_count" is 'Validated leads whose first known visit came by the channel.';
comment on column leads.media_mix."last_touch_count" is 'Validated leads whose last known visit came by the channel.';
comment on column leads.media_mix."first_touch_ratio" is 'Share of the channel by first visits, of leads whose visits are known; null if none are.';
comment on column leads.media_mix."last_touch_ratio" is 'Share of the channel by last visits, of leads whose visits are known; null if none are.';
comment on column leads.media_mix."won_count" is 'Leads received that became a sale, whether or not they were validated.';
comment on column leads.media_mix."won_ratio" is 'Validated leads that became a sale, of all validated ones; null if there are none.';
comment on table leads.mix_stability is 'One row per channel: how much its share of validated leads varies from week to week.';
comment on column leads.mix_stability."channel_id" is 'Code of the marketing channel, ''sea_marque''; ''unassigned'' if no rule fits.';
comment on column leads.mix_stability."week_count" is 'Whole weeks that are compared.';
comment on column leads.mix_stability."average_share_ratio" is 'Mean of the weekly shares.';
comment on column leads.mix_stability."smallest_share_ratio" is 'Smallest weekly share.';
comment on column leads.mix_stability."largest_share_ratio" is 'Largest weekly share.';
comment on column leads.mix_stability."variation" is 'Standard deviation of the weekly shares by their mean; null if the mean is zero or there is one week.';
comment on column leads.mix_stability."best_rank" is 'Best rank of a week.';
comment on column leads.mix_stability."worst_rank" is 'Worst rank of a week.';
comment on column leads.mix_stability."rank_change_count" is 'Weeks in which its rank was another than the week before.';
create index bridge_tracks_x_genres_genre_id_index on listening.bridge_tracks_x_genres ("genre_id");
comment on index listening.bridge_tracks_x_genres_genre_id_index is 'Joins from listening.dim_listening_genres, and the check that none is orphaned when one of its rows goes.';
alter table listening.bridge_tracks_x_genres add foreign key ("genre_id") references listening.dim_listening_genres ("genre_id");
alter table listening.bridge_tracks_x_genres add foreign key ("track_key") references listening.dim_tracks_current ("track_key");
comment on table listening.bridge_tracks_x_genres is 'One row per track and genre said of it. The normalised core''s `track_genres`.';
comment on column listening.bridge_tracks_x_genres."track_key" is 'The track itself - its id, and ''#2'' and on where the id was given to other tracks before.';
comment on column listening.bridge_tracks_x_genres."genre_id" is 'Name of the genre in lower case, spaces trimmed.';
create index bridge_users_x_favorite_genres_genre_id_index on listening.bridge_users_x_favorite_genres ("genre_id");
comment on index listening.bridge_users_x_favorite_genres_genre_id_index is 'Joins from listening.dim_listening_genres, and the check that none is orphaned when one of its rows goes.';
alter table listening.bridge_users_x_favorite_genres add foreign key ("genre_id") references listening.dim_listening_genres ("genre_id");
alter table listening.bridge_users_x_favorite_genres add foreign key ("user_key") references listening.dim_users_current ("user_key");
comment on table listening.bridge_users_x_favorite_genres is 'One row per user and genre the user declares. The normalised core''s `user_favorite_genres`.';
comment on column listening.bridge_users_x_favorite_genres."user_key" is 'The user - the id, and ''#2'' and on where the id was given to other users before.';
comment on column listening.bridge_users_x_favorite_genres."genre_id" is 'Name of the genre in lower case, spaces trimmed.';
create index fct_listen_snapshots_track_key_index on listening.fct_listen_snapshots ("track_key");
comment on index listening.fct_listen_snapshots_track_key_index is 'Joins from listening.dim_tracks_current, and the check that none is orphaned when one of its rows goes.';
create index fct_listen_snapshots_user_key_index on listening.fct_listen_snapshots ("user_key");
comment on index listening.fct_listen_snapshots_user_key_index is 'Joins from listening.dim_users_current, and the check that none is orphaned when one of its rows goes.';
alter table listening.fct_listen_snapshots add foreign key ("track_key") references listening.dim_tracks_current ("track_key");
alter table listening.fct_listen_snapshots add foreign key ("user_key") references listening.dim_users_current ("user_key");
comment on table listening.fct_listen_snapshots is 'One row per extraction, user and place in the user''s history, that is per load date, user, track and place. The dimensional fact: what every extraction showed, so a listen is there as often as it was shown. Each listen once is in `fct_listens`.';
comment on column listening.fct_listen_snapshots."extraction_id" is 'Extraction that showed it - the load date, or the folder of pages that were captured without one. Ids mean something within one extraction only. Of other sources, the load.';
comment on column listening.fct_listen_snapshots."user_id" is 'Id of the user as the service gives it; another universe uses it for another user.';
comment on column listening.fct_listen_snapshots."track_id" is 'Id of the track as the service gives it; another universe uses it for another track.';
comment on column listening.fct_listen_snapshots."position" is 'Place in the user''s history, from 1; of what the loader rejected, the place of the record in its file, from 0.';
comment on column listening.fct_listen_snapshots."user_key" is 'The user - the id, and ''#2'' and on where the id was given to other users before.';
comment on column listening.fct_listen_snapshots."user_version" is 'Version of the user in that extraction, see `dim_users`.';
comment on column listening.fct_listen_snapshots."track_key" is 'The track itself - its id, and ''#2'' and on where the id was given to other tracks before.';
comment on column listening.fct_listen_snapshots."track_version" is 'Version of the track in that extraction, see `dim_tracks`.';
comment on column listening.fct_listen_snapshots."load_date" is 'Day of the extraction; for pages captured without one, the day they were loaded.';
comment on column listening.fct_listen_snapshots."listened_at" is 'Moment at which the user''s history began. An assumption - the source does not say when each track was played.';
comment on column listening.fct_listen_snapshots."etl_updated_at" is 'When its row was loaded last, UTC.';
create index fct_listens_track_key_index on listening.fct_listens ("track_key");
comment on index listening.fct_listens_track_key_index is 'Joins from listening.dim_tracks_current, and the check that none is orphaned when one of its rows goes.';
alter table listening.fct_listens add foreign key ("track_key") references listening.dim_tracks_current ("track_key");
alter table listening.fct_listens add foreign key ("user_key") references listening.dim_users_current ("user_key");
comment on table listening.fct_listens is 'One row per listen, in however many extractions it was shown. The normalised core''s `listen_history`.';
comment on column listening.fct_listens."user_key" is 'The user - the id, and ''#2'' and on where the id was given to other users before.';
comment on column listening.fct_listens."track_key" is 'The track itself - its id, and ''#2'' and on where the id was given to other tracks before.';
comment on column listening.fct_listens."position" is 'Place in the user''s history, from 1; of what the loader rejected, the place of the record in its file, from 0.';
comment on column listening.fct_listens."listened_at" is 'Moment at which the user''s history began. An assumption - the source does not say when each track was played.';
comment on column listening.fct_listens."first_extraction_id" is 'The first extraction that showed it.';
comment on column listening.fct_listens."first_load_date" is 'Day of the first extraction that showed it.';
comment on column listening.fct_listens."etl_updated_at" is 'When its row was loaded last, UTC.';
create index fct_user_track_interactions_track_key_index on listening.fct_user_track_interactions ("track_key");
comment on index listening.fct_user_track_interactions_track_key_index is 'Joins from listening.dim_tracks_current, and the check that none is orphaned when one of its rows goes.';
alter table listening.fct_user_track_interactions add foreign key ("track_key") references listening.dim_tracks_current ("track_key");
alter table listening.fct_user_track_interactions add foreign key ("user_key") references listening.dim_users_current ("user_key");
comment on table listening.fct_user_track_interactions is 'One row per user and track the user listened to, the user-item matrix without its zeros.';
comment on column listening.fct_user_track_interactions."user_key" is 'The user - the id, and ''#2'' and on where the id was given to other users before.';
comment on column listening.fct_user_track_interactions."track_key" is 'The track itself - its id, and ''#2'' and on where the id was given to other tracks before.';
comment on column listening.fct_user_track_interactions."listen_count" is 'Number of listens.';
comment on column listening.fct_user_track_interactions."frequency_ratio" is 'Share of the user''s listens that were of this track.';
comment on column listening.fct_user_track_interactions."recency_days" is 'Days from the last listen to the last extraction; null if there is none.';
comment on column listening.fct_user_track_interactions."first_listened_at" is 'First listen, see `listened_at`; null if there is none.';
comment on column listening.fct_user_track_interactions."last_listened_at" is 'Last listen, see `listened_at`; null if there is none.';
create index bridge_users_x_genres_genre_id_index on listening.bridge_users_x_genres ("genre_id");
comment on index listening.bridge_users_x_genres_genre_id_index is 'Joins from listening.dim_listening_genres, and the check that none is orphaned when one of its rows goes.';
alter table listening.bridge_users_x_genres add foreign key ("genre_id") references listening.dim_listening_genres ("genre_id");
alter table listening.bridge_users_x_genres add foreign key ("user_key") references listening.dim_users_current ("user_key");
comment on table listening.bridge_users_x_genres is 'One row per user and genre that the user declares or listened to.';
comment on column listening.bridge_users_x_genres."user_key" is 'The user - the id, and ''#2'' and on where the id was given to other users before.';
comment on column listening.bridge_users_x_genres."genre_id" is 'Name of the genre in lower case, spaces trimmed.';
comment on column listening.bridge_users_x_genres."is_declared" is 'Whether the user declares the genre.';
comment on column listening.bridge_users_x_genres."declared_ratio" is '1 divided by the number of genres the user declares; 0 for others.';
comment on column listening.bridge_users_x_genres."observed_ratio" is 'Share of the user''s listens; a track of two genres counts half for each.';
create index dim_listening_genres_subject_id_index on listening.dim_listening_genres ("subject_id");
comment on index listening.dim_listening_genres_subject_id_index is 'Joins from metrics.dim_subjects, and the check that none is orphaned when one of its rows goes.';
alter table listening.dim_listening_genres add foreign key ("subject_id") references metrics.dim_subjects ("subject_id");
comment on table listening.dim_listening_genres is 'One row per genre, of reference or said of a track or by a user. The normalised core''s `genres`. Each domain has genres of its own; a word that two domains know is one subject.';
comment on column listening.dim_listening_genres."genre_id" is 'Name of the genre in lower case, spaces trimmed.';
comment on column listening.dim_listening_genres."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column listening.dim_listening_genres."genre_name" is 'Name of the genre for people.';
comment on column listening.dim_listening_genres."is_reference_genre" is 'Whether it is one of the 17 genres that users choose from; most words on tracks are not.';
create index dim_tracks_track_key_index on listening.dim_tracks ("track_key");
comment on index listening.dim_tracks_track_key_index is 'Joins from listening.dim_tracks_current, and the check that none is orphaned when one of its rows goes.';
alter table listening.dim_tracks add foreign key ("track_key") references listening.dim_tracks_current ("track_key");
comment on table listening.dim_tracks is 'One row per track id and version. The dimensional table: history, and columns that tell when a version was created, changed and loaded. An id that was given to another track goes on with a new version and another `track_key`. One row per track is in `dim_tracks_current`.';
comment on column listening.dim_tracks."track_id" is 'Id of the track as the service gives it; another universe uses it for another track.';
comment on column listening.dim_tracks."version" is 'Version of what the id stands for, from 1; every change makes a new one.';
comment on column listening.dim_tracks."track_key" is 'The track itself - its id, and ''#2'' and on where the id was given to other tracks before.';
comment on column listening.dim_tracks."track_name" is 'Title of the track.';
comment on column listening.dim_tracks."artist" is 'Name of the artist, one person.';
comment on column listening.dim_tracks."songwriters" is 'Name of the songwriter, one person.';
comment on column listening.dim_tracks."duration_seconds" is 'Length in seconds; null if unknown.';
comment on column listening.dim_tracks."genres" is 'Genres as sent, one word or several with commas.';
comment on column listening.dim_tracks."album" is 'Title of the album.';
comment on column listening.dim_tracks."is_newest_version" is 'Whether no later version of the id is known.';
comment on column listening.dim_tracks."load_date" is 'Day of the extraction; for pages captured without one, the day they were loaded.';
comment on column listening.dim_tracks."next_version_date" is 'Load date of the version after it; null if there is none.';
comment on column listening.dim_tracks."last_load_date" is 'Day of the last extraction that showed it.';
comment on column listening.dim_tracks."created_at" is 'Moment of creation, UTC by our reading; null if what was sent is no moment, or one that cannot be.';
comment on column listening.dim_tracks."updated_at" is 'Moment of the last change, UTC by our reading; before creation for a quarter of real tracks and users.';
comment on column listening.dim_tracks."etl_updated_at" is 'When its row was loaded last, UTC.';
create index dim_tracks_current_subject_id_index on listening.dim_tracks_current ("subject_id");
comment on index listening.dim_tracks_current_subject_id_index is 'Joins from metrics.dim_subjects, and the check that none is orphaned when one of its rows goes.';
alter table listening.dim_tracks_current add foreign key ("subject_id") references metrics.dim_subjects ("subject_id");
comment on table listening.dim_tracks_current is 'One row per track, as its newest extraction shows it. The normalised core''s `tracks`: its genres are in `bridge_tracks_x_genres`.';
comment on column listening.dim_tracks_current."track_key" is 'The track itself - its id, and ''#2'' and on where the id was given to other tracks before.';
comment on column listening.dim_tracks_current."track_id" is 'Id of the track as the service gives it; another universe uses it for another track.';
comment on column listening.dim_tracks_current."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column listening.dim_tracks_current."track_name" is 'Title of the track.';
comment on column listening.dim_tracks_current."artist" is 'Name of the artist, one person.';
comment on column listening.dim_tracks_current."songwriters" is 'Name of the songwriter, one person.';
comment on column listening.dim_tracks_current."duration_seconds" is 'Length in seconds; null if unknown.';
comment on column listening.dim_tracks_current."album" is 'Title of the album.';
comment on column listening.dim_tracks_current."last_load_date" is 'Day of the last extraction that showed it.';
comment on column listening.dim_tracks_current."created_at" is 'Moment of creation, UTC by our reading; null if what was sent is no moment, or one that cannot be.';
comment on column listening.dim_tracks_current."updated_at" is 'Moment of the last change, UTC by our reading; before creation for a quarter of real tracks and users.';
comment on column listening.dim_tracks_current."etl_updated_at" is 'When its row was loaded last, UTC.';
create index dim_users_user_key_index on listening.dim_users ("user_key");
comment on index listening.dim_users_user_key_index is 'Joins from listening.dim_users_current, and the check that none is orphaned when one of its rows goes.';
alter table listening.dim_users add foreign key ("user_key") references listening.dim_users_current ("user_key");
comment on table listening.dim_users is 'One row per user id and version. The dimensional table, with history as in `dim_tracks`; who a user is stays behind keyed hashes. One row per user is in `dim_users_current`.';
comment on column listening.dim_users."user_id" is 'Id of the user as the service gives it; another universe uses it for another user.';
comment on column listening.dim_users."version" is 'Version of what the id stands for, from 1; every change makes a new one.';
comment on column listening.dim_users."user_key" is 'The user - the id, and ''#2'' and on where the id was given to other users before.';
comment on column listening.dim_users."first_name_hash" is 'Keyed hash of the first name, see the macro `masked`.';
comment on column listening.dim_users."last_name_hash" is 'Keyed hash of the last name, see the macro `masked`.';
comment on column listening.dim_users."email_hash" is 'Keyed hash of the address in lower case, see the macro `masked`.';
comment on column listening.dim_users."gender_hash" is 'Keyed hash of the gender, see the macro `masked`.';
comment on column listening.dim_users."favorite_genres" is 'Favourite genres as sent, one or several with commas.';
comment on column listening.dim_users."is_newest_version" is 'Whether no later version of the id is known.';
comment on column listening.dim_users."load_date" is 'Day of the extraction; for pages captured without one, the day they were loaded.';
comment on column listening.dim_users."next_version_date" is 'Load date of the version after it; null if there is none.';
comment on column listening.dim_users."last_load_date" is 'Day of the last extraction that showed it.';
comment on column listening.dim_users."created_at" is 'Moment of creation, UTC by our reading; null if what was sent is no moment, or one that cannot be.';
comment on column listening.dim_users."updated_at" is 'Moment of the last change, UTC by our reading; before creation for a quarter of real tracks and users.';
comment on column listening.dim_users."etl_updated_at" is 'When its row was loaded last, UTC.';
comment on table listening.dim_users_current is 'One row per user, as the newest extraction shows the user. The normalised core''s `users`: favourite genres are in `bridge_users_x_favorite_genres`.';
comment on column listening.dim_users_current."user_key" is 'The user - the id, and ''#2'' and on where the id was given to other users before.';
comment on column listening.dim_users_current."user_id" is 'Id of the user as the service gives it; another universe uses it for another user.';
comment on column listening.dim_users_current."first_name_hash" is 'Keyed hash of the first name, see the macro `masked`.';
comment on column listening.dim_users_current."last_name_hash" is 'Keyed hash of the last name, see the macro `masked`.';
comment on column listening.dim_users_current."email_hash" is 'Keyed hash of the address in lower case, see the macro `masked`.';
comment on column listening.dim_users_current."gender_hash" is 'Keyed hash of the gender, see the macro `masked`.';
comment on column listening.dim_users_current."last_load_date" is 'Day of the last extraction that showed it.';
comment on column listening.dim_users_current."created_at" is 'Moment of creation, UTC by our reading; null if what was sent is no moment, or one that cannot be.';
comment on column listening.dim_users_current."updated_at" is 'Moment of the last change, UTC by our reading; before creation for a quarter of real tracks and users.';
comment on column listening.dim_users_current."etl_updated_at" is 'When its row was loaded last, UTC.';
comment on table listening.fct_id_reuses is 'One row per id and extraction in which it stands for something else than before: the anomaly that an upsert would not notice. About one id in a hundred at every restart of the service.';
comment on column listening.fct_id_reuses."route" is 'Route of the service - tracks, users or listen_history; of other sources, the document.';
comment on column listening.fct_id_reuses."record_id" is 'Id of the record, subject or extraction that it is about, or the field; blank or null if the source names none.';
comment on column listening.fct_id_reuses."extraction_id" is 'Extraction that showed it - the load date, or the folder of pages that were captured without one. Ids mean something within one extraction only. Of other sources, the load.';
comment on column listening.fct_id_reuses."record_key" is 'Key of the track or user, see `track_key`.';
comment on column listening.fct_id_reuses."load_date" is 'Day of the extraction; for pages captured without one, the day they were loaded.';
comment on table listening.fct_listening_refusals is 'One row per listen that was refused, or per duration that became null; nothing is dropped in silence.';
comment on column listening.fct_listening_refusals."extraction_id" is 'Extraction that showed it - the load date, or the folder of pages that were captured without one. Ids mean something within one extraction only. Of other sources, the load.';
comment on column listening.fct_listening_refusals."route" is 'Route of the service - tracks, users or listen_history; of other sources, the document.';
comment on column listening.fct_listening_refusals."record_id" is 'Id of the record, subject or extraction that it is about, or the field; blank or null if the source names none.';
comment on column listening.fct_listening_refusals."position" is 'Place in the user''s history, from 1; of what the loader rejected, the place of the record in its file, from 0.';
comment on column listening.fct_listening_refusals."quarantine_reason" is 'Why it was refused: no_user, unknown_user, no_tracks, no_track, unknown_track, no_time, date_in_the_future, date_impossible or bad_duration, or what the loader says; null if it was not.';
comment on column listening.fct_listening_refusals."refused_value" is 'What was refused as sent: the track id, the duration, the value.';
comment on column listening.fct_listening_refusals."load_date" is 'Day of the extraction; for pages captured without one, the day they were loaded.';
comment on table listening.fct_listening_extractions is 'One row per extraction and route: what came, what should have come, and how good it is.';
comment on column listening.fct_listening_extractions."extraction_id" is 'Extraction that showed it - the load date, or the folder of pages that were captured without one. Ids mean something within one extraction only. Of other sources, the load.';
comment on column listening.fct_listening_extractions."route" is 'Route of the service - tracks, users or listen_history; of other sources, the document.';
comment on column listening.fct_listening_extractions."page_count" is 'Number of pages.';
comment on column listening.fct_listening_extractions."stated_page_count" is 'Pages there should be, as the service counts them.';
comment on column listening.fct_listening_extractions."record_count" is 'Different records shown.';
comment on column listening.fct_listening_extractions."total_count" is 'Rows of the listing as the service counts them.';
comment on column listening.fct_listening_extractions."new_record_count" is 'Those that no earlier extraction had shown.';
comment on column listening.fct_listening_extractions."new_listen_count" is 'Listens that no earlier extraction had shown, quarantined ones left out; null for other routes than listen_history.';
comment on column listening.fct_listening_extractions."quarantined_count" is 'Records and values refused, see `fct_quarantined_records`.';
comment on column listening.fct_listening_extractions."incomplete_count" is 'Those with a missing field.';
comment on column listening.fct_listening_extractions."invalid_time_count" is 'Records with a moment that is missing or none.';
comment on column listening.fct_listening_extractions."invalid_email_count" is 'Records with an address that is missing or none.';
comment on column listening.fct_listening_extractions."updated_before_created_count" is 'Records updated before they were created; a quarter of the real tracks and users.';
comment on column listening.fct_listening_extractions."is_complete" is 'Whether as many different rows came as the service counts, on all pages alike; null if it does not count.';
comment on column listening.fct_listening_extractions."load_date" is 'Day of the extraction; for pages captured without one, the day they were loaded.';
comment on column listening.fct_listening_extractions."etl_updated_at" is 'When its row was loaded last, UTC.';
create index fct_track_listens_daily_observed_date_index on listening.fct_track_listens_daily using brin ("observed_date");
comment on index listening.fct_track_listens_daily_observed_date_index is 'A window reads the days it opens and closes with; rows lie by day, so a few pages of index do.';
alter table listening.fct_track_listens_daily add foreign key ("track_key") references listening.dim_tracks_current ("track_key");
comment on table listening.fct_track_listens_daily is 'One row per track and day from when it was first shown or heard to when it was last.';
comment on column listening.fct_track_listens_daily."track_key" is 'The track itself - its id, and ''#2'' and on where the id was given to other tracks before.';
comment on column listening.fct_track_listens_daily."observed_date" is 'Day of the observation, as the source dates it (its first ten characters).';
comment on column listening.fct_track_listens_daily."listen_count" is 'Number of listens.';
alter table listening.track_features add foreign key ("track_key") references listening.dim_tracks_current ("track_key");
comment on table listening.track_features is 'One row per track: what a recommender may know of the track, as of the last extraction.';
comment on column listening.track_features."track_key" is 'The track itself - its id, and ''#2'' and on where the id was given to other tracks before.';
comment on column listening.track_features."listen_count" is 'Number of listens.';
comment on column listening.track_features."user_count" is 'Number of different users who listened.';
comment on column listening.track_features."popularity_ratio" is 'Share of all listens that were of this track.';
comment on column listening.track_features."fan_ratio" is 'Share of its listeners who declare one of its genres; null if nobody listened.';
comment on column listening.track_features."duration_seconds" is 'Length in seconds; null if unknown.';
comment on column listening.track_features."recency_days" is 'Days from the last listen to the last extraction; null if there is none.';
comment on column listening.track_features."genre_count" is 'Words said of the track as genres.';
comment on column listening.track_features."reference_genre_count" is 'Those that are genres.';
comment on column listening.track_features."first_listened_at" is 'First listen, see `listened_at`; null if there is none.';
comment on column listening.track_features."last_listened_at" is 'Last listen, see `listened_at`; null if there is none.';
create index user_features_top_genre_id_index on listening.user_features ("top_genre_id");
comment on index listening.user_features_top_genre_id_index is 'Joins from listening.dim_listening_genres, and the check that none is orphaned when one of its rows goes.';
alter table listening.user_features add foreign key ("top_genre_id") references listening.dim_listening_genres ("genre_id");
alter table listening.user_features add foreign key ("user_key") references listening.dim_users_current ("user_key");
comment on table listening.user_features is 'One row per user: what a recommender may know of the user, as of the last extraction.';
comment on column listening.user_features."user_key" is 'The user - the id, and ''#2'' and on where the id was given to other users before.';
comment on column listening.user_features."listen_count" is 'Number of listens.';
comment on column listening.user_features."heard_track_count" is 'Number of different tracks listened to.';
comment on column listening.user_features."mean_duration_seconds" is 'Mean duration of the different tracks listened to.';
comment on column listening.user_features."recency_days" is 'Days from the last listen to the last extraction; null if there is none.';
comment on column listening.user_features."declared_genre_count" is 'Genres the user declares.';
comment on column listening.user_features."heard_genre_count" is 'Genres the user listened to.';
comment on column listening.user_features."declared_listen_ratio" is 'Share of the user''s listens that were of a declared genre; null if there are none.';
comment on column listening.user_features."top_genre_id" is 'Genre listened to most, the first by name of several; null if none.';
comment on column listening.user_features."top_genre_ratio" is 'Share of listens of that genre; null if the user never listened.';
comment on column listening.user_features."taste_distance_ratio" is '0 if listening is as declared, 1 if they have nothing in common; null if the user never listened.';
comment on column listening.user_features."first_listened_at" is 'First listen, see `listened_at`; null if there is none.';
comment on column listening.user_features."last_listened_at" is 'Last listen, see `listened_at`; null if there is none.';
create index fct_silences_silent_from_date_index on metrics.fct_silences using brin ("silent_from_date");
comment on index metrics.fct_silences_silent_from_date_index is 'A window reads the days it opens and closes with; rows lie by day, so a few pages of index do.';
comment on table metrics.fct_silences is 'One row per silence of a series, that is a stretch of more than seven days (`anchor_lookback_days`) between two observations, and the one since its latest observation; with the totals at its beginning.';
comment on column metrics.fct_silences."series_id" is 'Key of one subject''s one metric, computed from both: the same in every build.';
comment on column metrics.fct_silences."silent_until_date" is 'Day on which the series was observed again; null while it is silent.';
comment on column metrics.fct_silences."value" is 'The value observed that day, in the unit of its metric.';
comment on column metrics.fct_silences."linked_value" is 'What identifiers brought when they were linked, less what they took when they went, so far: part of the value, but no growth.';
comment on column metrics.fct_silences."running_gain" is 'Sum of the rises so far, of a flow the sum of its values; null for an outlier.';
comment on column metrics.fct_silences."running_value_days" is 'Value times days so far, each value counted until the next observation; null for an outlier.';
comment on column metrics.fct_silences."running_observations" is 'Number of observations so far, this one included; null for an outlier.';
comment on column metrics.fct_silences."running_breaks" is 'All four counts of breaks so far in one number, as windows read them: corrections, plus 2^17 for each restatement, 2^29 for each reset, 2^41 for each relink; null for an outlier.';
comment on column metrics.fct_silences."silent_from_date" is 'Day of the observation that the silence follows.';
create unique index dim_growth_statuses_status_rank_index on metrics.dim_growth_statuses ("status_rank");
comment on index metrics.dim_growth_statuses_status_rank_index is 'Held unique by a data test.';
comment on table metrics.dim_growth_statuses is 'One row per status of a growth figure; the first that holds counts, in the order of `status_rank`.';
comment on column metrics.dim_growth_statuses."status" is 'If the percent may be quoted, see `growth_statuses`: ok; with a warning low_coverage, low_base, partial_window; else there is none, and the status says why.';
comment on column metrics.dim_growth_statuses."status_rank" is 'Place in the order.';
comment on column metrics.dim_growth_statuses."has_percent" is 'Whether a percent is shown beside it.';
comment on column metrics.dim_growth_statuses."label_en" is 'Words for tables, in English.';
comment on column metrics.dim_growth_statuses."label_fr" is 'Words for tables, in French.';
comment on column metrics.dim_growth_statuses."meaning" is 'When it holds, in English.';
comment on column metrics.dim_growth_statuses."meaning_fr" is 'When it holds, in French.';
comment on table metrics.averages_latest is 'One row per subject or platform, metric and type of member: its averages over the last 28 complete days.';
comment on column metrics.averages_latest."subject" is 'Id of what is compared: a `subject_id`, or ''platform:'' and the code.';
comment on column metrics.averages_latest."name" is 'Name for people, such as the title of a song; ''(untitled)'' if the source has none.';
comment on column metrics.averages_latest."platform" is 'Code of the platform, ''spotify''.';
comment on column metrics.averages_latest."metric" is 'What is counted, one word for all platforms, ''streams''.';
comment on column metrics.averages_latest."unit" is 'What one of it is; only equal units may be added.';
comment on column metrics.averages_latest."from_date" is 'Day whose closing value the window starts from; the day itself is not in the window.';
comment on column metrics.averages_latest."to_date" is 'Day whose closing value the window ends with.';
comment on column metrics.averages_latest."average_per_observed_day" is 'Gained per day by a counter, sum per observed day of a flow, mean value of a day otherwise, from its first to its last confirmed day; of several recordings or artists the mean; null if the window opens in a silence or nothing in it is confirmed.';
comment on column metrics.averages_latest."average_latest_value" is 'Mean over songs (or artists) of the last confirmed value at the close of `to_date`.';
comment on column metrics.averages_latest."median_latest_value" is 'Median over songs (or artists) of the last confirmed value at the close of `to_date`.';
comment on column metrics.averages_latest."member_count" is 'Number of members that were observed in the window, of twins one.';
comment on column metrics.averages_latest."n_days" is 'Number of days with a sound and confirmed observation, summed over songs or artists.';
comment on column metrics.averages_latest."coverage_ratio" is 'Observed days of the expected ones, at most 1.';
comment on column metrics.averages_latest."subject_type" is 'What the subject is, one word: ''song'', ''artist'', ''track''.';
comment on column metrics.averages_latest."member_type" is 'Type of the subjects that the figure is made of; the subject''s own if it is its own figure. Two types are never added.';
comment on column metrics.averages_latest."rescaled_count" is 'Series that are restated, reset or followed by other identifiers within the window, so that their average mixes two scales.';
comment on table metrics.dim_dates is 'One row per day from 2000 to 2050, one calendar for all domains.';
comment on column metrics.dim_dates."day_date" is 'Day, where the leads are; null for leads without a date.';
comment on column metrics.dim_dates."year_number" is 'Year.';
comment on column metrics.dim_dates."quarter_number" is 'Quarter, 1 to 4.';
comment on column metrics.dim_dates."month_number" is 'Month, 1 to 12.';
comment on column metrics.dim_dates."day_of_month" is 'Day of the month.';
comment on column metrics.dim_dates."week" is 'Name of the ISO week, ''2026-W03''; ''(no date)'' for leads without a date.';
comment on column metrics.dim_dates."weekday_number" is 'Day of the week, Monday is 1.';
comment on column metrics.dim_dates."is_weekend" is 'Whether it is Saturday or Sunday.';
comment on table staging.stg_load_audit__judgements is 'One row per build that judged observations; two if it was killed and begun again with more loads.';
comment on column staging.stg_load_audit__judgements."judged_at" is 'When the build began, UTC.';
comment on column staging.stg_load_audit__judgements."newest_load_id" is 'The newest load that the build knew, see `load_audit.loads`.';
comment on table staging.stg_load_audit__replaced_observations is 'One row per series, day and build that judged it otherwise, of what fct_observations held before.';
comment on column staging.stg_load_audit__replaced_observations."series_id" is 'Key of one subject''s one metric, computed from both: the same in every build.';
comment on column staging.stg_load_audit__replaced_observations."observed_date" is 'Day of the observation, as the source dates it (its first ten characters).';
comment on column staging.stg_load_audit__replaced_observations."value" is 'The value observed that day, in the unit of its metric.';
comment on column staging.stg_load_audit__replaced_observations."linked_value" is 'What identifiers brought when they were linked, less what they took when they went, so far: part of the value, but no growth.';
comment on column staging.stg_load_audit__replaced_observations."change" is 'Value less that of the sound observation before, without what came or went with identifiers; null for the first one and for an outlier.';
comment on column staging.stg_load_audit__replaced_observations."span_days" is 'Days since the observation before, which `change` covers; null for the first observation.';
comment on column staging.stg_load_audit__replaced_observations."next_observed_date" is 'Day of the sound observation after, until which this one is the latest; null for the newest one and for an outlier.';
comment on column staging.stg_load_audit__replaced_observations."change_class" is 'first, increase, unchanged or decrease; relinked if identifiers came or went; of a counter, which cannot fall: correction, restatement or reset, by the ratios in `dim_metrics`; restatement also where a newer version of the same days begins; outlier.';
comment on column staging.stg_load_audit__replaced_observations."is_outlier" is 'Whether both neighbours contradict the value: it is kept, but no anchor and in no total.';
comment on column staging.stg_load_audit__replaced_observations."running_gain" is 'Sum of the rises so far, of a flow the sum of its values; null for an outlier.';
comment on column staging.stg_load_audit__replaced_observations."running_value_days" is 'Value times days so far, each value counted until the next observation; null for an outlier.';
comment on column staging.stg_load_audit__replaced_observations."running_observations" is 'Number of observations so far, this one included; null for an outlier.';
comment on column staging.stg_load_audit__replaced_observations."running_breaks" is 'All four counts of breaks so far in one number, as windows read them: corrections, plus 2^17 for each restatement, 2^29 for each reset, 2^41 for each relink; null for an outlier.';
comment on column staging.stg_load_audit__replaced_observations."running_corrections" is 'Number of corrections so far; null for an outlier.';
comment on column staging.stg_load_audit__replaced_observations."running_restatements" is 'Number of restatements so far; null for an outlier.';
comment on column staging.stg_load_audit__replaced_observations."running_resets" is 'Number of resets so far; null for an outlier.';
comment on column staging.stg_load_audit__replaced_observations."running_relinks" is 'Number of times so far that identifiers came or went; null for an outlier.';
comment on column staging.stg_load_audit__replaced_observations."known_from" is 'Start of the build since which the row is as it is, UTC; that the series goes on after it is no change.';
comment on column staging.stg_load_audit__replaced_observations."known_until" is 'Start of the build since which it is another or gone, UTC; null if it still is as it is.';
comment on table metrics.growth_windows is 'One row per series and window: the usual windows to the complete-through date of the platform.';
comment on column metrics.growth_windows."subject" is 'Id of what is compared: a `subject_id`, or ''platform:'' and the code.';
comment on column metrics.growth_windows."subject_type" is 'What the subject is, one word: ''song'', ''artist'', ''track''.';
comment on column metrics.growth_windows."name" is 'Name for people, such as the title of a song; ''(untitled)'' if the source has none.';
comment on column metrics.growth_windows."platform" is 'Code of the platform, ''spotify''.';
comment on column metrics.growth_windows."metric" is 'What is counted, one word for all platforms, ''streams''.';
comment on column metrics.growth_windows."unit" is 'What one of it is; only equal units may be added.';
comment on column metrics.growth_windows."window_name" is 'Name of the window, ''28 days'' or ''month to date''.';
comment on column metrics.growth_windows."from_date" is 'Day whose closing value the window starts from; the day itself is not in the window.';
comment on column metrics.growth_windows."to_date" is 'Day whose closing value the window ends with.';
comment on column metrics.growth_windows."start_value" is 'Value at the close of `from_date`, carried forward if need be; null for a flow, and if there is none or it is too old.';
comment on column metrics.growth_windows."end_value" is 'Value at the close of `to_date`, carried forward if need be; null for a flow, and if there is none or it is too old.';
comment on column metrics.growth_windows."growth" is 'End less start, without what came or went with identifiers; of a flow, the sum of the window. If it began in the window and is a counter: from zero.';
comment on column metrics.growth_windows."growth_pct" is 'Growth in percent of the start; of a flow, of the sum of the window before; null if the status says so.';
comment on column metrics.growth_windows."daily_rate_pct" is 'Growth in percent a day, compounded, to compare windows of different lengths; null if `growth_pct` is, and for a flow.';
comment on column metrics.growth_windows."gained" is 'Of a counter the sum of its rises in the window, so that a fall takes nothing away; of what may fall its growth; null if start or end is missing. Of a flow, the sum of its values; null if none was observed.';
comment on column metrics.growth_windows."coverage_ratio" is 'Observed days of the expected ones, at most 1.';
comment on column metrics.growth_windows."is_new" is 'Whether there is no start because the subject began in the window; false if the day it began is not known.';
comment on column metrics.growth_windows."is_rankable" is 'Whether it has a percent, or would have one if its base were not zero.';
comment on column metrics.growth_windows."status" is 'If the percent may be quoted, see `growth_statuses`: ok; with a warning low_coverage, low_base, partial_window; else there is none, and the status says why.';
comment on column metrics.growth_windows."previous_from_date" is 'Day whose closing value the window before starts from.';
comment on column metrics.growth_windows."previous_to_date" is 'Day whose closing value the window before ends with.';
comment on column metrics.growth_windows."previous_gained" is 'The same for the window of equal length before; null if that one has no start.';
comment on column metrics.growth_windows."compared_gained" is 'Gained in as many days of this window as the window before has; less than `gained` if that one is shorter.';
comment on column metrics.growth_windows."period_change_pct" is 'Gained against previously gained, in percent; a day between the anchors of each window, if these lie further apart in one of them; null if `growth_pct` is, if nothing was gained before, or if the window before was restated, reset or relinked.';
comment on column metrics.growth_windows."previous_daily_rate_pct" is '`daily_rate_pct` of the window before.';
comment on column metrics.growth_windows."momentum" is 'Daily rate less that of the window before, in percentage points a day.';
comment on column metrics.growth_windows."year_before_from_date" is 'Day whose closing value the window of the year before starts from.';
comment on column metrics.growth_windows."year_before_to_date" is 'Day whose closing value it ends with: the same day a year earlier, 28 February for the 29th; of a month or year to date, as many days from its first.';
comment on column metrics.growth_windows."year_before_gained" is 'Gained in the window of the year before; null if start or end is missing.';
comment on column metrics.growth_windows."year_compared_gained" is 'Gained in as many days of this window as that of the year before has.';
comment on column metrics.growth_windows."year_change_pct" is 'Gained against the year before, in percent, a day as in `period_change_pct`; null if `growth_pct` is, and if nothing was gained then.';
comment on column metrics.growth_windows."series_id" is 'Key of one subject''s one metric, computed from both: the same in every build.';
comment on table metrics.song_weeks is 'One row per song, platform and week: where each number stood as the week closed on Sunday. A recording stands for its twins. Followers and listeners are those of the artist.';
comment on column metrics.song_weeks."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column metrics.song_weeks."platform" is 'Code of the platform, ''spotify''.';
comment on column metrics.song_weeks."week_date" is 'Monday of the week.';
comment on column metrics.song_weeks."popularity" is 'The platform''s score, that day or as the week closed, of most platforms 0 to 100; null if it was not seen.';
comment on column metrics.song_weeks."streams" is 'Streams in total since release, that day or as the week closed; null if they were not seen.';
comment on column metrics.song_weeks."followers" is 'Followers of the artist on the platform as the week closed; null if not seen.';
comment on column metrics.song_weeks."listeners" is 'Listeners of the artist in the month up to the week''s close; null if not seen.';
comment on column metrics.song_weeks."playlist_reach" is 'Subscribers of the playlists that the song is in as the week closed; null if not seen.';
comment on column metrics.song_weeks."chart_count" is 'Charts that the song was in as the week closed; null if in none.';
comment on column metrics.song_weeks."chart_position" is 'Place in the chart, 1 is the top; of several the best; null if in none.';
comment on table metrics.popularity_features is 'One row per song, platform and week: the score, its change, and all that is compared with it; ready for a model. The artist is the one with the largest catalogue; songs of one artist are alike, so tests count artists. What the table may be used for, and what not, is argued in docs/analysis.md.';
comment on column metrics.popularity_features."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column metrics.popularity_features."platform" is 'Code of the platform, ''spotify''.';
comment on column metrics.popularity_features."week_date" is 'Monday of the week.';
comment on column metrics.popularity_features."artist_id" is 'Soundcharts'' id of the artist (uuid); of a credit that only reports print, the hash of its normalised text, never split.';
comment on column metrics.popularity_features."popularity" is 'The platform''s score, that day or as the week closed, of most platforms 0 to 100; null if it was not seen.';
comment on column metrics.popularity_features."popularity_change" is 'Points gained since the week before; null if that week is not known.';
comment on column metrics.popularity_features."streams" is 'Streams in total since release, that day or as the week closed; null if they were not seen.';
comment on column metrics.popularity_features."streams_7d" is 'Streams gained in the week; null if the counter fell or the week before is not known.';
comment on column metrics.popularity_features."streams_7d_log_change" is 'Change of ln(1 + streams_7d) since the week before.';
comment on column metrics.popularity_features."streams_28d" is 'Streams gained in the four weeks up to this one; null if the counter fell or the week four before is not known.';
comment on column metrics.popularity_features."streams_28d_log_change" is 'Change of ln(1 + streams_28d) since the week before. The two windows share 21 days, so it is smooth by construction.';
comment on column metrics.popularity_features."followers" is 'Followers of the artist on the platform as the week closed; null if not seen.';
comment on column metrics.popularity_features."followers_log_change" is 'Change of ln(1 + followers) since the week before.';
comment on column metrics.popularity_features."listeners" is 'Listeners of the artist in the month up to the week''s close; null if not seen.';
comment on column metrics.popularity_features."listeners_log_change" is 'Change of ln(1 + listeners) since the week before.';
comment on column metrics.popularity_features."playlist_reach" is 'Subscribers of the playlists that the song is in as the week closed; null if not seen.';
comment on column metrics.popularity_features."playlist_reach_log_change" is 'Change of ln(1 + playlist_reach) since the week before.';
comment on column metrics.popularity_features."chart_count" is 'Charts that the song was in as the week closed; null if in none.';
comment on column metrics.popularity_features."chart_count_change" is 'Charts won or lost since the week before.';
comment on column metrics.popularity_features."chart_position" is 'Place in the chart, 1 is the top; of several the best; null if in none.';
comment on column metrics.popularity_features."chart_position_log_change" is 'Change of ln(chart_position) since the week before; negative is a climb.';
comment on column metrics.popularity_features."age_days" is 'Days from release to the Sunday of the week; negative before it, null if the release is not known.';
comment on column metrics.popularity_features."catalogue_song_count" is 'Songs of the artist in the warehouse, a recording and its twins once; null if the song has no credit.';
comment on column metrics.popularity_features."is_reference_week" is 'Whether songs are compared in this week, the latest that still has nine in ten of the platform''s most scored songs.';
comment on table metrics.popularity_correlations is 'One row per platform and variable: how closely it goes with the score across songs, in the week in which songs are compared. Raw coefficients; which of them may be believed is for `crescendo correlate` to say.';
comment on column metrics.popularity_correlations."platform" is 'Code of the platform, ''spotify''.';
comment on column metrics.popularity_correlations."variable" is 'A column of `popularity_features`; its name in words is in the seed `popularity_variables`.';
comment on column metrics.popularity_correlations."pearson_log" is 'Pearson correlation with ln(1 + variable), or with the variable if it is a change; null if `null_reason` says why.';
comment on column metrics.popularity_correlations."spearman" is 'Rank correlation, equal values at their mean rank; null if `null_reason` says why.';
comment on column metrics.popularity_correlations."compared_song_count" is 'Songs that have both numbers; under 30 the coefficients say little.';
comment on column metrics.popularity_correlations."null_reason" is 'Why there is no coefficient, `too_few` (under three songs) or `no_variation` (one side is the same for all songs); null if there is one.';
create index restatements_metric_id_index on metrics.restatements ("metric_id");
comment on index metrics.restatements_metric_id_index is 'Joins from metrics.dim_metrics, and the check that none is orphaned when one of its rows goes.';
alter table metrics.restatements add foreign key ("metric_id") references metrics.dim_metrics ("metric_id");
comment on table metrics.restatements is 'One row per subject, metric, identifier and day from which a newer version rules that contradicts the older one.';
comment on column metrics.restatements."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column metrics.restatements."name" is 'Name for people, such as the title of a song; ''(untitled)'' if the source has none.';
comment on column metrics.restatements."metric_id" is 'Platform and metric in one code, ''spotify:streams''.';
comment on column metrics.restatements."counted" is 'What is followed of the subject: an identifier, ''(sum)'' of its identifiers, ''(total)'' of answers without identifiers, ''(report)'', ''(account)'' or a place.';
comment on column metrics.restatements."observed_date" is 'Day of the observation, as the source dates it (its first ten characters).';
comment on column metrics.restatements."compared_date" is 'Nearest day that both versions have.';
comment on column metrics.restatements."older_value" is 'What the version before says of that day.';
comment on column metrics.restatements."newer_value" is 'What the version that rules from there says of it.';
comment on column metrics.restatements."restated_pct" is 'Newer less older value, in percent of the older one; null if that is zero.';
comment on table metrics.summary_reconciliation is 'One row per song, metric and period for which the partner''s report says how much it grew: its figure, ours, and why they differ where they do.';
comment on column metrics.summary_reconciliation."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column metrics.summary_reconciliation."metric_id" is 'Platform and metric in one code, ''spotify:streams''.';
comment on column metrics.summary_reconciliation."period" is 'Period as sent, ''1w'', ''28d'' or ''1y''; null if the metric has no periods.';
comment on column metrics.summary_reconciliation."from_date" is 'Day whose closing value the window starts from; the day itself is not in the window.';
comment on column metrics.summary_reconciliation."to_date" is 'Day whose closing value the window ends with.';
comment on column metrics.summary_reconciliation."partner_growth" is 'Evolution as sent; 0 also where the partner knows no base.';
comment on column metrics.summary_reconciliation."partner_growth_pct" is 'Evolution in percent as sent.';
comment on column metrics.summary_reconciliation."growth" is 'End less start, without what came or went with identifiers; of a flow, the sum of the window. If it began in the window and is a counter: from zero.';
comment on column metrics.summary_reconciliation."growth_pct" is 'Growth in percent of the start; of a flow, of the sum of the window before; null if the status says so.';
comment on column metrics.summary_reconciliation."verdict" is '''equal'', or the reason of the difference; ''unexplained'' is a finding.';
comment on table metrics.trending is 'One row per series and window of 7 and 28 days, ranked; of twins one.';
comment on column metrics.trending."subject" is 'Id of what is compared: a `subject_id`, or ''platform:'' and the code.';
comment on column metrics.trending."subject_type" is 'What the subject is, one word: ''song'', ''artist'', ''track''.';
comment on column metrics.trending."name" is 'Name for people, such as the title of a song; ''(untitled)'' if the source has none.';
comment on column metrics.trending."platform" is 'Code of the platform, ''spotify''.';
comment on column metrics.trending."metric" is 'What is counted, one word for all platforms, ''streams''.';
comment on column metrics.trending."unit" is 'What one of it is; only equal units may be added.';
comment on column metrics.trending."window_name" is 'Name of the window, ''28 days'' or ''month to date''.';
comment on column metrics.trending."from_date" is 'Day whose closing value the window starts from; the day itself is not in the window.';
comment on column metrics.trending."to_date" is 'Day whose closing value the window ends with.';
comment on column metrics.trending."start_value" is 'Value at the close of `from_date`, carried forward if need be; null for a flow, and if there is none or it is too old.';
comment on column metrics.trending."end_value" is 'Value at the close of `to_date`, carried forward if need be; null for a flow, and if there is none or it is too old.';
comment on column metrics.trending."growth" is 'End less start, without what came or went with identifiers; of a flow, the sum of the window. If it began in the window and is a counter: from zero.';
comment on column metrics.trending."growth_pct" is 'Growth in percent of the start; of a flow, of the sum of the window before; null if the status says so.';
comment on column metrics.trending."pct_rank" is 'Rank by percent among like subjects, metric and window; null if the base is too small for it or there is no percent.';
comment on column metrics.trending."shrunk_score" is 'Natural logarithm of end over start, with the metric''s `min_base` added to both; null below zero, and unless `is_rankable`.';
comment on column metrics.trending."score_rank" is 'Rank by that score; null if there is none.';
comment on column metrics.trending."daily_rate_pct" is 'Growth in percent a day, compounded, to compare windows of different lengths; null if `growth_pct` is, and for a flow.';
comment on column metrics.trending."previous_daily_rate_pct" is '`daily_rate_pct` of the window before.';
comment on column metrics.trending."momentum" is 'Daily rate less that of the window before, in percentage points a day.';
comment on column metrics.trending."status" is 'If the percent may be quoted, see `growth_statuses`: ok; with a warning low_coverage, low_base, partial_window; else there is none, and the status says why.';
comment on table operations.fct_extractions is 'One row per source, extraction and route: what came. An extraction is a day of MooVitamix, else a load; details of the former are in `fct_listening_extractions`.';
comment on column operations.fct_extractions."source" is 'Source, ''soundcharts''; null of a file that is of none.';
comment on column operations.fct_extractions."extraction_id" is 'Extraction that showed it - the load date, or the folder of pages that were captured without one. Ids mean something within one extraction only. Of other sources, the load.';
comment on column operations.fct_extractions."route" is 'Route of the service - tracks, users or listen_history; of other sources, the document.';
comment on column operations.fct_extractions."page_count" is 'Number of pages.';
comment on column operations.fct_extractions."record_count" is 'Different records shown.';
comment on column operations.fct_extractions."total_count" is 'Rows of the listing as the service counts them.';
comment on column operations.fct_extractions."new_record_count" is 'Those that no earlier extraction had shown.';
comment on column operations.fct_extractions."quarantined_count" is 'Records and values refused, see `fct_quarantined_records`.';
comment on column operations.fct_extractions."is_complete" is 'Whether as many different rows came as the service counts, on all pages alike; null if it does not count.';
comment on column operations.fct_extractions."load_date" is 'Day of the extraction; for pages captured without one, the day they were loaded.';
comment on column operations.fct_extractions."etl_updated_at" is 'When its row was loaded last, UTC.';
comment on table operations.fct_quarantined_records is 'One row per record, row or value of any source that was refused, by the loader or by the models of listening; nothing is dropped in silence.';
comment on column operations.fct_quarantined_records."source" is 'Source, ''soundcharts''; null of a file that is of none.';
comment on column operations.fct_quarantined_records."extraction_id" is 'Extraction that showed it - the load date, or the folder of pages that were captured without one. Ids mean something within one extraction only. Of other sources, the load.';
comment on column operations.fct_quarantined_records."route" is 'Route of the service - tracks, users or listen_history; of other sources, the document.';
comment on column operations.fct_quarantined_records."record_id" is 'Id of the record, subject or extraction that it is about, or the field; blank or null if the source names none.';
comment on column operations.fct_quarantined_records."position" is 'Place in the user''s history, from 1; of what the loader rejected, the place of the record in its file, from 0.';
comment on column operations.fct_quarantined_records."quarantine_reason" is 'Why it was refused: no_user, unknown_user, no_tracks, no_track, unknown_track, no_time, date_in_the_future, date_impossible or bad_duration, or what the loader says; null if it was not.';
comment on column operations.fct_quarantined_records."refused_value" is 'What was refused as sent: the track id, the duration, the value.';
comment on column operations.fct_quarantined_records."file_path" is 'A file that holds it; null if several sources together show it, or a model found it.';
comment on column operations.fct_quarantined_records."load_date" is 'Day of the extraction; for pages captured without one, the day they were loaded.';
comment on table operations.fct_runs is 'One row per run of Crescendo, whatever its source: fetch, load, build, publish. The run that builds this table is in it without an outcome; the next one completes it.';
comment on column operations.fct_runs."run_id" is 'Run of Crescendo, text that sorts by when it began.';
comment on column operations.fct_runs."verb" is 'What was run, ''build'' or ''fetch tmdb''.';
comment on column operations.fct_runs."run_outcome" is 'How it ended: ok, failed, interrupted or killed; null while it is at work.';
comment on column operations.fct_runs."killed_phase" is 'Phase in which it was killed; null if it was not, or was in none.';
comment on column operations.fct_runs."error_class" is 'Class of the error that ended it; null if none did.';
comment on column operations.fct_runs."crescendo_version" is 'Version of Crescendo that ran.';
comment on column operations.fct_runs."run_seconds" is 'How long it took, in seconds; null while it is at work, and if it was killed.';
comment on column operations.fct_runs."extract_seconds" is 'Seconds of asking sources; null if it asked none.';
comment on column operations.fct_runs."load_seconds" is 'Seconds of loading files; null if it loaded none.';
comment on column operations.fct_runs."transform_seconds" is 'Seconds of dbt, tests included; null if dbt did not run.';
comment on column operations.fct_runs."test_seconds" is 'Seconds that dbt''s threads spent in tests; null if dbt did not run.';
comment on column operations.fct_runs."publish_seconds" is 'Seconds of publishing; null if it published nothing.';
comment on column operations.fct_runs."cpu_seconds" is 'CPU that it used, in seconds, children included; null if it has none of its own.';
comment on column operations.fct_runs."peak_bytes" is 'Most memory that it held at a time, in bytes, or that a child of it did.';
comment on column operations.fct_runs."read_bytes" is 'Bytes that it read, of files; null if it does not count them.';
comment on column operations.fct_runs."row_count" is 'Records and rows that went through it; null if it does not count them.';
comment on column operations.fct_runs."run_started_at" is 'When it began, UTC.';
comment on column operations.fct_runs."ended_at" is 'When it ended, UTC; null while it is at work.';
comment on table quality.fct_findings is 'One row per kind of finding, record and place: what is wrong with the data. A finding fails no build; what it means, and whether the row is set aside, is in the seed `finding_kinds`.';
comment on column quality.fct_findings."finding_kind" is 'What is wrong, see `finding_kinds`.';
comment on column quality.fct_findings."record_id" is 'Id of the record, subject or extraction that it is about, or the field; blank or null if the source names none.';
comment on column quality.fct_findings."place" is 'Where in it - metric, field, route or kind of page.';
comment on column quality.fct_findings."example" is 'A value as sent; null if there is none, or if it is personal data.';
comment on column quality.fct_findings."finding_count" is 'How often it was found of this record and place.';
comment on column quality.fct_findings."first_found_date" is 'First day that it is about; null if it is about none.';
comment on column quality.fct_findings."last_found_date" is 'Last day that it is about; null if it is about none.';
comment on column quality.fct_findings."file_path" is 'A file that holds it; null if several sources together show it, or a model found it.';

-- Views and growth functions, and the right to read

create view films.forecast_features as
WITH days AS (
  SELECT
    *
  FROM "films"."fct_movies_daily"
), movies AS (
  SELECT
    *
  FROM "films"."dim_movies"
), framed AS (
  SELECT
    days.movie_id,
    days.snapshot_date,
    days.popularity,
    days.popularity_rank,
    days.vote_average,
    days.vote_count,
    days.missed_days,
    CAST(days.snapshot_date - days.stated_release_date AS INT) AS days_since_release,
    CAST(COUNT(*) OVER past_week AS BIGINT) AS seen_days_of_7,
    CAST(SUM(CAST(days.popularity AS DECIMAL(18, 6))) OVER past_week AS DOUBLE PRECISION) / COUNT(days.popularity) OVER past_week AS average_popularity_of_7_days,
    MAX(days.popularity) OVER day_before AS popularity_day_before,
    MAX(days.popularity) OVER week_before AS popularity_week_before,
    days.vote_count - MAX(days.vote_count) OVER week_before AS votes_of_7_days,
    CAST(days.snapshot_date - CAST('1999-12-27' AS DATE) AS INT) % 7 + 1 AS weekday_number,
    MAX(days.popularity) OVER day_after AS target_popularity_next_day,
    MAX(days.popularity) OVER week_after AS target_popularity_next_week
  FROM days
  INNER JOIN movies
    ON days.movie_id = movies.movie_id
  WHERE
    NOT movies.is_adult
  WINDOW past_week AS (
    PARTITION BY days.movie_id
    ORDER BY days.snapshot_date
    range BETWEEN INTERVAL '6 DAY' preceding AND CURRENT ROW
  ), day_before AS (
    PARTITION BY days.movie_id
    ORDER BY days.snapshot_date
    range BETWEEN INTERVAL '1 DAY' preceding AND INTERVAL '1 DAY' preceding
  ), week_before AS (
    PARTITION BY days.movie_id
    ORDER BY days.snapshot_date
    range BETWEEN INTERVAL '7 DAY' preceding AND INTERVAL '7 DAY' preceding
  ), day_after AS (
    PARTITION BY days.movie_id
    ORDER BY days.snapshot_date
    range BETWEEN INTERVAL '1 DAY' following AND INTERVAL '1 DAY' following
  ), week_after AS (
    PARTITION BY days.movie_id
    ORDER BY days.snapshot_date
    range BETWEEN INTERVAL '7 DAY' following AND INTERVAL '7 DAY' following
  )
)
SELECT
  *
FROM framed;
comment on view films.forecast_features is 'One row per film and day, for forecasting its popularity; all but the two targets was known on that day.';
comment on column films.forecast_features."movie_id" is 'TMDb''s id of the film.';
comment on column films.forecast_features."snapshot_date" is 'Day on which the source was asked; null in staging if the page does not say.';
comment on column films.forecast_features."popularity" is 'The platform''s score, that day or as the week closed, of most platforms 0 to 100; null if it was not seen.';
comment on column films.forecast_features."popularity_rank" is 'Place by popularity among the films seen on that day, 1 is the top; null of films for adults.';
comment on column films.forecast_features."vote_average" is 'Mean of all votes, 0 to 10; null beyond staging if nobody voted.';
comment on column films.forecast_features."vote_count" is 'Votes so far.';
comment on column films.forecast_features."missed_days" is 'Days without a row since the film was last seen; null on its first day.';
comment on column films.forecast_features."days_since_release" is 'Days since the release as it was known on that day; below zero before it.';
comment on column films.forecast_features."seen_days_of_7" is 'Days of the last seven on which it was seen.';
comment on column films.forecast_features."average_popularity_of_7_days" is 'Mean popularity of those days.';
comment on column films.forecast_features."popularity_day_before" is 'Popularity the day before; null if it was not seen.';
comment on column films.forecast_features."popularity_week_before" is 'Popularity seven days before; null if it was not seen.';
comment on column films.forecast_features."votes_of_7_days" is 'Votes since seven days before; null if it was not seen then.';
comment on column films.forecast_features."weekday_number" is 'Day of the week, Monday is 1.';
comment on column films.forecast_features."target_popularity_next_day" is 'To be foretold, popularity on the next day; null if it was not seen.';
comment on column films.forecast_features."target_popularity_next_week" is 'To be foretold, popularity seven days later; null if it was not seen.';
create view films.vw_movie_latest as
WITH movies AS (
  SELECT
    *
  FROM "films"."dim_movies"
), days AS (
  SELECT
    *
  FROM "films"."fct_movies_daily"
), latest_day AS (
  SELECT
    MAX(last_seen_date) AS latest_date
  FROM movies
), latest AS (
  SELECT
    movies.movie_id,
    movies.title,
    movies.release_date,
    days.popularity,
    days.popularity_rank,
    days.rank_change,
    days.vote_average,
    days.vote_count,
    days.seen_day_count,
    days.snapshot_date,
    CAST(latest_day.latest_date - days.snapshot_date AS INT) AS age_days,
    CAST(latest_day.latest_date - days.snapshot_date AS INT) <= 7 AS is_latest
  FROM movies
  INNER JOIN days
    ON movies.movie_id = days.movie_id AND movies.last_seen_date = days.snapshot_date
  CROSS JOIN latest_day
  WHERE
    NOT movies.is_adult
)
SELECT
  *
FROM latest;
comment on view films.vw_movie_latest is 'One row per film with its latest numbers, their day and their age.';
comment on column films.vw_movie_latest."movie_id" is 'TMDb''s id of the film.';
comment on column films.vw_movie_latest."title" is 'Title as the source writes it, version words included; null if blank.';
comment on column films.vw_movie_latest."release_date" is 'Day of release; null if the source sends a blank or a year zero.';
comment on column films.vw_movie_latest."popularity" is 'The platform''s score, that day or as the week closed, of most platforms 0 to 100; null if it was not seen.';
comment on column films.vw_movie_latest."popularity_rank" is 'Place by popularity among the films seen on that day, 1 is the top; null of films for adults.';
comment on column films.vw_movie_latest."rank_change" is 'Places gained since the film was last seen; null on its first day.';
comment on column films.vw_movie_latest."vote_average" is 'Mean of all votes, 0 to 10; null beyond staging if nobody voted.';
comment on column films.vw_movie_latest."vote_count" is 'Votes so far.';
comment on column films.vw_movie_latest."seen_day_count" is 'Days on which the film was seen so far.';
comment on column films.vw_movie_latest."snapshot_date" is 'Day on which the source was asked; null in staging if the page does not say.';
comment on column films.vw_movie_latest."age_days" is 'Days from release to the Sunday of the week; negative before it, null if the release is not known.';
comment on column films.vw_movie_latest."is_latest" is 'Whether no later file speaks of it.';
create view films.vw_continent_popularity as
WITH movies AS (
  SELECT
    *
  FROM "films"."vw_movie_latest"
), links AS (
  SELECT
    *
  FROM "films"."bridge_movies_x_countries"
), countries AS (
  SELECT
    *
  FROM "films"."dim_countries"
), members AS (
  SELECT
    movies.movie_id,
    countries.continent,
    movies.popularity,
    movies.vote_average,
    movies.vote_count,
    SUM(links.weight) AS weight
  FROM movies
  INNER JOIN links
    ON movies.movie_id = links.movie_id
  INNER JOIN countries
    ON links.country_code = countries.country_code
  WHERE
    movies.is_latest
  GROUP BY
    movies.movie_id,
    countries.continent,
    movies.popularity,
    movies.vote_average,
    movies.vote_count
), summed AS (
  SELECT
    continent,
    CAST(SUM(CAST(popularity AS DECIMAL(18, 6))) AS DOUBLE PRECISION) / COUNT(popularity) AS average_popularity,
    CAST(SUM(CAST(vote_average * vote_count AS DECIMAL(24, 6))) AS DOUBLE PRECISION) / NULLIF(SUM(vote_count) FILTER(WHERE
      NOT vote_average IS NULL), 0) AS vote_average,
    COUNT(*) AS movie_count,
    CAST(SUM(vote_count) AS BIGINT) AS vote_count,
    CAST(SUM(CAST(weight * vote_count AS DECIMAL(24, 9))) AS DOUBLE PRECISION) AS weighted_vote_count,
    CAST(SUM(CAST(weight AS DECIMAL(20, 12))) AS DOUBLE PRECISION) AS weighted_movie_count
  FROM members
  GROUP BY
    continent
)
SELECT
  *
FROM summed;
comment on view films.vw_continent_popularity is 'One row per continent, of the films that were seen in the latest days; those of no known country are Unknown.';
comment on column films.vw_continent_popularity."continent" is 'Continent, America in two; Unknown if no list has the country.';
comment on column films.vw_continent_popularity."average_popularity" is 'Mean popularity of its films, each once.';
comment on column films.vw_continent_popularity."vote_average" is 'Mean of all votes, 0 to 10; null beyond staging if nobody voted.';
comment on column films.vw_continent_popularity."movie_count" is 'Films, each once.';
comment on column films.vw_continent_popularity."vote_count" is 'Votes so far.';
comment on column films.vw_continent_popularity."weighted_vote_count" is 'Votes, of each film by its weight, so that all rows add up.';
comment on column films.vw_continent_popularity."weighted_movie_count" is 'Films, each by its weight, so that all rows add up.';
create view films.vw_country_popularity as
WITH movies AS (
  SELECT
    *
  FROM "films"."vw_movie_latest"
), links AS (
  SELECT
    *
  FROM "films"."bridge_movies_x_countries"
), countries AS (
  SELECT
    *
  FROM "films"."dim_countries"
), members AS (
  SELECT
    countries.country_code,
    countries.country_name,
    countries.continent,
    movies.popularity,
    movies.vote_average,
    movies.vote_count,
    links.weight
  FROM movies
  INNER JOIN links
    ON movies.movie_id = links.movie_id
  INNER JOIN countries
    ON links.country_code = countries.country_code
  WHERE
    movies.is_latest
), summed AS (
  SELECT
    country_code,
    country_name,
    continent,
    CAST(SUM(CAST(popularity AS DECIMAL(18, 6))) AS DOUBLE PRECISION) / COUNT(popularity) AS average_popularity,
    CAST(SUM(CAST(vote_average * vote_count AS DECIMAL(24, 6))) AS DOUBLE PRECISION) / NULLIF(SUM(vote_count) FILTER(WHERE
      NOT vote_average IS NULL), 0) AS vote_average,
    COUNT(*) AS movie_count,
    CAST(SUM(vote_count) AS BIGINT) AS vote_count,
    CAST(SUM(CAST(weight * vote_count AS DECIMAL(24, 9))) AS DOUBLE PRECISION) AS weighted_vote_count,
    CAST(SUM(CAST(weight AS DECIMAL(20, 12))) AS DOUBLE PRECISION) AS weighted_movie_count
  FROM members
  GROUP BY
    country_code,
    country_name,
    continent
)
SELECT
  *
FROM summed;
comment on view films.vw_country_popularity is 'One row per country, of the films that were seen in the latest days; those of no known country are ZZ.';
comment on column films.vw_country_popularity."country_code" is 'ISO 3166 code of the country; null if blank.';
comment on column films.vw_country_popularity."country_name" is 'Name of the country.';
comment on column films.vw_country_popularity."continent" is 'Continent, America in two; Unknown if no list has the country.';
comment on column films.vw_country_popularity."average_popularity" is 'Mean popularity of its films, each once.';
comment on column films.vw_country_popularity."vote_average" is 'Mean of all votes, 0 to 10; null beyond staging if nobody voted.';
comment on column films.vw_country_popularity."movie_count" is 'Films, each once.';
comment on column films.vw_country_popularity."vote_count" is 'Votes so far.';
comment on column films.vw_country_popularity."weighted_vote_count" is 'Votes, of each film by its weight, so that all rows add up.';
comment on column films.vw_country_popularity."weighted_movie_count" is 'Films, each by its weight, so that all rows add up.';
create view films.vw_genre_popularity as
WITH movies AS (
  SELECT
    *
  FROM "films"."vw_movie_latest"
), links AS (
  SELECT
    *
  FROM "films"."bridge_movies_x_genres"
), genres AS (
  SELECT
    *
  FROM "films"."dim_film_genres"
), members AS (
  SELECT
    COALESCE(genres.genre_name, 'Unknown') AS genre_name,
    movies.popularity,
    movies.vote_average,
    movies.vote_count,
    COALESCE(links.weight, 1) AS weight
  FROM movies
  LEFT JOIN links
    ON movies.movie_id = links.movie_id
  LEFT JOIN genres
    ON links.film_genre_id = genres.film_genre_id
  WHERE
    movies.is_latest
), summed AS (
  SELECT
    genre_name,
    CAST(SUM(CAST(popularity AS DECIMAL(18, 6))) AS DOUBLE PRECISION) / COUNT(popularity) AS average_popularity,
    CAST(SUM(CAST(vote_average * vote_count AS DECIMAL(24, 6))) AS DOUBLE PRECISION) / NULLIF(SUM(vote_count) FILTER(WHERE
      NOT vote_average IS NULL), 0) AS vote_average,
    COUNT(*) AS movie_count,
    CAST(SUM(vote_count) AS BIGINT) AS vote_count,
    CAST(SUM(CAST(weight * vote_count AS DECIMAL(24, 9))) AS DOUBLE PRECISION) AS weighted_vote_count,
    CAST(SUM(CAST(weight AS DECIMAL(20, 12))) AS DOUBLE PRECISION) AS weighted_movie_count
  FROM members
  GROUP BY
    genre_name
)
SELECT
  *
FROM summed;
comment on view films.vw_genre_popularity is 'One row per genre, of the films that were seen in the latest days.';
comment on column films.vw_genre_popularity."genre_name" is 'Name of the genre for people.';
comment on column films.vw_genre_popularity."average_popularity" is 'Mean popularity of its films, each once.';
comment on column films.vw_genre_popularity."vote_average" is 'Mean of all votes, 0 to 10; null beyond staging if nobody voted.';
comment on column films.vw_genre_popularity."movie_count" is 'Films, each once.';
comment on column films.vw_genre_popularity."vote_count" is 'Votes so far.';
comment on column films.vw_genre_popularity."weighted_vote_count" is 'Votes, of each film by its weight, so that all rows add up.';
comment on column films.vw_genre_popularity."weighted_movie_count" is 'Films, each by its weight, so that all rows add up.';
create view films.vw_top_movies as
WITH movies AS (
  SELECT
    *
  FROM "films"."vw_movie_latest"
), placed AS (
  SELECT
    movie_id,
    title,
    release_date,
    popularity,
    vote_average,
    vote_count,
    popularity_rank,
    rank_change,
    seen_day_count,
    snapshot_date,
    ROW_NUMBER() OVER (
      ORDER BY popularity DESC NULLS LAST, vote_average DESC NULLS LAST, vote_count DESC NULLS LAST, movie_id ASC
    ) AS top_rank
  FROM movies
  WHERE
    is_latest
), top_movies AS (
  SELECT
    *
  FROM placed
  WHERE
    top_rank <= 200
)
SELECT
  *
FROM top_movies;
comment on view films.vw_top_movies is 'One row per film of the first 200 by popularity in the latest days.';
comment on column films.vw_top_movies."movie_id" is 'TMDb''s id of the film.';
comment on column films.vw_top_movies."title" is 'Title as the source writes it, version words included; null if blank.';
comment on column films.vw_top_movies."release_date" is 'Day of release; null if the source sends a blank or a year zero.';
comment on column films.vw_top_movies."popularity" is 'The platform''s score, that day or as the week closed, of most platforms 0 to 100; null if it was not seen.';
comment on column films.vw_top_movies."vote_average" is 'Mean of all votes, 0 to 10; null beyond staging if nobody voted.';
comment on column films.vw_top_movies."vote_count" is 'Votes so far.';
comment on column films.vw_top_movies."popularity_rank" is 'Place by popularity among the films seen on that day, 1 is the top; null of films for adults.';
comment on column films.vw_top_movies."rank_change" is 'Places gained since the film was last seen; null on its first day.';
comment on column films.vw_top_movies."seen_day_count" is 'Days on which the film was seen so far.';
comment on column films.vw_top_movies."snapshot_date" is 'Day on which the source was asked; null in staging if the page does not say.';
comment on column films.vw_top_movies."top_rank" is 'Place by popularity, then mean vote, then votes, from 1.';
create or replace function metrics.error(message text) returns boolean language plpgsql as
$$ begin raise exception '%', message; end $$;
create function metrics.series_averages(in_from_date date, in_to_date date) returns table (
    "subject" text,
    "name" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "average_per_observed_day" double precision,
    "latest_value" double precision,
    "observed_days" bigint,
    "expected_days" bigint,
    "coverage_ratio" double precision,
    "series_id" bigint,
    "subject_type" text,
    "kind" text,
    "unconfirmed_days" bigint,
    "changes_scale" boolean
) language sql stable as $$
select
    cast("subject" as text),
    cast("name" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("from_date" as date),
    cast("to_date" as date),
    cast("average_per_observed_day" as double precision),
    cast("latest_value" as double precision),
    cast("observed_days" as bigint),
    cast("expected_days" as bigint),
    cast("coverage_ratio" as double precision),
    cast("series_id" as bigint),
    cast("subject_type" as text),
    cast("kind" as text),
    cast("unconfirmed_days" as bigint),
    cast("changes_scale" as boolean)
from (
WITH anchors AS (
  SELECT
    series.series_id,
    series.subject_id,
    series.name,
    series.subject_type,
    opening.series_id IS NULL
    AND COALESCE(series.began_on > CAST($1 AS DATE) AND series.began_on <= CAST($2 AS DATE), FALSE) AS is_new,
    series.platform,
    series.metric,
    series.unit,
    series.kind,
    series.min_base,
    CAST($2 AS DATE) > series.complete_through_date AS is_partial,
    (
      CAST($2 AS DATE) - CAST($1 AS DATE)
    ) AS window_days,
    opening.observed_date AS start_observed_date,
    CAST($1 AS DATE) - opening.observed_date AS start_age_days,
    CASE
      WHEN series.kind <> 'flow'
      AND CAST($1 AS DATE) - opening.observed_date <= series.max_age_days
      THEN opening.value
    END AS start_value,
    closing.observed_date AS end_observed_date,
    CAST($2 AS DATE) - closing.observed_date AS end_age_days,
    CASE
      WHEN series.kind <> 'flow'
      AND CAST($2 AS DATE) - closing.observed_date <= series.max_age_days
      THEN closing.value
    END AS end_value,
    closing.linked_value - COALESCE(opening.linked_value, 0) AS linked_change,
    COALESCE(
      CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT) - earlier.observed_date <= series.max_age_days,
      FALSE
    ) AS has_earlier_value,
    CASE
      WHEN series.kind IN ('counter', 'flow')
      THEN closing.running_gain - COALESCE(opening.running_gain, 0)
      ELSE closing.value - opening.value - (
        closing.linked_value - opening.linked_value
      )
    END AS gained,
    CASE
      WHEN series.kind IN ('counter', 'flow')
      THEN opening.running_gain - COALESCE(earlier.running_gain, 0)
      ELSE opening.value - earlier.value - (
        opening.linked_value - earlier.linked_value
      )
    END AS previous_gained,
    closing.observed_date - COALESCE(opening.observed_date, series.first_date) AS gained_day_count,
    CASE
      WHEN series.kind <> 'flow'
      THEN closing.observed_date - opening.observed_date
      WHEN series.cadence_days = 1
      THEN 1
      ELSE closing.running_observations - COALESCE(opening.running_observations, 0)
    END AS anchored_days,
    CASE
      WHEN series.kind <> 'flow'
      THEN opening.observed_date - earlier.observed_date
      WHEN series.cadence_days = 1
      THEN 1
      ELSE opening.running_observations - COALESCE(earlier.running_observations, 0)
    END AS anchored_days_before,
    closing.running_value_days + closing.value - COALESCE(
      opening.running_value_days + opening.value * (
        CAST($1 AS DATE) + 1 - opening.observed_date
      ),
      0
    ) AS value_days,
    closing.observed_date - CASE
      WHEN opening.series_id IS NULL
      THEN series.first_date - 1
      ELSE CAST($1 AS DATE)
    END AS value_day_count,
    COALESCE(closing.running_observations, 0) - COALESCE(opening.running_observations, 0) AS observed_days,
    COALESCE(opening.running_observations, 0) - COALESCE(earlier.running_observations, 0) AS previous_observed_days,
    GREATEST(1, DIV((
      CAST($2 AS DATE) - CAST($1 AS DATE)
    ), series.cadence_days)) AS expected_days,
    CAST(COALESCE(closing.running_breaks, 0) - COALESCE(opening.running_breaks, 0) AS BIGINT) AS breaks,
    series.kind = 'flow'
    AND COALESCE(closing.running_breaks, 0) > COALESCE(earlier.running_breaks, 0) AS is_rescaled,
    earlier.value > 0 AND opening.running_breaks - earlier.running_breaks < 131072 AS is_earlier_comparable,
    COALESCE(closing.observed_date >= series.unconfirmed_from_date, FALSE) AS is_unconfirmed
  FROM "intermediate"."int_series_described" AS series
  LEFT JOIN (
    SELECT
      series_id,
      observed_date,
      value,
      linked_value,
      running_gain,
      running_value_days,
      running_observations,
      running_breaks
    FROM "metrics"."fct_observations"
    WHERE
      observed_date BETWEEN CAST($1 AS DATE) - 7 AND CAST($1 AS DATE)
      AND NOT is_outlier
      AND (
        next_observed_date > CAST($1 AS DATE) OR next_observed_date IS NULL
      )
    UNION ALL
    SELECT
      series_id,
      silent_from_date AS observed_date,
      value,
      linked_value,
      running_gain,
      running_value_days,
      running_observations,
      running_breaks
    FROM "metrics"."fct_silences"
    WHERE
      silent_from_date < CAST($1 AS DATE) - 7
      AND (
        silent_until_date > CAST($1 AS DATE) OR silent_until_date IS NULL
      )
  ) AS opening
    ON series.series_id = opening.series_id
  LEFT JOIN (
    SELECT
      series_id,
      observed_date,
      value,
      linked_value,
      running_gain,
      running_value_days,
      running_observations,
      running_breaks
    FROM "metrics"."fct_observations"
    WHERE
      observed_date BETWEEN CAST($2 AS DATE) - 7 AND CAST($2 AS DATE)
      AND NOT is_outlier
      AND (
        next_observed_date > CAST($2 AS DATE) OR next_observed_date IS NULL
      )
    UNION ALL
    SELECT
      series_id,
      silent_from_date AS observed_date,
      value,
      linked_value,
      running_gain,
      running_value_days,
      running_observations,
      running_breaks
    FROM "metrics"."fct_silences"
    WHERE
      silent_from_date < CAST($2 AS DATE) - 7
      AND (
        silent_until_date > CAST($2 AS DATE) OR silent_until_date IS NULL
      )
  ) AS closing
    ON series.series_id = closing.series_id
  LEFT JOIN (
    SELECT
      series_id,
      observed_date,
      value,
      linked_value,
      running_gain,
      running_value_days,
      running_observations,
      running_breaks
    FROM "metrics"."fct_observations"
    WHERE
      observed_date BETWEEN CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT) - 7 AND CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT)
      AND NOT is_outlier
      AND (
        next_observed_date > CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT)
        OR next_observed_date IS NULL
      )
    UNION ALL
    SELECT
      series_id,
      silent_from_date AS observed_date,
      value,
      linked_value,
      running_gain,
      running_value_days,
      running_observations,
      running_breaks
    FROM "metrics"."fct_silences"
    WHERE
      silent_from_date < CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT) - 7
      AND (
        silent_until_date > CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT)
        OR silent_until_date IS NULL
      )
  ) AS earlier
    ON series.series_id = earlier.series_id
), series AS (
  SELECT
    *
  FROM "intermediate"."int_series_described"
), ends AS (
  SELECT
    *
  FROM "intermediate"."int_ends_withheld"
), confirmed AS (
  SELECT
    anchors.subject_id,
    anchors.name,
    anchors.platform,
    anchors.metric,
    anchors.unit,
    anchors.kind,
    anchors.subject_type,
    anchors.series_id,
    anchors.expected_days,
    anchors.breaks - COALESCE(ends.withheld_breaks, 0) AS breaks,
    anchors.observed_days AS all_days,
    GREATEST(0, anchors.observed_days - COALESCE(ends.withheld_observation_count, 0)) AS observed_days,
    anchors.gained - COALESCE(ends.withheld_gain, 0) AS gained,
    anchors.gained_day_count - COALESCE(ends.withheld_day_count, 0) AS gained_day_count,
    anchors.value_days - COALESCE(ends.withheld_value_days, 0) AS value_days,
    anchors.value_day_count - COALESCE(ends.withheld_day_count, 0) AS value_day_count,
    NOT anchors.start_observed_date IS NULL AND anchors.start_value IS NULL AS opens_silent,
    CASE
      WHEN ends.series_id IS NULL
      THEN anchors.end_value
      WHEN CAST($2 AS DATE) - ends.confirmed_date <= series.max_age_days
      THEN ends.confirmed_value
    END AS latest_value
  FROM anchors
  INNER JOIN series
    ON anchors.series_id = series.series_id
  LEFT JOIN ends
    ON anchors.series_id = ends.series_id
    AND anchors.end_observed_date = ends.observed_date
  WHERE
    anchors.observed_days > 0
    AND CASE
      WHEN CAST($2 AS DATE) > CAST($1 AS DATE)
      THEN TRUE
      ELSE metrics.error('to_date must be after from_date')
    END
), averaged AS (
  SELECT
    subject_id AS subject,
    name,
    platform,
    metric,
    unit,
    CAST($1 AS DATE) AS from_date,
    CAST($2 AS DATE) AS to_date,
    CASE
      WHEN observed_days = 0
      THEN NULL
      WHEN kind = 'flow'
      THEN CAST(gained AS DOUBLE PRECISION) / observed_days
      WHEN opens_silent
      THEN NULL
      WHEN kind = 'counter'
      THEN CAST(gained AS DOUBLE PRECISION) / NULLIF(gained_day_count, 0)
      ELSE CAST(value_days AS DOUBLE PRECISION) / value_day_count
    END AS average_per_observed_day,
    latest_value,
    observed_days,
    expected_days,
    LEAST(1, CAST(observed_days AS DOUBLE PRECISION) / expected_days) AS coverage_ratio,
    series_id,
    subject_type,
    kind,
    all_days - observed_days AS unconfirmed_days,
    breaks >= 131072 AS changes_scale
  FROM confirmed
)
SELECT
  *
FROM averaged
) as result
$$;
comment on function metrics.series_averages(date, date) is 'One row per series observed in the window: the average day and the latest value, as far as they are confirmed.';
create function metrics.group_averages(in_from_date date, in_to_date date) returns table (
    "subject" text,
    "name" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "average_per_observed_day" double precision,
    "average_latest_value" double precision,
    "median_latest_value" double precision,
    "member_count" bigint,
    "n_days" bigint,
    "coverage_ratio" double precision,
    "subject_type" text,
    "member_type" text,
    "rescaled_count" bigint
) language sql stable as $$
select
    cast("subject" as text),
    cast("name" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("from_date" as date),
    cast("to_date" as date),
    cast("average_per_observed_day" as double precision),
    cast("average_latest_value" as double precision),
    cast("median_latest_value" as double precision),
    cast("member_count" as bigint),
    cast("n_days" as bigint),
    cast("coverage_ratio" as double precision),
    cast("subject_type" as text),
    cast("member_type" as text),
    cast("rescaled_count" as bigint)
from (
WITH averages AS (
  SELECT
    *
  FROM "metrics"."series_averages"($1, $2)
), members AS (
  SELECT
    *
  FROM "intermediate"."int_series_grouped"
  WHERE
    counts
), averaged AS (
  SELECT
    members.subject,
    members.name,
    averages.platform,
    averages.metric,
    averages.unit,
    CAST($1 AS DATE) AS from_date,
    CAST($2 AS DATE) AS to_date,
    CAST(SUM(members.weight * averages.average_per_observed_day ORDER BY averages.series_id) AS DOUBLE PRECISION) / SUM(members.weight ORDER BY averages.series_id) FILTER(WHERE
      NOT averages.average_per_observed_day IS NULL) AS average_per_observed_day,
    CAST(SUM(members.weight * averages.latest_value ORDER BY averages.series_id) AS DOUBLE PRECISION) / SUM(members.weight ORDER BY averages.series_id) FILTER(WHERE
      NOT averages.latest_value IS NULL) AS average_latest_value,
    PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY
      averages.latest_value) AS median_latest_value,
    COUNT(*) AS member_count,
    CAST(SUM(averages.observed_days) AS BIGINT) AS n_days,
    CAST(SUM(LEAST(averages.observed_days, averages.expected_days)) AS DOUBLE PRECISION) / SUM(averages.expected_days) AS coverage_ratio,
    members.subject_type,
    members.member_type,
    COUNT(*) FILTER(WHERE
      averages.changes_scale) AS rescaled_count
  FROM averages
  INNER JOIN members
    ON averages.series_id = members.series_id
  GROUP BY
    members.subject,
    members.name,
    averages.platform,
    averages.metric,
    averages.unit,
    CAST($1 AS DATE),
    CAST($2 AS DATE),
    members.subject_type,
    members.member_type
)
SELECT
  *
FROM averaged
) as result
$$;
comment on function metrics.group_averages(date, date) is 'One row per group, metric and type of member observed in the window.';
create function metrics.artist_averages(in_from_date date, in_to_date date) returns table (
    "subject" text,
    "name" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "average_per_observed_day" double precision,
    "average_latest_value" double precision,
    "median_latest_value" double precision,
    "member_count" bigint,
    "n_days" bigint,
    "coverage_ratio" double precision,
    "subject_type" text,
    "member_type" text,
    "rescaled_count" bigint
) language sql stable as $$
select
    cast("subject" as text),
    cast("name" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("from_date" as date),
    cast("to_date" as date),
    cast("average_per_observed_day" as double precision),
    cast("average_latest_value" as double precision),
    cast("median_latest_value" as double precision),
    cast("member_count" as bigint),
    cast("n_days" as bigint),
    cast("coverage_ratio" as double precision),
    cast("subject_type" as text),
    cast("member_type" as text),
    cast("rescaled_count" as bigint)
from (
WITH averages AS (
  SELECT
    *
  FROM "metrics"."group_averages"($1, $2)
), artists AS (
  SELECT
    *
  FROM averages
  WHERE
    subject_type = 'artist'
)
SELECT
  *
FROM artists
) as result
$$;
comment on function metrics.artist_averages(date, date) is 'One row per artist, metric and type of member observed in the window: three averages over its songs, and over what platforms count of the artist.';
create or replace function metrics.error(message text) returns boolean language plpgsql as
$$ begin raise exception '%', message; end $$;
create function metrics.judged_series_growth(from_date date, to_date date) returns table (
    "series_id" bigint,
    "subject_id" text,
    "name" text,
    "subject_type" text,
    "is_new" boolean,
    "platform" text,
    "metric" text,
    "unit" text,
    "kind" text,
    "min_base" double precision,
    "is_partial" boolean,
    "window_days" bigint,
    "start_observed_date" date,
    "start_age_days" bigint,
    "start_value" double precision,
    "end_observed_date" date,
    "end_age_days" bigint,
    "end_value" double precision,
    "linked_change" double precision,
    "has_earlier_value" boolean,
    "gained" double precision,
    "previous_gained" double precision,
    "gained_day_count" bigint,
    "anchored_days" bigint,
    "anchored_days_before" bigint,
    "value_days" double precision,
    "value_day_count" bigint,
    "observed_days" bigint,
    "previous_observed_days" bigint,
    "expected_days" bigint,
    "correction_count" integer,
    "restatement_count" integer,
    "reset_count" integer,
    "relink_count" integer,
    "breaks" bigint,
    "is_rescaled" boolean,
    "is_earlier_comparable" boolean,
    "is_unconfirmed" boolean,
    "break_status" text,
    "has_end" boolean,
    "has_base" boolean,
    "coverage_ratio" double precision,
    "is_covered" boolean,
    "is_thin" boolean,
    "base" double precision,
    "is_pace_comparable" boolean,
    "status" text,
    "growth" double precision,
    "gained_here" double precision,
    "gained_before" double precision,
    "has_percent" boolean,
    "period_change_pct" double precision,
    "daily_rate_pct" double precision,
    "growth_pct" double precision
) language sql stable as $$
select
    cast("series_id" as bigint),
    cast("subject_id" as text),
    cast("name" as text),
    cast("subject_type" as text),
    cast("is_new" as boolean),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("kind" as text),
    cast("min_base" as double precision),
    cast("is_partial" as boolean),
    cast("window_days" as bigint),
    cast("start_observed_date" as date),
    cast("start_age_days" as bigint),
    cast("start_value" as double precision),
    cast("end_observed_date" as date),
    cast("end_age_days" as bigint),
    cast("end_value" as double precision),
    cast("linked_change" as double precision),
    cast("has_earlier_value" as boolean),
    cast("gained" as double precision),
    cast("previous_gained" as double precision),
    cast("gained_day_count" as bigint),
    cast("anchored_days" as bigint),
    cast("anchored_days_before" as bigint),
    cast("value_days" as double precision),
    cast("value_day_count" as bigint),
    cast("observed_days" as bigint),
    cast("previous_observed_days" as bigint),
    cast("expected_days" as bigint),
    cast("correction_count" as integer),
    cast("restatement_count" as integer),
    cast("reset_count" as integer),
    cast("relink_count" as integer),
    cast("breaks" as bigint),
    cast("is_rescaled" as boolean),
    cast("is_earlier_comparable" as boolean),
    cast("is_unconfirmed" as boolean),
    cast("break_status" as text),
    cast("has_end" as boolean),
    cast("has_base" as boolean),
    cast("coverage_ratio" as double precision),
    cast("is_covered" as boolean),
    cast("is_thin" as boolean),
    cast("base" as double precision),
    cast("is_pace_comparable" as boolean),
    cast("status" as text),
    cast("growth" as double precision),
    cast("gained_here" as double precision),
    cast("gained_before" as double precision),
    cast("has_percent" as boolean),
    cast("period_change_pct" as double precision),
    cast("daily_rate_pct" as double precision),
    cast("growth_pct" as double precision)
from (
WITH anchors AS (
  SELECT
    series.series_id,
    series.subject_id,
    series.name,
    series.subject_type,
    opening.series_id IS NULL
    AND COALESCE(series.began_on > CAST($1 AS DATE) AND series.began_on <= CAST($2 AS DATE), FALSE) AS is_new,
    series.platform,
    series.metric,
    series.unit,
    series.kind,
    series.min_base,
    CAST($2 AS DATE) > series.complete_through_date AS is_partial,
    (
      CAST($2 AS DATE) - CAST($1 AS DATE)
    ) AS window_days,
    opening.observed_date AS start_observed_date,
    CAST($1 AS DATE) - opening.observed_date AS start_age_days,
    CASE
      WHEN series.kind <> 'flow'
      AND CAST($1 AS DATE) - opening.observed_date <= series.max_age_days
      THEN opening.value
    END AS start_value,
    closing.observed_date AS end_observed_date,
    CAST($2 AS DATE) - closing.observed_date AS end_age_days,
    CASE
      WHEN series.kind <> 'flow'
      AND CAST($2 AS DATE) - closing.observed_date <= series.max_age_days
      THEN closing.value
    END AS end_value,
    closing.linked_value - COALESCE(opening.linked_value, 0) AS linked_change,
    COALESCE(
      CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT) - earlier.observed_date <= series.max_age_days,
      FALSE
    ) AS has_earlier_value,
    CASE
      WHEN series.kind IN ('counter', 'flow')
      THEN closing.running_gain - COALESCE(opening.running_gain, 0)
      ELSE closing.value - opening.value - (
        closing.linked_value - opening.linked_value
      )
    END AS gained,
    CASE
      WHEN series.kind IN ('counter', 'flow')
      THEN opening.running_gain - COALESCE(earlier.running_gain, 0)
      ELSE opening.value - earlier.value - (
        opening.linked_value - earlier.linked_value
      )
    END AS previous_gained,
    closing.observed_date - COALESCE(opening.observed_date, series.first_date) AS gained_day_count,
    CASE
      WHEN series.kind <> 'flow'
      THEN closing.observed_date - opening.observed_date
      WHEN series.cadence_days = 1
      THEN 1
      ELSE closing.running_observations - COALESCE(opening.running_observations, 0)
    END AS anchored_days,
    CASE
      WHEN series.kind <> 'flow'
      THEN opening.observed_date - earlier.observed_date
      WHEN series.cadence_days = 1
      THEN 1
      ELSE opening.running_observations - COALESCE(earlier.running_observations, 0)
    END AS anchored_days_before,
    closing.running_value_days + closing.value - COALESCE(
      opening.running_value_days + opening.value * (
        CAST($1 AS DATE) + 1 - opening.observed_date
      ),
      0
    ) AS value_days,
    closing.observed_date - CASE
      WHEN opening.series_id IS NULL
      THEN series.first_date - 1
      ELSE CAST($1 AS DATE)
    END AS value_day_count,
    COALESCE(closing.running_observations, 0) - COALESCE(opening.running_observations, 0) AS observed_days,
    COALESCE(opening.running_observations, 0) - COALESCE(earlier.running_observations, 0) AS previous_observed_days,
    GREATEST(1, DIV((
      CAST($2 AS DATE) - CAST($1 AS DATE)
    ), series.cadence_days)) AS expected_days,
    CAST(COALESCE(closing.running_breaks, 0) - COALESCE(opening.running_breaks, 0) AS BIGINT) AS breaks,
    series.kind = 'flow'
    AND COALESCE(closing.running_breaks, 0) > COALESCE(earlier.running_breaks, 0) AS is_rescaled,
    earlier.value > 0 AND opening.running_breaks - earlier.running_breaks < 131072 AS is_earlier_comparable,
    COALESCE(closing.observed_date >= series.unconfirmed_from_date, FALSE) AS is_unconfirmed
  FROM "intermediate"."int_series_described" AS series
  LEFT JOIN (
    SELECT
      series_id,
      observed_date,
      value,
      linked_value,
      running_gain,
      running_value_days,
      running_observations,
      running_breaks
    FROM "metrics"."fct_observations"
    WHERE
      observed_date BETWEEN CAST($1 AS DATE) - 7 AND CAST($1 AS DATE)
      AND NOT is_outlier
      AND (
        next_observed_date > CAST($1 AS DATE) OR next_observed_date IS NULL
      )
    UNION ALL
    SELECT
      series_id,
      silent_from_date AS observed_date,
      value,
      linked_value,
      running_gain,
      running_value_days,
      running_observations,
      running_breaks
    FROM "metrics"."fct_silences"
    WHERE
      silent_from_date < CAST($1 AS DATE) - 7
      AND (
        silent_until_date > CAST($1 AS DATE) OR silent_until_date IS NULL
      )
  ) AS opening
    ON series.series_id = opening.series_id
  LEFT JOIN (
    SELECT
      series_id,
      observed_date,
      value,
      linked_value,
      running_gain,
      running_value_days,
      running_observations,
      running_breaks
    FROM "metrics"."fct_observations"
    WHERE
      observed_date BETWEEN CAST($2 AS DATE) - 7 AND CAST($2 AS DATE)
      AND NOT is_outlier
      AND (
        next_observed_date > CAST($2 AS DATE) OR next_observed_date IS NULL
      )
    UNION ALL
    SELECT
      series_id,
      silent_from_date AS observed_date,
      value,
      linked_value,
      running_gain,
      running_value_days,
      running_observations,
      running_breaks
    FROM "metrics"."fct_silences"
    WHERE
      silent_from_date < CAST($2 AS DATE) - 7
      AND (
        silent_until_date > CAST($2 AS DATE) OR silent_until_date IS NULL
      )
  ) AS closing
    ON series.series_id = closing.series_id
  LEFT JOIN (
    SELECT
      series_id,
      observed_date,
      value,
      linked_value,
      running_gain,
      running_value_days,
      running_observations,
      running_breaks
    FROM "metrics"."fct_observations"
    WHERE
      observed_date BETWEEN CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT) - 7 AND CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT)
      AND NOT is_outlier
      AND (
        next_observed_date > CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT)
        OR next_observed_date IS NULL
      )
    UNION ALL
    SELECT
      series_id,
      silent_from_date AS observed_date,
      value,
      linked_value,
      running_gain,
      running_value_days,
      running_observations,
      running_breaks
    FROM "metrics"."fct_silences"
    WHERE
      silent_from_date < CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT) - 7
      AND (
        silent_until_date > CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT)
        OR silent_until_date IS NULL
      )
  ) AS earlier
    ON series.series_id = earlier.series_id
), statuses AS (
  SELECT
    *
  FROM "metrics"."dim_growth_statuses"
), known AS (
  SELECT
    *,
    CAST(breaks % 131072 AS INT) AS correction_count,
    CAST(DIV(breaks, 131072) % 4096 AS INT) AS restatement_count,
    CAST(DIV(breaks, 536870912) % 4096 AS INT) AS reset_count,
    CAST(DIV(breaks, 2199023255552) AS INT) AS relink_count,
    CASE WHEN kind = 'flow' THEN observed_days > 0 ELSE NOT end_value IS NULL END AS has_end,
    CASE
      WHEN kind = 'flow'
      THEN previous_observed_days > 0
      ELSE NOT start_value IS NULL
    END AS has_base,
    LEAST(1, CAST(observed_days AS DOUBLE PRECISION) / expected_days) AS coverage_ratio,
    observed_days >= 0.8 * expected_days AS is_covered,
    CASE
      WHEN kind = 'flow'
      THEN LEAST(observed_days, previous_observed_days)
      ELSE observed_days
    END < 0.8 * expected_days AS is_thin,
    CASE WHEN kind = 'flow' THEN previous_gained ELSE start_value END AS base,
    kind = 'flow' OR COALESCE(is_earlier_comparable, FALSE) AS is_pace_comparable,
    CASE
      WHEN is_rescaled AND LEAST(observed_days, previous_observed_days) > 0
      THEN 'restated_in_window'
      WHEN start_value IS NULL OR end_value IS NULL
      THEN NULL
      WHEN DIV(breaks, 536870912) % 4096 > 0
      THEN 'reset_in_window'
      WHEN DIV(breaks, 131072) % 4096 > 0
      THEN 'restated_in_window'
      WHEN breaks >= 2199023255552
      THEN 'relinked_in_window'
      WHEN is_unconfirmed
      THEN 'unconfirmed_end'
    END AS break_status
  FROM anchors
), judged AS (
  SELECT
    *,
    CASE
      WHEN end_observed_date IS NULL OR (
        kind = 'flow' AND NOT has_end
      )
      THEN 'no_end'
      WHEN start_observed_date IS NULL OR (
        kind = 'flow' AND NOT has_base
      )
      THEN 'no_base'
      WHEN NOT has_end
      THEN 'stale_end'
      WHEN NOT has_base
      THEN 'stale_base'
      WHEN base <= 0
      THEN 'zero_base'
      WHEN NOT break_status IS NULL
      THEN break_status
      WHEN is_thin
      THEN 'low_coverage'
      WHEN base < min_base
      THEN 'low_base'
      WHEN is_partial
      THEN 'partial_window'
      ELSE 'ok'
    END AS status,
    CASE
      WHEN kind = 'flow'
      THEN CASE WHEN has_end THEN gained END
      WHEN is_new AND kind = 'counter'
      THEN end_value - linked_change
      ELSE end_value - start_value - linked_change
    END AS growth,
    CASE WHEN has_end AND (
      has_base OR kind = 'flow'
    ) THEN gained END AS gained_here,
    CASE
      WHEN has_base AND (
        has_earlier_value OR kind = 'flow'
      )
      THEN previous_gained
    END AS gained_before
  FROM known
), rated AS (
  SELECT
    judged.*,
    statuses.has_percent AND (
      judged.kind <> 'flow' OR NOT judged.is_thin
    ) AS has_percent
  FROM judged
  INNER JOIN statuses
    ON judged.status = statuses.status
), compared AS (
  SELECT
    *,
    CASE
      WHEN has_percent AND gained_before > 0 AND is_pace_comparable
      THEN CASE
        WHEN anchored_days = anchored_days_before
        THEN CAST(100 * (
          gained_here - gained_before
        ) AS DOUBLE PRECISION) / gained_before
        WHEN anchored_days > 0
        THEN CAST(100 * (
          gained_here * anchored_days_before - gained_before * anchored_days
        ) AS DOUBLE PRECISION) / (
          gained_before * anchored_days
        )
      END
    END AS period_change_pct,
    CASE
      WHEN has_percent AND kind <> 'flow' AND start_value + growth >= 0
      THEN CASE
        WHEN start_value + growth = 0
        THEN -100
        ELSE 200 * EXP(
          CAST(CASE
            WHEN 2 * ABS(growth) < start_value
            THEN ATANH(CAST(growth AS DOUBLE PRECISION) / (
              2 * start_value + growth
            ))
            ELSE CAST(LN(CAST((
              start_value + growth
            ) AS DOUBLE PRECISION) / start_value) AS DOUBLE PRECISION) / 2
          END AS DOUBLE PRECISION) / window_days
        ) * SINH(
          CAST(CASE
            WHEN 2 * ABS(growth) < start_value
            THEN ATANH(CAST(growth AS DOUBLE PRECISION) / (
              2 * start_value + growth
            ))
            ELSE CAST(LN(CAST((
              start_value + growth
            ) AS DOUBLE PRECISION) / start_value) AS DOUBLE PRECISION) / 2
          END AS DOUBLE PRECISION) / window_days
        )
      END
    END AS daily_rate_pct
  FROM rated
), grown AS (
  SELECT
    *,
    CASE
      WHEN kind = 'flow'
      THEN period_change_pct
      WHEN has_percent
      THEN CAST(100 * growth AS DOUBLE PRECISION) / start_value
    END AS growth_pct
  FROM compared
), checked AS (
  SELECT
    *
  FROM grown
  WHERE
    CASE
      WHEN CAST($2 AS DATE) > CAST($1 AS DATE)
      THEN TRUE
      ELSE metrics.error('to_date must be after from_date')
    END
)
SELECT
  *
FROM checked
) as result
$$;
comment on function metrics.judged_series_growth(date, date) is 'One row per series with all that its window shows; `series_growth` has the columns for people.';
create function metrics.grouped_series_growth(from_date date, to_date date) returns table (
    "subject" text,
    "subject_type" text,
    "name" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "kind" text,
    "member_type" text,
    "is_partial" boolean,
    "window_days" bigint,
    "min_base" double precision,
    "start_value" double precision,
    "start_observed_date" date,
    "start_age_days" bigint,
    "end_value" double precision,
    "end_observed_date" date,
    "end_age_days" bigint,
    "growth" double precision,
    "anchored_days" bigint,
    "growth_per_day" double precision,
    "gained" double precision,
    "previous_gained" double precision,
    "gained_again" double precision,
    "gained_then" double precision,
    "observed_days" bigint,
    "expected_days" bigint,
    "covered_days" bigint,
    "correction_count" bigint,
    "restatement_count" bigint,
    "reset_count" bigint,
    "relink_count" bigint,
    "is_new" boolean,
    "same_count" bigint,
    "new_count" bigint,
    "new_value" double precision,
    "lost_count" bigint,
    "lost_value" double precision,
    "restated_count" bigint,
    "restated_change" double precision,
    "twin_count" bigint,
    "reason_rank" integer
) language sql stable as $$
select
    cast("subject" as text),
    cast("subject_type" as text),
    cast("name" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("kind" as text),
    cast("member_type" as text),
    cast("is_partial" as boolean),
    cast("window_days" as bigint),
    cast("min_base" as double precision),
    cast("start_value" as double precision),
    cast("start_observed_date" as date),
    cast("start_age_days" as bigint),
    cast("end_value" as double precision),
    cast("end_observed_date" as date),
    cast("end_age_days" as bigint),
    cast("growth" as double precision),
    cast("anchored_days" as bigint),
    cast("growth_per_day" as double precision),
    cast("gained" as double precision),
    cast("previous_gained" as double precision),
    cast("gained_again" as double precision),
    cast("gained_then" as double precision),
    cast("observed_days" as bigint),
    cast("expected_days" as bigint),
    cast("covered_days" as bigint),
    cast("correction_count" as bigint),
    cast("restatement_count" as bigint),
    cast("reset_count" as bigint),
    cast("relink_count" as bigint),
    cast("is_new" as boolean),
    cast("same_count" as bigint),
    cast("new_count" as bigint),
    cast("new_value" as double precision),
    cast("lost_count" as bigint),
    cast("lost_value" as double precision),
    cast("restated_count" as bigint),
    cast("restated_change" as double precision),
    cast("twin_count" as bigint),
    cast("reason_rank" as integer)
from (
WITH growth AS (
  SELECT
    *
  FROM "metrics"."judged_series_growth"($1, $2)
), members AS (
  SELECT
    *
  FROM "intermediate"."int_series_grouped"
  WHERE
    is_additive
), statuses AS (
  SELECT
    *
  FROM "metrics"."dim_growth_statuses"
), matched AS (
  SELECT
    members.subject,
    members.subject_type,
    members.name,
    members.member_type,
    members.weight,
    members.counted_by,
    growth.series_id,
    growth.is_new,
    growth.platform,
    growth.metric,
    growth.unit,
    growth.kind,
    growth.min_base,
    growth.is_partial,
    growth.window_days,
    growth.start_observed_date,
    growth.start_age_days,
    growth.start_value,
    growth.end_observed_date,
    growth.end_age_days,
    growth.end_value,
    growth.linked_change,
    growth.has_earlier_value,
    growth.gained,
    growth.previous_gained,
    growth.gained_day_count,
    growth.anchored_days,
    growth.anchored_days_before,
    growth.value_days,
    growth.value_day_count,
    growth.observed_days,
    growth.previous_observed_days,
    growth.expected_days,
    growth.correction_count,
    growth.restatement_count,
    growth.reset_count,
    growth.relink_count,
    growth.breaks,
    growth.is_rescaled,
    growth.is_earlier_comparable,
    growth.is_unconfirmed,
    growth.break_status,
    growth.has_end,
    growth.has_base,
    growth.coverage_ratio,
    growth.is_covered,
    growth.is_thin,
    growth.base,
    growth.is_pace_comparable,
    growth.status,
    growth.growth,
    growth.gained_here,
    growth.gained_before,
    growth.has_percent,
    growth.period_change_pct,
    growth.daily_rate_pct,
    growth.growth_pct,
    NOT growth.gained_before IS NULL
    AND growth.is_pace_comparable
    AND LEAST(growth.anchored_days, growth.anchored_days_before) > 0
    AND NOT (
      growth.kind = 'flow' AND (
        growth.is_thin OR NOT growth.break_status IS NULL
      )
    ) AS is_again,
    CASE
      WHEN NOT members.counts
      THEN 'twin'
      WHEN NOT growth.has_end AND NOT growth.has_base
      THEN 'absent'
      WHEN growth.kind = 'flow' AND growth.has_end
      THEN 'same'
      WHEN NOT growth.has_base
      THEN 'new'
      WHEN NOT growth.has_end
      THEN 'lost'
      WHEN NOT growth.break_status IS NULL
      THEN 'restated'
      ELSE 'same'
    END AS part,
    statuses.status_rank
  FROM growth
  INNER JOIN members
    ON growth.series_id = members.series_id
  INNER JOIN statuses
    ON COALESCE(growth.break_status, growth.status) = statuses.status
), summed AS (
  SELECT
    subject,
    subject_type,
    name,
    platform,
    metric,
    unit,
    kind,
    member_type,
    is_partial,
    window_days,
    min_base,
    SUM(weight * start_value) FILTER(WHERE
      part = 'same') AS start_value,
    MIN(start_observed_date) FILTER(WHERE
      part = 'same') AS start_observed_date,
    MAX(start_age_days) FILTER(WHERE
      part = 'same') AS start_age_days,
    SUM(weight * end_value) FILTER(WHERE
      part = 'same') AS end_value,
    MIN(end_observed_date) FILTER(WHERE
      part = 'same') AS end_observed_date,
    MAX(end_age_days) FILTER(WHERE
      part = 'same') AS end_age_days,
    SUM(weight * growth) FILTER(WHERE
      part = 'same') AS growth,
    CASE
      WHEN MIN(LEAST(anchored_days)) FILTER(WHERE
        part = 'same') = MAX(GREATEST(anchored_days)) FILTER(WHERE
        part = 'same')
      THEN MIN(anchored_days) FILTER(WHERE
        part = 'same')
    END AS anchored_days,
    CAST(SUM(
      CAST(CAST(weight * growth AS DOUBLE PRECISION) / NULLIF(anchored_days, 0) AS DECIMAL(38, 16))
    ) FILTER(WHERE
      part = 'same') AS DOUBLE PRECISION) AS growth_per_day,
    SUM(weight * gained_here) FILTER(WHERE
      part = 'same') AS gained,
    SUM(weight * gained_before) FILTER(WHERE
      part = 'same') AS previous_gained,
    CASE
      WHEN CASE
        WHEN MIN(LEAST(anchored_days, anchored_days_before)) FILTER(WHERE
          part = 'same' AND is_again) = MAX(GREATEST(anchored_days, anchored_days_before)) FILTER(WHERE
          part = 'same' AND is_again)
        THEN MIN(anchored_days) FILTER(WHERE
          part = 'same' AND is_again)
      END IS NULL
      THEN CAST(SUM(
        CAST(CAST(weight * gained_here AS DOUBLE PRECISION) / NULLIF(anchored_days, 0) AS DECIMAL(38, 16))
      ) FILTER(WHERE
        part = 'same' AND is_again) AS DOUBLE PRECISION)
      ELSE SUM(weight * gained_here) FILTER(WHERE
        part = 'same' AND is_again)
    END AS gained_again,
    CASE
      WHEN CASE
        WHEN MIN(LEAST(anchored_days, anchored_days_before)) FILTER(WHERE
          part = 'same' AND is_again) = MAX(GREATEST(anchored_days, anchored_days_before)) FILTER(WHERE
          part = 'same' AND is_again)
        THEN MIN(anchored_days) FILTER(WHERE
          part = 'same' AND is_again)
      END IS NULL
      THEN CAST(SUM(
        CAST(CAST(weight * gained_before AS DOUBLE PRECISION) / NULLIF(anchored_days_before, 0) AS DECIMAL(38, 16))
      ) FILTER(WHERE
        part = 'same' AND is_again) AS DOUBLE PRECISION)
      ELSE SUM(weight * gained_before) FILTER(WHERE
        part = 'same' AND is_again)
    END AS gained_then,
    CAST(COALESCE(SUM(observed_days) FILTER(WHERE
      part = 'same'), 0) AS BIGINT) AS observed_days,
    CAST(COALESCE(SUM(expected_days) FILTER(WHERE
      part = 'same'), 0) AS BIGINT) AS expected_days,
    CAST(COALESCE(SUM(LEAST(observed_days, expected_days)) FILTER(WHERE
      part = 'same'), 0) AS BIGINT) AS covered_days,
    CAST(COALESCE(SUM(correction_count) FILTER(WHERE
      part <> 'twin'), 0) AS BIGINT) AS correction_count,
    CAST(COALESCE(SUM(restatement_count) FILTER(WHERE
      part <> 'twin'), 0) AS BIGINT) AS restatement_count,
    CAST(COALESCE(SUM(reset_count) FILTER(WHERE
      part <> 'twin'), 0) AS BIGINT) AS reset_count,
    CAST(COALESCE(SUM(relink_count) FILTER(WHERE
      part <> 'twin'), 0) AS BIGINT) AS relink_count,
    COALESCE(BOOL_AND(is_new) FILTER(WHERE
      part <> 'twin'), FALSE) AS is_new,
    COUNT(*) FILTER(WHERE
      part = 'same') AS same_count,
    COUNT(*) FILTER(WHERE
      part = 'new') AS new_count,
    COALESCE(SUM(weight * end_value) FILTER(WHERE
      part = 'new'), 0) AS new_value,
    COUNT(*) FILTER(WHERE
      part = 'lost') AS lost_count,
    COALESCE(SUM(weight * start_value) FILTER(WHERE
      part = 'lost'), 0) AS lost_value,
    COUNT(*) FILTER(WHERE
      part = 'restated') AS restated_count,
    COALESCE(SUM(weight * (
      end_value - start_value
    )) FILTER(WHERE
      part = 'restated'), 0) AS restated_change,
    COUNT(*) FILTER(WHERE
      part = 'twin') - COUNT(DISTINCT counted_by) FILTER(WHERE
      part = 'twin') AS twin_count,
    COALESCE(
      MIN(status_rank) FILTER(WHERE
        part = 'restated'),
      MAX(status_rank) FILTER(WHERE
        part <> 'twin')
    ) AS reason_rank
  FROM matched
  GROUP BY
    subject,
    subject_type,
    name,
    platform,
    metric,
    unit,
    kind,
    member_type,
    is_partial,
    window_days,
    min_base
)
SELECT
  *
FROM summed
) as result
$$;
comment on function metrics.grouped_series_growth(date, date) is 'One row per group, metric and type of member: the sums that `group_growth` judges.';
create function metrics.group_growth(in_from_date date, in_to_date date) returns table (
    "subject" text,
    "name" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "start_value" double precision,
    "start_observed_date" date,
    "start_age_days" bigint,
    "end_value" double precision,
    "end_observed_date" date,
    "end_age_days" bigint,
    "growth" double precision,
    "growth_pct" double precision,
    "gained" double precision,
    "anchored_days" bigint,
    "growth_per_day" double precision,
    "previous_gained" double precision,
    "period_change_pct" double precision,
    "daily_rate_pct" double precision,
    "observed_days" bigint,
    "expected_days" bigint,
    "coverage_ratio" double precision,
    "correction_count" bigint,
    "restatement_count" bigint,
    "reset_count" bigint,
    "relink_count" bigint,
    "is_new" boolean,
    "status" text,
    "subject_type" text,
    "member_type" text,
    "same_count" bigint,
    "new_count" bigint,
    "new_value" double precision,
    "lost_count" bigint,
    "lost_value" double precision,
    "restated_count" bigint,
    "restated_change" double precision,
    "total_change" double precision,
    "twin_count" bigint
) language sql stable as $$
select
    cast("subject" as text),
    cast("name" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("from_date" as date),
    cast("to_date" as date),
    cast("start_value" as double precision),
    cast("start_observed_date" as date),
    cast("start_age_days" as bigint),
    cast("end_value" as double precision),
    cast("end_observed_date" as date),
    cast("end_age_days" as bigint),
    cast("growth" as double precision),
    cast("growth_pct" as double precision),
    cast("gained" as double precision),
    cast("anchored_days" as bigint),
    cast("growth_per_day" as double precision),
    cast("previous_gained" as double precision),
    cast("period_change_pct" as double precision),
    cast("daily_rate_pct" as double precision),
    cast("observed_days" as bigint),
    cast("expected_days" as bigint),
    cast("coverage_ratio" as double precision),
    cast("correction_count" as bigint),
    cast("restatement_count" as bigint),
    cast("reset_count" as bigint),
    cast("relink_count" as bigint),
    cast("is_new" as boolean),
    cast("status" as text),
    cast("subject_type" as text),
    cast("member_type" as text),
    cast("same_count" as bigint),
    cast("new_count" as bigint),
    cast("new_value" as double precision),
    cast("lost_count" as bigint),
    cast("lost_value" as double precision),
    cast("restated_count" as bigint),
    cast("restated_change" as double precision),
    cast("total_change" as double precision),
    cast("twin_count" as bigint)
from (
WITH sums AS (
  SELECT
    *
  FROM "metrics"."grouped_series_growth"($1, $2)
), statuses AS (
  SELECT
    *
  FROM "metrics"."dim_growth_statuses"
), known AS (
  SELECT
    *,
    CASE
      WHEN kind = 'flow'
      THEN COALESCE(gained_then, previous_gained)
      ELSE start_value
    END AS base,
    covered_days < 0.8 * expected_days AS is_thin
  FROM sums
), judged AS (
  SELECT
    known.*,
    CASE
      WHEN known.same_count = 0
      THEN COALESCE(reasons.status, 'no_end')
      WHEN known.base IS NULL
      THEN 'no_base'
      WHEN known.base <= 0
      THEN 'zero_base'
      WHEN known.kind = 'flow' AND known.gained_then IS NULL
      THEN reasons.status
      WHEN known.is_thin
      THEN 'low_coverage'
      WHEN known.base < known.min_base
      THEN 'low_base'
      WHEN known.is_partial
      THEN 'partial_window'
      ELSE 'ok'
    END AS status
  FROM known
  LEFT JOIN statuses AS reasons
    ON known.reason_rank = reasons.status_rank
), rated AS (
  SELECT
    judged.*,
    statuses.has_percent AND (
      judged.kind <> 'flow' OR NOT judged.is_thin
    ) AS has_percent
  FROM judged
  INNER JOIN statuses
    ON judged.status = statuses.status
), compared AS (
  SELECT
    *,
    CASE
      WHEN has_percent AND gained_then > 0
      THEN CAST(100 * (
        gained_again - gained_then
      ) AS DOUBLE PRECISION) / gained_then
    END AS period_change_pct
  FROM rated
), described AS (
  SELECT
    subject,
    name,
    platform,
    metric,
    unit,
    CAST($1 AS DATE) AS from_date,
    CAST($2 AS DATE) AS to_date,
    start_value,
    start_observed_date,
    start_age_days,
    end_value,
    end_observed_date,
    end_age_days,
    growth,
    CASE
      WHEN kind = 'flow'
      THEN period_change_pct
      WHEN has_percent
      THEN CAST(100 * growth AS DOUBLE PRECISION) / start_value
    END AS growth_pct,
    gained,
    anchored_days,
    growth_per_day,
    previous_gained,
    period_change_pct,
    CASE
      WHEN has_percent AND kind <> 'flow' AND start_value + growth >= 0
      THEN CASE
        WHEN start_value + growth = 0
        THEN -100
        ELSE 200 * EXP(
          CAST(CASE
            WHEN 2 * ABS(growth) < start_value
            THEN ATANH(CAST(growth AS DOUBLE PRECISION) / (
              2 * start_value + growth
            ))
            ELSE CAST(LN(CAST((
              start_value + growth
            ) AS DOUBLE PRECISION) / start_value) AS DOUBLE PRECISION) / 2
          END AS DOUBLE PRECISION) / window_days
        ) * SINH(
          CAST(CASE
            WHEN 2 * ABS(growth) < start_value
            THEN ATANH(CAST(growth AS DOUBLE PRECISION) / (
              2 * start_value + growth
            ))
            ELSE CAST(LN(CAST((
              start_value + growth
            ) AS DOUBLE PRECISION) / start_value) AS DOUBLE PRECISION) / 2
          END AS DOUBLE PRECISION) / window_days
        )
      END
    END AS daily_rate_pct,
    observed_days,
    expected_days,
    CASE
      WHEN expected_days > 0
      THEN CAST(covered_days AS DOUBLE PRECISION) / expected_days
      ELSE 0
    END AS coverage_ratio,
    correction_count,
    restatement_count,
    reset_count,
    relink_count,
    is_new,
    status,
    subject_type,
    member_type,
    same_count,
    new_count,
    new_value,
    lost_count,
    lost_value,
    restated_count,
    restated_change,
    COALESCE(growth, 0) + new_value - lost_value + restated_change AS total_change,
    twin_count
  FROM compared
)
SELECT
  *
FROM described
) as result
$$;
comment on function metrics.group_growth(date, date) is 'One row per group, metric and type of member. Every subject is a group of its own; so are platforms.';
create function metrics.artist_growth(in_from_date date, in_to_date date) returns table (
    "subject" text,
    "name" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "start_value" double precision,
    "start_observed_date" date,
    "start_age_days" bigint,
    "end_value" double precision,
    "end_observed_date" date,
    "end_age_days" bigint,
    "growth" double precision,
    "growth_pct" double precision,
    "gained" double precision,
    "anchored_days" bigint,
    "growth_per_day" double precision,
    "previous_gained" double precision,
    "period_change_pct" double precision,
    "daily_rate_pct" double precision,
    "observed_days" bigint,
    "expected_days" bigint,
    "coverage_ratio" double precision,
    "correction_count" bigint,
    "restatement_count" bigint,
    "reset_count" bigint,
    "relink_count" bigint,
    "is_new" boolean,
    "status" text,
    "subject_type" text,
    "member_type" text,
    "same_count" bigint,
    "new_count" bigint,
    "new_value" double precision,
    "lost_count" bigint,
    "lost_value" double precision,
    "restated_count" bigint,
    "restated_change" double precision,
    "total_change" double precision,
    "twin_count" bigint
) language sql stable as $$
select
    cast("subject" as text),
    cast("name" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("from_date" as date),
    cast("to_date" as date),
    cast("start_value" as double precision),
    cast("start_observed_date" as date),
    cast("start_age_days" as bigint),
    cast("end_value" as double precision),
    cast("end_observed_date" as date),
    cast("end_age_days" as bigint),
    cast("growth" as double precision),
    cast("growth_pct" as double precision),
    cast("gained" as double precision),
    cast("anchored_days" as bigint),
    cast("growth_per_day" as double precision),
    cast("previous_gained" as double precision),
    cast("period_change_pct" as double precision),
    cast("daily_rate_pct" as double precision),
    cast("observed_days" as bigint),
    cast("expected_days" as bigint),
    cast("coverage_ratio" as double precision),
    cast("correction_count" as bigint),
    cast("restatement_count" as bigint),
    cast("reset_count" as bigint),
    cast("relink_count" as bigint),
    cast("is_new" as boolean),
    cast("status" as text),
    cast("subject_type" as text),
    cast("member_type" as text),
    cast("same_count" as bigint),
    cast("new_count" as bigint),
    cast("new_value" as double precision),
    cast("lost_count" as bigint),
    cast("lost_value" as double precision),
    cast("restated_count" as bigint),
    cast("restated_change" as double precision),
    cast("total_change" as double precision),
    cast("twin_count" as bigint)
from (
WITH growth AS (
  SELECT
    *
  FROM "metrics"."group_growth"($1, $2)
), artists AS (
  SELECT
    *
  FROM growth
  WHERE
    subject_type = 'artist'
)
SELECT
  *
FROM artists
) as result
$$;
comment on function metrics.artist_growth(date, date) is 'One row per artist, metric and type of member: the growth of the songs that can be compared, and what came and went beside them; and of what platforms count of the artist. A song of several artists counts in full for each, so artists do not add up to a platform.';
create view metrics.fct_observation_versions as
WITH observations AS (
  SELECT
    *
  FROM "metrics"."fct_observations"
), replaced AS (
  SELECT
    *
  FROM "staging"."stg_load_audit__replaced_observations"
), judgements AS (
  SELECT
    *
  FROM "staging"."stg_load_audit__judgements"
), judgements_dated AS (
  SELECT
    judged_at,
    MAX(newest_load_id) AS newest_load_id
  FROM judgements
  GROUP BY
    judged_at
), versions AS (
  SELECT
    series_id,
    observed_date,
    value,
    linked_value,
    change,
    span_days,
    next_observed_date,
    change_class,
    is_outlier,
    running_gain,
    running_value_days,
    running_observations,
    running_breaks,
    running_corrections,
    running_restatements,
    running_resets,
    running_relinks,
    known_from,
    CAST(NULL AS TIMESTAMP) AS known_until
  FROM observations
  UNION ALL
  SELECT
    series_id,
    observed_date,
    value,
    linked_value,
    change,
    span_days,
    next_observed_date,
    change_class,
    is_outlier,
    running_gain,
    running_value_days,
    running_observations,
    running_breaks,
    running_corrections,
    running_restatements,
    running_resets,
    running_relinks,
    known_from,
    known_until
  FROM replaced
), loaded AS (
  SELECT
    versions.*,
    judgements_dated.newest_load_id
  FROM versions
  LEFT JOIN judgements_dated
    ON versions.known_from = judgements_dated.judged_at
)
SELECT
  *
FROM loaded;
comment on view metrics.fct_observation_versions is 'One row per series, day and version of what was known of it: from the build that brought it until the one that said otherwise or took it away. The newest versions are the rows of fct_observations.';
comment on column metrics.fct_observation_versions."series_id" is 'Key of one subject''s one metric, computed from both: the same in every build.';
comment on column metrics.fct_observation_versions."observed_date" is 'Day of the observation, as the source dates it (its first ten characters).';
comment on column metrics.fct_observation_versions."value" is 'The value observed that day, in the unit of its metric.';
comment on column metrics.fct_observation_versions."linked_value" is 'What identifiers brought when they were linked, less what they took when they went, so far: part of the value, but no growth.';
comment on column metrics.fct_observation_versions."change" is 'Value less that of the sound observation before, without what came or went with identifiers; null for the first one and for an outlier.';
comment on column metrics.fct_observation_versions."span_days" is 'Days since the observation before, which `change` covers; null for the first observation.';
comment on column metrics.fct_observation_versions."next_observed_date" is 'Day of the sound observation after, until which this one is the latest; null for the newest one and for an outlier.';
comment on column metrics.fct_observation_versions."change_class" is 'first, increase, unchanged or decrease; relinked if identifiers came or went; of a counter, which cannot fall: correction, restatement or reset, by the ratios in `dim_metrics`; restatement also where a newer version of the same days begins; outlier.';
comment on column metrics.fct_observation_versions."is_outlier" is 'Whether both neighbours contradict the value: it is kept, but no anchor and in no total.';
comment on column metrics.fct_observation_versions."running_gain" is 'Sum of the rises so far, of a flow the sum of its values; null for an outlier.';
comment on column metrics.fct_observation_versions."running_value_days" is 'Value times days so far, each value counted until the next observation; null for an outlier.';
comment on column metrics.fct_observation_versions."running_observations" is 'Number of observations so far, this one included; null for an outlier.';
comment on column metrics.fct_observation_versions."running_breaks" is 'All four counts of breaks so far in one number, as windows read them: corrections, plus 2^17 for each restatement, 2^29 for each reset, 2^41 for each relink; null for an outlier.';
comment on column metrics.fct_observation_versions."running_corrections" is 'Number of corrections so far; null for an outlier.';
comment on column metrics.fct_observation_versions."running_restatements" is 'Number of restatements so far; null for an outlier.';
comment on column metrics.fct_observation_versions."running_resets" is 'Number of resets so far; null for an outlier.';
comment on column metrics.fct_observation_versions."running_relinks" is 'Number of times so far that identifiers came or went; null for an outlier.';
comment on column metrics.fct_observation_versions."known_from" is 'Start of the build since which the row is as it is, UTC; that the series goes on after it is no change.';
comment on column metrics.fct_observation_versions."known_until" is 'Start of the build since which it is another or gone, UTC; null if it still is as it is.';
comment on column metrics.fct_observation_versions."newest_load_id" is 'The newest load that the build knew, see `load_audit.loads`.';
create or replace function metrics.error(message text) returns boolean language plpgsql as
$$ begin raise exception '%', message; end $$;
create function metrics.listed_place_growth(from_date date, to_date date) returns table (
    "place_id" text,
    "name" text,
    "artist_credit" text,
    "artist_id" text,
    "place_type" text,
    "place_country" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "kind" text,
    "min_base" double precision,
    "cadence_days" integer,
    "max_age_days" integer,
    "complete_through_date" date,
    "expected_days" bigint,
    "start_observed_date" date,
    "value_before" double precision,
    "end_observed_date" date,
    "value_inside" double precision,
    "has_other_cities" boolean,
    "city_set_count" bigint,
    "restatement_count" bigint,
    "scale_change_count" bigint,
    "reset_count" bigint,
    "relink_count" bigint,
    "changes_scale" boolean,
    "is_unconfirmed" boolean,
    "observed_days" bigint,
    "previous_observed_days" bigint,
    "summed" double precision,
    "previous_summed" double precision,
    "comparable_summed" double precision,
    "confirmed_days" bigint,
    "confirmed_date" date,
    "confirmed_value" double precision,
    "confirmed_sum" double precision
) language sql stable as $$
select
    cast("place_id" as text),
    cast("name" as text),
    cast("artist_credit" as text),
    cast("artist_id" as text),
    cast("place_type" as text),
    cast("place_country" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("kind" as text),
    cast("min_base" as double precision),
    cast("cadence_days" as integer),
    cast("max_age_days" as integer),
    cast("complete_through_date" as date),
    cast("expected_days" as bigint),
    cast("start_observed_date" as date),
    cast("value_before" as double precision),
    cast("end_observed_date" as date),
    cast("value_inside" as double precision),
    cast("has_other_cities" as boolean),
    cast("city_set_count" as bigint),
    cast("restatement_count" as bigint),
    cast("scale_change_count" as bigint),
    cast("reset_count" as bigint),
    cast("relink_count" as bigint),
    cast("changes_scale" as boolean),
    cast("is_unconfirmed" as boolean),
    cast("observed_days" as bigint),
    cast("previous_observed_days" as bigint),
    cast("summed" as double precision),
    cast("previous_summed" as double precision),
    cast("comparable_summed" as double precision),
    cast("confirmed_days" as bigint),
    cast("confirmed_date" as date),
    cast("confirmed_value" as double precision),
    cast("confirmed_sum" as double precision)
from (
WITH places AS (
  SELECT
    *
  FROM "intermediate"."int_places_described"
), observations AS (
  SELECT
    *
  FROM "intermediate"."int_place_days_judged"
), dated AS (
  SELECT
    places.*,
    observations.observed_date,
    observations.value,
    observations.cities_key,
    observations.running_restatements,
    observations.running_resets,
    observations.running_relinks,
    observations.running_restatements + observations.running_resets + observations.running_relinks AS scale_number,
    observations.is_unsettled,
    CAST($2 AS DATE) - CAST($1 AS DATE) AS window_days,
    observations.observed_date > CAST($1 AS DATE) AS is_inside,
    observations.observed_date <= CAST($1 AS DATE)
    AND observations.observed_date > CAST($1 AS DATE) - CAST(CAST($2 AS DATE) - CAST($1 AS DATE) AS INT) AS is_before,
    observations.observed_date > CAST($1 AS DATE) AND NOT observations.is_unsettled AS is_confirmed
  FROM places
  INNER JOIN observations
    ON places.place_id = observations.place_id
    AND places.metric_id = observations.metric_id
  WHERE
    observations.observed_date <= CAST($2 AS DATE)
    AND CASE
      WHEN CAST($2 AS DATE) > CAST($1 AS DATE)
      THEN TRUE
      ELSE metrics.error('to_date must be after from_date')
    END
), spanned AS (
  SELECT
    place_id,
    name,
    artist_credit,
    artist_id,
    place_type,
    place_country,
    platform,
    metric,
    unit,
    kind,
    min_base,
    cadence_days,
    max_age_days,
    complete_through_date,
    GREATEST(1, DIV(window_days, cadence_days)) AS expected_days,
    MAX(observed_date) FILTER(WHERE
      NOT is_inside) AS start_observed_date,
    (
      ARRAY_AGG(value ORDER BY observed_date DESC NULLS LAST) FILTER(WHERE
        (
          NOT value IS NULL AND NOT observed_date IS NULL
        ) AND NOT is_inside)
    )[1] AS value_before,
    MAX(observed_date) FILTER(WHERE
      is_inside) AS end_observed_date,
    (
      ARRAY_AGG(value ORDER BY observed_date DESC NULLS LAST) FILTER(WHERE
        (
          NOT value IS NULL AND NOT observed_date IS NULL
        ) AND is_inside)
    )[1] AS value_inside,
    (
      ARRAY_AGG(cities_key ORDER BY observed_date DESC NULLS LAST) FILTER(WHERE
        (
          NOT cities_key IS NULL AND NOT observed_date IS NULL
        ) AND NOT is_inside)
    )[1] <> (
      ARRAY_AGG(cities_key ORDER BY observed_date DESC NULLS LAST) FILTER(WHERE
        (
          NOT cities_key IS NULL AND NOT observed_date IS NULL
        ) AND is_inside)
    )[1] AS has_other_cities,
    COUNT(DISTINCT cities_key) FILTER(WHERE
      is_inside OR is_before) AS city_set_count,
    MAX(running_restatements) - COALESCE(MAX(running_restatements) FILTER(WHERE
      NOT is_inside), 0) AS restatement_count,
    MAX(running_restatements) - COALESCE(
      MAX(running_restatements) FILTER(WHERE
        NOT is_inside AND NOT (
          kind = 'flow' AND is_before
        )),
      0
    ) AS scale_change_count,
    MAX(running_resets) - COALESCE(MAX(running_resets) FILTER(WHERE
      NOT is_inside), 0) AS reset_count,
    MAX(running_relinks) - COALESCE(MAX(running_relinks) FILTER(WHERE
      NOT is_inside), 0) AS relink_count,
    MAX(scale_number) FILTER(WHERE
      is_confirmed) > MIN(scale_number) FILTER(WHERE
      is_confirmed) AS changes_scale,
    BOOL_OR(is_unsettled) AS is_unconfirmed,
    COUNT(*) FILTER(WHERE
      is_inside) AS observed_days,
    COUNT(*) FILTER(WHERE
      is_before) AS previous_observed_days,
    SUM(value) FILTER(WHERE
      is_inside) AS summed,
    SUM(value) FILTER(WHERE
      is_before) AS previous_summed,
    CASE
      WHEN MAX(cadence_days) > 1
      THEN CAST(SUM(value) FILTER(WHERE
        is_before) * COUNT(*) FILTER(WHERE
        is_inside) AS DOUBLE PRECISION) / COUNT(*) FILTER(WHERE
        is_before)
      ELSE SUM(value) FILTER(WHERE
        is_before)
    END AS comparable_summed,
    COUNT(*) FILTER(WHERE
      is_confirmed) AS confirmed_days,
    MAX(observed_date) FILTER(WHERE
      is_confirmed) AS confirmed_date,
    (
      ARRAY_AGG(value ORDER BY observed_date DESC NULLS LAST) FILTER(WHERE
        (
          NOT value IS NULL AND NOT observed_date IS NULL
        ) AND is_confirmed)
    )[1] AS confirmed_value,
    SUM(value) FILTER(WHERE
      is_confirmed) AS confirmed_sum
  FROM dated
  GROUP BY
    place_id,
    name,
    artist_credit,
    artist_id,
    place_type,
    place_country,
    platform,
    metric,
    unit,
    kind,
    min_base,
    cadence_days,
    max_age_days,
    complete_through_date,
    GREATEST(1, DIV(window_days, cadence_days))
)
SELECT
  *
FROM spanned
) as result
$$;
comment on function metrics.listed_place_growth(date, date) is 'One row per artist, metric and place listed by the end of a window: what was listed in the window and in the one before.';
create function metrics.observations_known_at(as_known_at text) returns table (
    "series_id" bigint,
    "observed_date" date,
    "value" double precision,
    "linked_value" double precision,
    "change" double precision,
    "span_days" integer,
    "next_observed_date" date,
    "change_class" text,
    "is_outlier" boolean,
    "running_gain" double precision,
    "running_value_days" double precision,
    "running_observations" bigint,
    "running_breaks" double precision,
    "running_corrections" integer,
    "running_restatements" integer,
    "running_resets" integer,
    "running_relinks" integer,
    "known_from" timestamp
) language sql stable as $$
select
    cast("series_id" as bigint),
    cast("observed_date" as date),
    cast("value" as double precision),
    cast("linked_value" as double precision),
    cast("change" as double precision),
    cast("span_days" as integer),
    cast("next_observed_date" as date),
    cast("change_class" as text),
    cast("is_outlier" as boolean),
    cast("running_gain" as double precision),
    cast("running_value_days" as double precision),
    cast("running_observations" as bigint),
    cast("running_breaks" as double precision),
    cast("running_corrections" as integer),
    cast("running_restatements" as integer),
    cast("running_resets" as integer),
    cast("running_relinks" as integer),
    cast("known_from" as timestamp)
from (
WITH versions AS (
  SELECT
    *
  FROM "metrics"."fct_observation_versions"
), known AS (
  SELECT
    *
  FROM versions
  WHERE
    known_from < CASE
      WHEN LENGTH(CAST($1 AS TEXT)) = 10
      THEN CAST(CAST($1 AS DATE) + 1 AS TIMESTAMP)
      ELSE CAST($1 AS TIMESTAMP) + INTERVAL '1 MICROSECOND'
    END
    AND COALESCE(
      known_until >= CASE
        WHEN LENGTH(CAST($1 AS TEXT)) = 10
        THEN CAST(CAST($1 AS DATE) + 1 AS TIMESTAMP)
        ELSE CAST($1 AS TIMESTAMP) + INTERVAL '1 MICROSECOND'
      END,
      TRUE
    )
), newest AS (
  SELECT
    series_id,
    MAX(observed_date) AS newest_date
  FROM known
  WHERE
    NOT is_outlier
  GROUP BY
    series_id
), observed AS (
  SELECT
    known.series_id,
    known.observed_date,
    known.value,
    known.linked_value,
    known.change,
    known.span_days,
    CASE
      WHEN known.next_observed_date <= newest.newest_date
      THEN known.next_observed_date
    END AS next_observed_date,
    known.change_class,
    known.is_outlier,
    known.running_gain,
    known.running_value_days,
    known.running_observations,
    known.running_breaks,
    known.running_corrections,
    known.running_restatements,
    known.running_resets,
    known.running_relinks,
    known.known_from
  FROM known
  LEFT JOIN newest
    ON known.series_id = newest.series_id
)
SELECT
  *
FROM observed
) as result
$$;
comment on function metrics.observations_known_at(text) is 'One row per series and day: what fct_observations held after the last build by a moment, or by the end of a day. Ask `from metrics.observations_known_at(''2025-04-30'')`.';
create function metrics.place_averages(in_from_date date, in_to_date date) returns table (
    "subject" text,
    "name" text,
    "artist_credit" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "average_per_observed_day" double precision,
    "latest_value" double precision,
    "observed_days" bigint,
    "expected_days" bigint,
    "coverage_ratio" double precision,
    "kind" text,
    "subject_type" text,
    "place_country" text,
    "artist_id" text,
    "rescaled_count" bigint
) language sql stable as $$
select
    cast("subject" as text),
    cast("name" as text),
    cast("artist_credit" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("from_date" as date),
    cast("to_date" as date),
    cast("average_per_observed_day" as double precision),
    cast("latest_value" as double precision),
    cast("observed_days" as bigint),
    cast("expected_days" as bigint),
    cast("coverage_ratio" as double precision),
    cast("kind" as text),
    cast("subject_type" as text),
    cast("place_country" as text),
    cast("artist_id" as text),
    cast("rescaled_count" as bigint)
from (
WITH windows AS (
  SELECT
    *
  FROM "metrics"."listed_place_growth"($1, $2)
), averaged AS (
  SELECT
    place_id AS subject,
    name,
    artist_credit,
    platform,
    metric,
    unit,
    CAST($1 AS DATE) AS from_date,
    CAST($2 AS DATE) AS to_date,
    CAST(confirmed_sum AS DOUBLE PRECISION) / confirmed_days AS average_per_observed_day,
    CASE
      WHEN CAST($2 AS DATE) - confirmed_date <= max_age_days
      THEN confirmed_value
    END AS latest_value,
    confirmed_days AS observed_days,
    expected_days,
    LEAST(1, CAST(confirmed_days AS DOUBLE PRECISION) / expected_days) AS coverage_ratio,
    kind,
    place_type AS subject_type,
    place_country,
    artist_id,
    CAST(CASE WHEN changes_scale THEN 1 ELSE 0 END AS BIGINT) AS rescaled_count
  FROM windows
  WHERE
    confirmed_days > 0
)
SELECT
  *
FROM averaged
) as result
$$;
comment on function metrics.place_averages(date, date) is 'One row per artist, metric and place that was listed in a window: the average of the listed days, and the last value.';
create function metrics.place_growth(in_from_date date, in_to_date date) returns table (
    "subject" text,
    "name" text,
    "artist_credit" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "start_value" double precision,
    "start_observed_date" date,
    "start_age_days" bigint,
    "end_value" double precision,
    "end_observed_date" date,
    "end_age_days" bigint,
    "growth" double precision,
    "growth_pct" double precision,
    "observed_days" bigint,
    "expected_days" bigint,
    "coverage_ratio" double precision,
    "status" text,
    "kind" text,
    "subject_type" text,
    "place_country" text,
    "artist_id" text,
    "restatement_count" bigint,
    "reset_count" bigint,
    "relink_count" bigint
) language sql stable as $$
select
    cast("subject" as text),
    cast("name" as text),
    cast("artist_credit" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("from_date" as date),
    cast("to_date" as date),
    cast("start_value" as double precision),
    cast("start_observed_date" as date),
    cast("start_age_days" as bigint),
    cast("end_value" as double precision),
    cast("end_observed_date" as date),
    cast("end_age_days" as bigint),
    cast("growth" as double precision),
    cast("growth_pct" as double precision),
    cast("observed_days" as bigint),
    cast("expected_days" as bigint),
    cast("coverage_ratio" as double precision),
    cast("status" as text),
    cast("kind" as text),
    cast("subject_type" as text),
    cast("place_country" as text),
    cast("artist_id" as text),
    cast("restatement_count" as bigint),
    cast("reset_count" as bigint),
    cast("relink_count" as bigint)
from (
WITH windows AS (
  SELECT
    *
  FROM "metrics"."listed_place_growth"($1, $2)
), aged AS (
  SELECT
    *,
    CAST($1 AS DATE) - start_observed_date AS start_age_days,
    CAST($2 AS DATE) - end_observed_date AS end_age_days,
    CASE
      WHEN kind <> 'flow' AND CAST($1 AS DATE) - start_observed_date <= max_age_days
      THEN value_before
    END AS start_value,
    CASE
      WHEN kind <> 'flow' AND CAST($2 AS DATE) - end_observed_date <= max_age_days
      THEN value_inside
    END AS end_value
  FROM windows
), known AS (
  SELECT
    *,
    CASE WHEN kind = 'flow' THEN previous_summed ELSE start_value END AS base,
    CASE WHEN kind = 'flow' THEN comparable_summed ELSE start_value END AS comparable,
    CASE WHEN kind = 'flow' THEN summed ELSE end_value - start_value END AS growth,
    CASE WHEN kind = 'flow' THEN summed ELSE end_value END AS reached,
    LEAST(1, CAST(observed_days AS DOUBLE PRECISION) / expected_days) AS coverage_ratio,
    LEAST(
      observed_days,
      CASE WHEN kind = 'flow' THEN previous_observed_days ELSE observed_days END
    ) < 0.8 * expected_days AS is_thin
  FROM aged
), statuses AS (
  SELECT
    *
  FROM "metrics"."dim_growth_statuses"
), judged AS (
  SELECT
    *,
    CASE
      WHEN end_observed_date IS NULL AND start_observed_date IS NULL
      THEN 'no_end'
      WHEN kind = 'flow' AND summed IS NULL
      THEN 'no_end'
      WHEN start_observed_date IS NULL
      THEN 'no_base'
      WHEN kind = 'flow' AND previous_summed IS NULL
      THEN 'no_base'
      WHEN kind <> 'flow' AND end_value IS NULL
      THEN 'stale_end'
      WHEN kind <> 'flow' AND start_value IS NULL
      THEN 'stale_base'
      WHEN base <= 0
      THEN 'zero_base'
      WHEN reset_count > 0
      THEN 'reset_in_window'
      WHEN scale_change_count > 0
      THEN 'restated_in_window'
      WHEN CASE WHEN kind = 'flow' THEN city_set_count > 1 ELSE has_other_cities END
      THEN 'relinked_in_window'
      WHEN is_unconfirmed
      THEN 'unconfirmed_end'
      WHEN is_thin
      THEN 'low_coverage'
      WHEN base < min_base
      THEN 'low_base'
      WHEN CAST($2 AS DATE) > complete_through_date
      THEN 'partial_window'
      ELSE 'ok'
    END AS status
  FROM known
), rated AS (
  SELECT
    judged.*,
    statuses.has_percent AND (
      judged.kind <> 'flow' OR NOT judged.is_thin
    ) AS has_percent
  FROM judged
  INNER JOIN statuses
    ON judged.status = statuses.status
), described AS (
  SELECT
    place_id AS subject,
    name,
    artist_credit,
    platform,
    metric,
    unit,
    CAST($1 AS DATE) AS from_date,
    CAST($2 AS DATE) AS to_date,
    start_value,
    start_observed_date,
    start_age_days,
    end_value,
    end_observed_date,
    end_age_days,
    growth,
    CASE
      WHEN has_percent
      THEN CAST(100 * (
        reached - comparable
      ) AS DOUBLE PRECISION) / comparable
    END AS growth_pct,
    observed_days,
    expected_days,
    coverage_ratio,
    status,
    kind,
    place_type AS subject_type,
    place_country,
    artist_id,
    restatement_count,
    reset_count,
    relink_count
  FROM rated
)
SELECT
  *
FROM described
) as result
$$;
comment on function metrics.place_growth(date, date) is 'One row per artist, metric and place: how the audience there grew over a window, and whether the percent may be quoted. Places never add up to the world, see docs/method.md.';
create function metrics.platform_averages(in_from_date date, in_to_date date) returns table (
    "subject" text,
    "name" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "average_per_observed_day" double precision,
    "average_latest_value" double precision,
    "median_latest_value" double precision,
    "member_count" bigint,
    "n_days" bigint,
    "coverage_ratio" double precision,
    "subject_type" text,
    "member_type" text,
    "rescaled_count" bigint
) language sql stable as $$
select
    cast("subject" as text),
    cast("name" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("from_date" as date),
    cast("to_date" as date),
    cast("average_per_observed_day" as double precision),
    cast("average_latest_value" as double precision),
    cast("median_latest_value" as double precision),
    cast("member_count" as bigint),
    cast("n_days" as bigint),
    cast("coverage_ratio" as double precision),
    cast("subject_type" as text),
    cast("member_type" as text),
    cast("rescaled_count" as bigint)
from (
WITH averages AS (
  SELECT
    *
  FROM "metrics"."group_averages"($1, $2)
), platforms AS (
  SELECT
    *
  FROM averages
  WHERE
    subject_type = 'platform'
)
SELECT
  *
FROM platforms
) as result
$$;
comment on function metrics.platform_averages(date, date) is 'One row per platform, metric and type of member observed in the window: three averages over its songs, and over artists.';
create function metrics.platform_growth(in_from_date date, in_to_date date) returns table (
    "subject" text,
    "name" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "start_value" double precision,
    "start_observed_date" date,
    "start_age_days" bigint,
    "end_value" double precision,
    "end_observed_date" date,
    "end_age_days" bigint,
    "growth" double precision,
    "growth_pct" double precision,
    "gained" double precision,
    "anchored_days" bigint,
    "growth_per_day" double precision,
    "previous_gained" double precision,
    "period_change_pct" double precision,
    "daily_rate_pct" double precision,
    "observed_days" bigint,
    "expected_days" bigint,
    "coverage_ratio" double precision,
    "correction_count" bigint,
    "restatement_count" bigint,
    "reset_count" bigint,
    "relink_count" bigint,
    "is_new" boolean,
    "status" text,
    "subject_type" text,
    "member_type" text,
    "same_count" bigint,
    "new_count" bigint,
    "new_value" double precision,
    "lost_count" bigint,
    "lost_value" double precision,
    "restated_count" bigint,
    "restated_change" double precision,
    "total_change" double precision,
    "twin_count" bigint
) language sql stable as $$
select
    cast("subject" as text),
    cast("name" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("from_date" as date),
    cast("to_date" as date),
    cast("start_value" as double precision),
    cast("start_observed_date" as date),
    cast("start_age_days" as bigint),
    cast("end_value" as double precision),
    cast("end_observed_date" as date),
    cast("end_age_days" as bigint),
    cast("growth" as double precision),
    cast("growth_pct" as double precision),
    cast("gained" as double precision),
    cast("anchored_days" as bigint),
    cast("growth_per_day" as double precision),
    cast("previous_gained" as double precision),
    cast("period_change_pct" as double precision),
    cast("daily_rate_pct" as double precision),
    cast("observed_days" as bigint),
    cast("expected_days" as bigint),
    cast("coverage_ratio" as double precision),
    cast("correction_count" as bigint),
    cast("restatement_count" as bigint),
    cast("reset_count" as bigint),
    cast("relink_count" as bigint),
    cast("is_new" as boolean),
    cast("status" as text),
    cast("subject_type" as text),
    cast("member_type" as text),
    cast("same_count" as bigint),
    cast("new_count" as bigint),
    cast("new_value" as double precision),
    cast("lost_count" as bigint),
    cast("lost_value" as double precision),
    cast("restated_count" as bigint),
    cast("restated_change" as double precision),
    cast("total_change" as double precision),
    cast("twin_count" as bigint)
from (
WITH growth AS (
  SELECT
    *
  FROM "metrics"."group_growth"($1, $2)
), platforms AS (
  SELECT
    *
  FROM growth
  WHERE
    subject_type = 'platform'
)
SELECT
  *
FROM platforms
) as result
$$;
comment on function metrics.platform_growth(date, date) is 'One row per platform, metric that adds up and type of member: the growth of the songs, or of the artists, that can be compared, and what came and went beside them.';
create view metrics.series_weeks as
WITH observations AS (
  SELECT
    *
  FROM "metrics"."fct_observations"
), series AS (
  SELECT
    *
  FROM "metrics"."dim_series"
), metrics AS (
  SELECT
    *
  FROM "metrics"."dim_metrics"
), described AS (
  SELECT
    *
  FROM "intermediate"."int_series_described"
), closes AS (
  SELECT
    series_id,
    CAST(DATE_TRUNC('WEEK', observed_date) AS DATE) AS week_date,
    observed_date AS last_date,
    value AS closing_value
  FROM observations
  WHERE
    NOT is_outlier
    AND (
      next_observed_date IS NULL
      OR CAST(next_observed_date - observed_date AS INT) + CAST(observed_date - CAST('1999-12-27' AS DATE) AS INT) % 7 > 6
    )
), closed AS (
  SELECT
    *,
    CAST((
      week_date + CAST(6 AS BIGINT) * INTERVAL '1 DAY'
    ) AS DATE) AS sunday_date
  FROM closes
), known AS (
  SELECT
    closed.series_id,
    series.subject_id,
    metrics.platform,
    metrics.metric,
    closed.week_date,
    closed.closing_value
  FROM closed
  INNER JOIN series
    ON closed.series_id = series.series_id
  INNER JOIN metrics
    ON series.metric_id = metrics.metric_id
  INNER JOIN described
    ON closed.series_id = described.series_id
  WHERE
    closed.sunday_date <= (
      closed.last_date + CAST(metrics.max_age_days AS BIGINT) * INTERVAL '1 DAY'
    )
    AND closed.sunday_date <= series.last_date
    AND COALESCE(closed.last_date < described.unconfirmed_from_date, TRUE)
)
SELECT
  *
FROM known;
comment on view metrics.series_weeks is 'One row per series and week, Monday to Sunday, whose close is known and confirmed.';
comment on column metrics.series_weeks."series_id" is 'Key of one subject''s one metric, computed from both: the same in every build.';
comment on column metrics.series_weeks."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column metrics.series_weeks."platform" is 'Code of the platform, ''spotify''.';
comment on column metrics.series_weeks."metric" is 'What is counted, one word for all platforms, ''streams''.';
comment on column metrics.series_weeks."week_date" is 'Monday of the week.';
comment on column metrics.series_weeks."closing_value" is 'Where it stood on Sunday; of the last observation in the week, unless that was too old by then.';
create view metrics.revised_observations as
WITH versions AS (
  SELECT
    *
  FROM "metrics"."fct_observation_versions"
), replaced AS (
  SELECT
    *
  FROM "staging"."stg_load_audit__replaced_observations"
), judgements AS (
  SELECT
    *
  FROM "staging"."stg_load_audit__judgements"
), series AS (
  SELECT
    *
  FROM "metrics"."dim_series"
), judgements_dated AS (
  SELECT
    judged_at,
    MAX(newest_load_id) AS newest_load_id
  FROM judgements
  GROUP BY
    judged_at
), revised AS (
  SELECT
    replaced.series_id,
    series.subject_id,
    series.metric_id,
    replaced.observed_date,
    replaced.value AS replaced_value,
    versions.value AS revised_value,
    versions.series_id IS NULL AS is_withdrawn,
    replaced.known_from,
    replaced.known_until AS revised_at,
    judgements_dated.newest_load_id
  FROM replaced
  LEFT JOIN versions
    ON replaced.series_id = versions.series_id
    AND replaced.observed_date = versions.observed_date
    AND replaced.known_until = versions.known_from
  LEFT JOIN series
    ON replaced.series_id = series.series_id
  LEFT JOIN judgements_dated
    ON replaced.known_until = judgements_dated.judged_at
  WHERE
    versions.series_id IS NULL OR replaced.value <> versions.value
)
SELECT
  *
FROM revised;
comment on view metrics.revised_observations is 'One row per series, day and build that gave it another value than the build before, or none. restatements has where two versions that a source sent contradict each other; this has what a report said before and says now.';
comment on column metrics.revised_observations."series_id" is 'Key of one subject''s one metric, computed from both: the same in every build.';
comment on column metrics.revised_observations."subject_id" is 'What is counted: ''song:'', ''artist:'' ... and the id within its domain.';
comment on column metrics.revised_observations."metric_id" is 'Platform and metric in one code, ''spotify:streams''.';
comment on column metrics.revised_observations."observed_date" is 'Day of the observation, as the source dates it (its first ten characters).';
comment on column metrics.revised_observations."replaced_value" is 'The value that was replaced.';
comment on column metrics.revised_observations."revised_value" is 'The value instead; null if there is none any more.';
comment on column metrics.revised_observations."is_withdrawn" is 'Whether nothing is said of the day any more.';
comment on column metrics.revised_observations."known_from" is 'Start of the build since which the row is as it is, UTC; that the series goes on after it is no change.';
comment on column metrics.revised_observations."revised_at" is 'Start of the build that said otherwise, UTC.';
comment on column metrics.revised_observations."newest_load_id" is 'The newest load that the build knew, see `load_audit.loads`.';
create function metrics.series_growth(in_from_date date, in_to_date date) returns table (
    "subject" text,
    "name" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "start_value" double precision,
    "start_observed_date" date,
    "start_age_days" bigint,
    "end_value" double precision,
    "end_observed_date" date,
    "end_age_days" bigint,
    "growth" double precision,
    "growth_pct" double precision,
    "gained" double precision,
    "previous_gained" double precision,
    "period_change_pct" double precision,
    "daily_rate_pct" double precision,
    "observed_days" bigint,
    "expected_days" bigint,
    "coverage_ratio" double precision,
    "correction_count" bigint,
    "restatement_count" bigint,
    "reset_count" bigint,
    "relink_count" bigint,
    "is_new" boolean,
    "status" text,
    "series_id" bigint,
    "subject_type" text,
    "kind" text
) language sql stable as $$
select
    cast("subject" as text),
    cast("name" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("from_date" as date),
    cast("to_date" as date),
    cast("start_value" as double precision),
    cast("start_observed_date" as date),
    cast("start_age_days" as bigint),
    cast("end_value" as double precision),
    cast("end_observed_date" as date),
    cast("end_age_days" as bigint),
    cast("growth" as double precision),
    cast("growth_pct" as double precision),
    cast("gained" as double precision),
    cast("previous_gained" as double precision),
    cast("period_change_pct" as double precision),
    cast("daily_rate_pct" as double precision),
    cast("observed_days" as bigint),
    cast("expected_days" as bigint),
    cast("coverage_ratio" as double precision),
    cast("correction_count" as bigint),
    cast("restatement_count" as bigint),
    cast("reset_count" as bigint),
    cast("relink_count" as bigint),
    cast("is_new" as boolean),
    cast("status" as text),
    cast("series_id" as bigint),
    cast("subject_type" as text),
    cast("kind" as text)
from (
WITH growth AS (
  SELECT
    *
  FROM "metrics"."judged_series_growth"($1, $2)
), described AS (
  SELECT
    subject_id AS subject,
    name,
    platform,
    metric,
    unit,
    CAST($1 AS DATE) AS from_date,
    CAST($2 AS DATE) AS to_date,
    start_value,
    start_observed_date,
    start_age_days,
    end_value,
    end_observed_date,
    end_age_days,
    growth,
    growth_pct,
    gained_here AS gained,
    gained_before AS previous_gained,
    period_change_pct,
    daily_rate_pct,
    observed_days,
    expected_days,
    coverage_ratio,
    correction_count,
    restatement_count,
    reset_count,
    relink_count,
    is_new,
    status,
    series_id,
    subject_type,
    kind
  FROM growth
)
SELECT
  *
FROM described
) as result
$$;
comment on function metrics.series_growth(date, date) is 'One row per series: how much it grew from the close of one day to the close of another, with the evidence. Ask `from metrics.series_growth(''2025-03-31'', ''2025-04-30'')`; the length of the window costs nothing.';
create function metrics.song_averages(in_from_date date, in_to_date date) returns table (
    "subject" text,
    "name" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "average_per_observed_day" double precision,
    "average_latest_value" double precision,
    "median_latest_value" double precision,
    "n_songs" bigint,
    "n_days" bigint,
    "coverage_ratio" double precision,
    "artist_credit" text,
    "is_primary_recording" boolean,
    "rescaled_count" bigint
) language sql stable as $$
select
    cast("subject" as text),
    cast("name" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("from_date" as date),
    cast("to_date" as date),
    cast("average_per_observed_day" as double precision),
    cast("average_latest_value" as double precision),
    cast("median_latest_value" as double precision),
    cast("n_songs" as bigint),
    cast("n_days" as bigint),
    cast("coverage_ratio" as double precision),
    cast("artist_credit" as text),
    cast("is_primary_recording" as boolean),
    cast("rescaled_count" as bigint)
from (
WITH averages AS (
  SELECT
    *
  FROM "metrics"."series_averages"($1, $2)
), songs AS (
  SELECT
    *
  FROM "audience"."dim_songs"
), described AS (
  SELECT
    averages.subject,
    averages.name,
    averages.platform,
    averages.metric,
    averages.unit,
    averages.from_date,
    averages.to_date,
    averages.average_per_observed_day,
    averages.latest_value AS average_latest_value,
    averages.latest_value AS median_latest_value,
    CAST(1 AS BIGINT) AS n_songs,
    averages.observed_days AS n_days,
    averages.coverage_ratio,
    songs.artist_credit,
    songs.is_primary_recording,
    CAST(CASE WHEN averages.changes_scale THEN 1 ELSE 0 END AS BIGINT) AS rescaled_count
  FROM averages
  INNER JOIN songs
    ON averages.subject = songs.subject_id
)
SELECT
  *
FROM described
) as result
$$;
comment on function metrics.song_averages(date, date) is 'One row per song and metric observed in the window, in the columns of the averages of artists.';
create view metrics.song_days as
WITH observations AS (
  SELECT
    *
  FROM "metrics"."fct_observations"
), series AS (
  SELECT
    *
  FROM "metrics"."dim_series"
), metrics AS (
  SELECT
    *
  FROM "metrics"."dim_metrics"
), songs AS (
  SELECT
    *
  FROM "audience"."dim_songs"
), song_series AS (
  SELECT
    series.series_id,
    songs.song_id,
    songs.title,
    songs.artist_credit,
    songs.recording_id,
    metrics.platform,
    metrics.metric
  FROM series
  INNER JOIN songs
    ON series.subject_id = songs.subject_id
  INNER JOIN metrics
    ON series.metric_id = metrics.metric_id
  WHERE
    metrics.metric IN ('streams', 'popularity')
), days AS (
  SELECT
    song_series.song_id,
    song_series.title,
    song_series.artist_credit,
    song_series.recording_id,
    song_series.platform,
    observations.observed_date,
    CAST(MAX(observations.value) FILTER(WHERE
      song_series.metric = 'streams') AS BIGINT) AS streams,
    CAST(MAX(observations.change) FILTER(WHERE
      song_series.metric = 'streams') AS BIGINT) AS streams_gained,
    MAX(observations.span_days) FILTER(WHERE
      song_series.metric = 'streams') AS span_days,
    CAST(MAX(observations.value) FILTER(WHERE
      song_series.metric = 'popularity') AS BIGINT) AS popularity,
    COALESCE(BOOL_OR(observations.is_outlier), FALSE) AS is_outlier
  FROM observations
  INNER JOIN song_series
    ON observations.series_id = song_series.series_id
  GROUP BY
    song_series.song_id,
    song_series.title,
    song_series.artist_credit,
    song_series.recording_id,
    song_series.platform,
    observations.observed_date
)
SELECT
  *
FROM days;
comment on view metrics.song_days is 'One row per song, platform and day, for people: streams and popularity side by side, with names. To add up songs, take one of each `recording_id`; never add up `streams` over days, that is what `streams_gained` is for.';
comment on column metrics.song_days."song_id" is 'Soundcharts'' id of the song (uuid), or a hash of title and credit where only charts know it. One recording may have several, see `recording_id`.';
comment on column metrics.song_days."title" is 'Title as the source writes it, version words included; null if blank.';
comment on column metrics.song_days."artist_credit" is 'Artist credit as printed, all names in one text; null if blank.';
comment on column metrics.song_days."recording_id" is 'The recording a song id belongs to: the smallest song id among its twins, its own if it has none.';
comment on column metrics.song_days."platform" is 'Code of the platform, ''spotify''.';
comment on column metrics.song_days."observed_date" is 'Day of the observation, as the source dates it (its first ten characters).';
comment on column metrics.song_days."streams" is 'Streams in total since release, that day or as the week closed; null if they were not seen.';
comment on column metrics.song_days."streams_gained" is 'Streams since the observation before, over `span_days`; null for the first one.';
comment on column metrics.song_days."span_days" is 'Days since the observation before, which `change` covers; null for the first observation.';
comment on column metrics.song_days."popularity" is 'The platform''s score, that day or as the week closed, of most platforms 0 to 100; null if it was not seen.';
comment on column metrics.song_days."is_outlier" is 'Whether both neighbours contradict the value: it is kept, but no anchor and in no total.';
create function metrics.song_growth(in_from_date date, in_to_date date) returns table (
    "subject" text,
    "name" text,
    "platform" text,
    "metric" text,
    "unit" text,
    "from_date" date,
    "to_date" date,
    "start_value" double precision,
    "start_observed_date" date,
    "start_age_days" bigint,
    "end_value" double precision,
    "end_observed_date" date,
    "end_age_days" bigint,
    "growth" double precision,
    "growth_pct" double precision,
    "gained" double precision,
    "previous_gained" double precision,
    "period_change_pct" double precision,
    "daily_rate_pct" double precision,
    "observed_days" bigint,
    "expected_days" bigint,
    "coverage_ratio" double precision,
    "correction_count" bigint,
    "restatement_count" bigint,
    "reset_count" bigint,
    "relink_count" bigint,
    "is_new" boolean,
    "status" text,
    "series_id" bigint,
    "subject_type" text,
    "kind" text,
    "artist_credit" text,
    "is_primary_recording" boolean
) language sql stable as $$
select
    cast("subject" as text),
    cast("name" as text),
    cast("platform" as text),
    cast("metric" as text),
    cast("unit" as text),
    cast("from_date" as date),
    cast("to_date" as date),
    cast("start_value" as double precision),
    cast("start_observed_date" as date),
    cast("start_age_days" as bigint),
    cast("end_value" as double precision),
    cast("end_observed_date" as date),
    cast("end_age_days" as bigint),
    cast("growth" as double precision),
    cast("growth_pct" as double precision),
    cast("gained" as double precision),
    cast("previous_gained" as double precision),
    cast("period_change_pct" as double precision),
    cast("daily_rate_pct" as double precision),
    cast("observed_days" as bigint),
    cast("expected_days" as bigint),
    cast("coverage_ratio" as double precision),
    cast("correction_count" as bigint),
    cast("restatement_count" as bigint),
    cast("reset_count" as bigint),
    cast("relink_count" as bigint),
    cast("is_new" as boolean),
    cast("status" as text),
    cast("series_id" as bigint),
    cast("subject_type" as text),
    cast("kind" as text),
    cast("artist_credit" as text),
    cast("is_primary_recording" as boolean)
from (
WITH growth AS (
  SELECT
    *
  FROM "metrics"."series_growth"($1, $2)
), songs AS (
  SELECT
    *
  FROM "audience"."dim_songs"
), described AS (
  SELECT
    growth.*,
    songs.artist_credit,
    songs.is_primary_recording
  FROM growth
  INNER JOIN songs
    ON growth.subject = songs.subject_id
)
SELECT
  *
FROM described
) as result
$$;
comment on function metrics.song_growth(date, date) is 'One row per song and metric: `series_growth` of songs, with their artists.';
grant usage on schema audience, films, intermediate, leads, listening, metrics, operations, quality, staging to crescendo_reader;
grant select on all tables in schema audience, films, intermediate, leads, listening, metrics, operations, quality, staging to crescendo_reader;
grant execute on all functions in schema audience, films, intermediate, leads, listening, metrics, operations, quality, staging to crescendo_reader;
