#!/bin/sh
# Saves the database and the uploaded files. The environment names them: PGHOST, PGUSER, PGDATABASE, PGPASSWORD, MEDIA, BACKUPS.
#
#   backup.sh once       one backup now
#   backup.sh daily      one now, then one a day; keeps KEEP_DAYS of them (30)
#
# Restore: docs/operations.md. A backup is complete when its folder has its final name: it is written beside and moved.
set -eu

backup() {
    name=$(date -u +%Y-%m-%dT%H%M%SZ)
    making="$BACKUPS/.$name"
    rm -rf "$BACKUPS"/.20*
    mkdir -p "$making"
    pg_dump --format=custom --file="$making/database.dump"
    # An archive that cannot be listed cannot be restored either.
    pg_restore --list "$making/database.dump" >/dev/null
    if [ -d "$MEDIA" ]; then
        tar -C "$MEDIA" -czf "$making/media.tar.gz" .
    fi
    (cd "$making" && sha256sum ./* >SHA256SUMS)
    mv "$making" "$BACKUPS/$name"
    echo "backup $name is complete"
}

prune() {
    find "$BACKUPS" -mindepth 1 -maxdepth 1 -type d -name '20*' -mtime +"${KEEP_DAYS:-30}" -exec rm -rf {} +
}

case "${1:-once}" in
once)
    backup
    ;;
daily)
    while :; do
        # One failure must not end the series; the next try comes in an hour. A shell of its own, because `set -e`
        # does not hold inside a condition.
        if sh "$0" once; then
            prune
            sleep 86400
        else
            echo "backup failed; next try in an hour" >&2
            sleep 3600
        fi
    done
    ;;
*)
    echo "usage: backup.sh once|daily" >&2
    exit 2
    ;;
esac
