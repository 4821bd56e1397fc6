with

runs as (

    select * from {{ ref('stg_operations__runs') }}

),

phases as (

    select * from {{ ref('stg_operations__phases') }}

),

phased as (

    select
        run_id,
        sum(phase_seconds) filter (where phase = 'extract') as extract_seconds,
        sum(phase_seconds) filter (where phase = 'load') as load_seconds,
        sum(phase_seconds) filter (where phase = 'transform') as transform_seconds,
        sum(phase_seconds) filter (where phase = 'test') as test_seconds,
        sum(phase_seconds) filter (where phase = 'publish') as publish_seconds,
        sum(cpu_seconds) as cpu_seconds,
        max(peak_bytes) as peak_bytes,
        cast(sum(read_bytes) as bigint) as read_bytes,
        cast(sum(row_count) as bigint) as row_count
    from phases
    group by run_id

),

-- one row per run
measured as (

    select
        runs.run_id,
        runs.verb,
        runs.run_outcome,
        runs.killed_phase,
        runs.error_class,
        runs.crescendo_version,
        runs.run_seconds,
        phased.extract_seconds,
        phased.load_seconds,
        phased.transform_seconds,
        phased.test_seconds,
        phased.publish_seconds,
        phased.cpu_seconds,
        phased.peak_bytes,
        phased.read_bytes,
        phased.row_count,
        runs.run_started_at,
        runs.ended_at
    from runs
    left join phased on runs.run_id = phased.run_id

)

select * from measured
