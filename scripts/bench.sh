#!/bin/sh
# `npm run bench`: prints the figures that we defend, each beside its raw limit.
set -eu
cd "$(dirname "$0")/.."
sh scripts/fresh.sh || sh scripts/setup.sh
exec node_modules/.bin/node bench/main.ts "$@"
