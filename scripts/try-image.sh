#!/bin/sh
# `sh scripts/try-image.sh`: runs the Dockerfile's steps without an engine, in a clean folder, and starts what they make. It
# fetches the dependencies anew.
set -eu
cd "$(dirname "$0")/.."
[ -x node_modules/.bin/node ] || sh scripts/setup.sh app
exec node_modules/.bin/node test/container/try-image.ts "$@"
