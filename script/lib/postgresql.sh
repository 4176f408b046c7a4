# Sourced by script/test and script/benchmark: one temporary PostgreSQL, gone when the script ends.

# Start a server and export FANPIN_TEST_POSTGRESQL_URL. "throwaway" trades safety on disk for speed, "durable" keeps it.
start_postgresql() {
    local binaries folder port become=() settings=()
    binaries=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort | tail -n 1)
    # Not $TMPDIR: the postgres user must reach it, and a socket's path must be short.
    folder=$(mktemp -d /tmp/fanpin-postgresql.XXXXXX)
    postgresql_folder=$folder
    trap stop_postgresql EXIT
    if ((EUID == 0)); then
        # PostgreSQL refuses to run as root.
        chown postgres: "$folder"
        become=(--reuid=postgres --regid=postgres --init-groups)
    fi
    if [[ $1 == throwaway ]]; then
        settings=(-c fsync=off -c full_page_writes=off -c synchronous_commit=off)
    fi
    port=$(.venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    (
        cd "$folder"
        setpriv "${become[@]}" "$binaries/initdb" --pgdata="$folder/data" --username=postgres --auth=trust \
            --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1
    ) || { cat "$folder/initdb.log" >&2; return 1; }
    # --pdeathsig: even a killed script leaves no server behind.
    setpriv "${become[@]}" --pdeathsig=INT "$binaries/postgres" -D "$folder/data" -p "$port" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories="$folder" "${settings[@]}" >"$folder/server.log" 2>&1 &
    postgresql_process=$!
    local attempt
    for ((attempt = 0; attempt < 300; attempt++)); do
        if "$binaries/pg_isready" --quiet --host=127.0.0.1 --port="$port"; then
            export FANPIN_TEST_POSTGRESQL_URL="postgresql+psycopg://postgres@127.0.0.1:$port/postgres"
            return
        fi
        kill -0 "$postgresql_process" 2>/dev/null || break
        sleep 0.1
    done
    echo "PostgreSQL did not start:" >&2
    cat "$folder/server.log" >&2
    return 1
}

stop_postgresql() {
    if [[ -n ${postgresql_process-} ]]; then
        kill -INT "$postgresql_process" 2>/dev/null || true
        wait "$postgresql_process" 2>/dev/null || true
    fi
    rm -rf "$postgresql_folder"
}
