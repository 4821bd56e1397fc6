#!/usr/bin/env bash
# Airflow on a PostgreSQL of its own, for this project alone: `up` until Ctrl-C, or `run WORD...` for one of its commands.
# Everything is in AIRFLOW_HOME, .airflow/ if unset. Nothing listens but on loopback.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export AIRFLOW_HOME=${AIRFLOW_HOME:-$root/.airflow}
port=${CRESCENDO_AIRFLOW_PORT:-8080}
database_port=${CRESCENDO_AIRFLOW_DATABASE_PORT:-5437}
bin=$root/.venv-airflow/bin
data=$AIRFLOW_HOME/postgres
# PostgreSQL refuses root; Debian's package comes with this user
as_owner=(env)
[ "$(id -u)" -ne 0 ] || as_owner=(setpriv --reuid postgres --regid postgres --init-groups)

programs() {
    local found
    found=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -name initdb 2>/dev/null | sort -t/ -k5,5n | tail -1)
    [ -n "$found" ] || found=$(command -v initdb || true)
    [ -n "$found" ] || { echo "error: no PostgreSQL server is here: apt-get install postgresql" >&2; exit 2; }
    dirname "$found"
}

# a text that is made once and kept, mode 600
secret() {
    [ -s "$AIRFLOW_HOME/$1" ] || (umask 077; od -An -N48 -tx1 /dev/urandom | tr -d ' \n' > "$AIRFLOW_HOME/$1")
    cat "$AIRFLOW_HOME/$1"
}

start_database() {
    mkdir -p "$AIRFLOW_HOME"
    local password
    password=$(secret database-password)
    if [ ! -e "$data/PG_VERSION" ]; then
        rm -rf "$data" && mkdir -m 700 "$data"
        [ "$(id -u)" -ne 0 ] || chown postgres:postgres "$data"
        local file
        file=$(mktemp)
        echo "$password" > "$file"
        [ "$(id -u)" -ne 0 ] || chown postgres "$file"
        (cd / && "${as_owner[@]}" "$pg/initdb" --pgdata "$data" --username airflow --auth scram-sha-256 \
            --pwfile "$file" --locale C.UTF-8 > /dev/null)
        rm "$file"
    fi
    if ! (cd / && "${as_owner[@]}" "$pg/pg_ctl" --pgdata "$data" status > /dev/null); then
        (cd / && "${as_owner[@]}" "$pg/pg_ctl" --pgdata "$data" --log "$data/log" --wait --silent start \
            --options "-c listen_addresses=127.0.0.1 -c port=$database_port -c unix_socket_directories=$data")
        started=yes
    fi
    export PGPASSWORD=$password
    export AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=postgresql+psycopg2://airflow:$password@127.0.0.1:$database_port/airflow
    "$pg/psql" -qAtX --host 127.0.0.1 --port "$database_port" --user airflow postgres \
        -c "select 1 from pg_database where datname = 'airflow'" | grep -q 1 ||
        "$pg/psql" -qX --host 127.0.0.1 --port "$database_port" --user airflow postgres -c "create database airflow"
    unset PGPASSWORD
}

stop_database() {
    (cd / && "${as_owner[@]}" "$pg/pg_ctl" --pgdata "$data" --mode fast --silent stop) || true
}

settings() {
    export AIRFLOW__CORE__DAGS_FOLDER=$root/orchestration/airflow/dags
    export AIRFLOW__CORE__EXECUTOR=LocalExecutor
    export AIRFLOW__CORE__PARALLELISM=2
    export AIRFLOW__CORE__LOAD_EXAMPLES=False
    # who reaches this machine's loopback is its user
    export AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS=True
    export AIRFLOW__CORE__EXECUTION_API_SERVER_URL=http://127.0.0.1:$port/execution/
    export AIRFLOW__API__HOST=127.0.0.1 AIRFLOW__API__PORT=$port AIRFLOW__API__WORKERS=1
    export AIRFLOW__API__BASE_URL=http://127.0.0.1:$port
    AIRFLOW__API_AUTH__JWT_SECRET=$(secret jwt-secret)
    AIRFLOW__API__SECRET_KEY=$(secret page-secret)
    export AIRFLOW__API_AUTH__JWT_SECRET AIRFLOW__API__SECRET_KEY
    # nothing is told to anybody
    export AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False SCARF_ANALYTICS=false DO_NOT_TRACK=1
    export PATH=$bin:$PATH
}

# not `airflow standalone`: it also shows the logs on two ports of every network that the machine is in
up() {
    local part
    for part in "scheduler --skip-serve-logs" dag-processor api-server; do
        # shellcheck disable=SC2086 words of a command
        airflow $part > "$AIRFLOW_HOME/${part%% *}.log" 2>&1 &
    done
    echo "Airflow: http://127.0.0.1:$port (a minute until it answers; the DAG is paused; Ctrl-C ends all)"
    trap 'exit 0' INT TERM
    wait -n || true
    echo "error: a part of Airflow has ended, see $AIRFLOW_HOME/*.log" >&2
    exit 1
}

stop() {
    local parts
    parts=$(jobs -p)
    # shellcheck disable=SC2086 a list of numbers
    [ -z "$parts" ] || { kill $parts 2> /dev/null || true; wait $parts 2> /dev/null || true; }
    [ -z "$started" ] || stop_database
}

pg=$(programs)
started=
trap stop EXIT
start_database
settings
airflow db migrate > "$AIRFLOW_HOME/migrate.log" 2>&1 || { cat "$AIRFLOW_HOME/migrate.log" >&2; exit 1; }
case ${1:-up} in
    up)
        up
        ;;
    run)
        "${@:2}"
        ;;
    *)
        echo "error: type up, or run WORD..." >&2
        exit 2
        ;;
esac
