#!/bin/sh
# `npm run dev`: the server from source, restarted at each change, with Vite in front of it: one port, 8000.
set -eu
cd "$(dirname "$0")/.."
sh scripts/fresh.sh || sh scripts/setup.sh
exec node_modules/.bin/node scripts/dev.mjs "$@"
