#!/bin/sh
# `npm run models:update`: makes models.json (windows and prices) anew from the package that is installed.
set -eu
cd "$(dirname "$0")/.."
[ -x node_modules/.bin/node ] || sh scripts/setup.sh
exec node_modules/.bin/node scripts/update-models.ts
