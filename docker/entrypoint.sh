#!/bin/sh
# Refuse to run with a password that was copied from .env.example, then run the command.
set -eu

for name in PGPASSWORD ODOO_ADMIN_PASSWD ADMIN_LOGIN_PASSWORD; do
    eval "value=\${$name:-}"
    case "$value" in
        change-me*)
            echo "$name is still the placeholder of .env.example: write your own into .env." >&2
            exit 1
            ;;
    esac
done

exec "$@"
