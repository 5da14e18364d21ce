#!/bin/sh
# Saves the database and the uploaded files into the folder BACKUPS, in one file for each time; runs in the portal's image.
#
#   backup.sh once       one backup now
#   backup.sh daily      one now, then one a day; keeps KEEP_DAYS of them (30)
#
# Restore: docs/operations.md. A file that has its name is complete: it is written beside and moved.
set -eu

backup() {
    name=portal-$(date -u +%Y-%m-%dT%H%M%SZ).zip
    python manage.py backup "$BACKUPS/$name"
    (cd "$BACKUPS" && sha256sum "$name" >"$name.sha256")
}

prune() {
    find "$BACKUPS" -maxdepth 1 -type f -name 'portal-*' -mtime +"${KEEP_DAYS:-30}" -exec rm -f {} +
    find "$BACKUPS" -maxdepth 1 -type f -name '.portal-*' -mtime +1 -exec rm -f {} +
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
