#!/bin/sh
# `npm run eval:memory -- FILE`: how well recall finds known evidence, by today's settings.
set -eu
cd "$(dirname "$0")/.."
[ -x node_modules/.bin/node ] || sh scripts/setup.sh
exec node_modules/.bin/node bench/eval-memory.ts "$@"
