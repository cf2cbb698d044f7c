#!/bin/sh
# `npm test`: sets up what is missing and runs all tests; arguments go to vitest.
set -eu
cd "$(dirname "$0")/.."
sh scripts/fresh.sh || sh scripts/setup.sh
exec node_modules/.bin/node node_modules/vitest/vitest.mjs run "$@"
