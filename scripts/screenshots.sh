#!/bin/sh
# `npm run screenshots`: takes the README's pictures of today's pages, and notes what they show beside them.
set -eu
cd "$(dirname "$0")/.."
sh scripts/fresh.sh || sh scripts/setup.sh
PICTURES=write exec node_modules/.bin/vitest run test/e2e/pictures.test.ts -u
