#!/bin/sh
# Make the database on the first start; later starts change nothing. PG* name the database.
set -eu

installed() {
    for module in $(echo "$INSTALL_MODULES" | tr ',' ' '); do
        state=$(psql -tAc "SELECT state FROM ir_module_module WHERE name = '$module'" \
            2>/dev/null) || return 1
        [ "$state" = installed ] || return 1
    done
}

if installed; then
    echo "Database $PGDATABASE has $INSTALL_MODULES already."
else
    odoo --init "$INSTALL_MODULES" --load-language it_IT --no-http --workers 0 \
        --max-cron-threads 0 --stop-after-init
    # A start that fails half-way must not pass for a finished one.
    installed || { echo "Database $PGDATABASE could not be made: see above." >&2; exit 1; }
fi
# Each time: "admin" with the password "admin" must never be reachable.
odoo shell --no-http --workers 0 < "${ADMIN_PASSWORD_SCRIPT:-/usr/local/share/callcentre/admin_password.py}"
