#!/usr/bin/env bash
# What the tests need from the machine: Debian's packages, and a PostgreSQL of their own.
#
#   tools/machine.sh install         install the missing Debian packages, or name them and stop
#   tools/machine.sh start [KIND]    start PostgreSQL on loopback unless it runs; print its address
#   tools/machine.sh running [KIND]  succeed when it runs
#   tools/machine.sh stop [KIND]     stop it and remove its files
#
# KIND is test (the default: fast, not safe against a power cut, thrown away) or bench (PostgreSQL's own safe settings).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
verb=${1:-}
kind=${2:-test}
state=$root/var/postgresql-$kind.path
databases=yibao

say() { printf '%s\n' "$@" >&2; }

programs() {
    find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1
}

missing_packages() {
    local bin
    bin=$(programs)
    [ -n "$bin" ] && [ -x "$bin/initdb" ] || echo postgresql
    command -v chromium >/dev/null || echo chromium
    compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK-*' >/dev/null || echo fonts-noto-cjk
}

install_packages() {
    local packages become=()
    mapfile -t packages < <(missing_packages)
    [ ${#packages[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            say "测试需要这些 Debian 软件包，请先安装 The tests need these Debian packages, please install them: sudo apt-get install ${packages[*]}"
            exit 1
        fi
        become=(sudo -n)
    fi
    say "安装 Installing: ${packages[*]}"
    "${become[@]}" apt-get -q update >&2
    "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "${packages[@]}" >&2
}

# PostgreSQL refuses to run as root, so its files belong to Debian's user postgres then.
as_owner() {
    if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

folder() { cat "$state" 2>/dev/null || true; }

running() {
    local home
    home=$(folder)
    [ -n "$home" ] && as_owner "$(programs)/pg_ctl" -D "$home/data" status >/dev/null 2>&1
}

make_folder() {
    local home
    mkdir -p "$root/var"
    home=$(mktemp -d "$root/var/postgresql-$kind.XXXXXX")
    if [ "$(id -u)" -eq 0 ]; then
        chown postgres "$home"
        if ! as_owner test -w "$home"; then
            rmdir "$home"
            home=$(mktemp -d "/var/tmp/yibao-postgresql-$kind.XXXXXX")
            chown postgres "$home"
        fi
    fi
    echo "$home" >"$state"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_server() {
    local bin=$1 home=$2 settings
    settings="-c listen_addresses=127.0.0.1 -c port=$3 -c unix_socket_directories= -c max_connections=100"
    if [ "$kind" = test ]; then settings+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off"; fi
    as_owner "$bin/pg_ctl" -D "$home/data" -l "$home/log" -w -s -o "$settings" start >&2
}

start() {
    local bin home port password try
    bin=$(programs)
    [ -n "$bin" ] || { say "没有 PostgreSQL，请先运行 No PostgreSQL here; first run: tools/machine.sh install"; exit 1; }
    if ! running; then
        discard
        make_folder
        home=$(folder)
        password=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
        as_owner sh -c 'umask 077; printf %s "$1" >"$2"' - "$password" "$home/password"
        as_owner "$bin/initdb" -D "$home/data" -U yibao -E UTF8 --locale=C.UTF-8 -A scram-sha-256 \
            --pwfile="$home/password" >"$root/var/postgresql-$kind.initdb.log" 2>&1
        for try in 1 2 3; do
            port=$(free_port)
            start_server "$bin" "$home" "$port" && break
            [ "$try" -lt 3 ] || { say "PostgreSQL 没有启动，请看 PostgreSQL did not start, see: $home/log"; exit 1; }
        done
        as_owner sh -c 'printf %s "$1" >"$2"' - "postgres://yibao:$password@127.0.0.1:$port/$databases" "$home/address"
        PGPASSWORD=$password "$bin/createdb" -h 127.0.0.1 -p "$port" -U yibao "$databases"
    fi
    home=$(folder)
    as_owner cat "$home/address"
    echo
}

discard() {
    local home
    home=$(folder)
    [ -z "$home" ] || [ ! -d "$home/data" ] || rm -rf -- "$home"
    rm -f "$state"
}

stop() {
    if running; then as_owner "$(programs)/pg_ctl" -D "$(folder)/data" -m fast -w -s stop >&2; fi
    discard
}

case $verb in
    install) install_packages ;;
    start) mkdir -p "$root/var"; exec 9>"$root/var/postgresql-$kind.lock"; flock 9; start 9>&- ;;
    running) running ;;
    stop) stop ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
