#!/bin/sh
# `sh scripts/assemble.sh FOLDER`: puts what a server needs to run, and nothing else, into a new folder: some 170 MB, with its Node.
# What was built must be there: scripts/setup.sh.
set -eu
cd "$(dirname "$0")/.."
to=${1:?a folder that is not there yet}
[ ! -e "$to" ] || { echo "$to is there already" >&2; exit 1; }
[ -e dist/sparky.js ] && [ -e dist/web/index.html ] || { echo "build first: sh scripts/setup.sh" >&2; exit 1; }

mkdir -p "$to/dist" "$to/node_modules/.bin" "$to/node_modules/better-sqlite3"
cp -R bin prompts skills models.json package.json LICENSE "$to/"
cp -R dist/sparky.js dist/app dist/web "$to/dist/"
# The one that the lock file names by its hash, where there is a package of it.
cp -L node_modules/.bin/node "$to/node_modules/.bin/node"
# The library that is not bundled, with its binary for this machine alone.
cp -R node_modules/better-sqlite3/package.json node_modules/better-sqlite3/lib node_modules/better-sqlite3/LICENSE "$to/node_modules/better-sqlite3/"
platform=$(node_modules/.bin/node -p '`${process.platform}-${process.arch}`')
mkdir "$to/node_modules/better-sqlite3/prebuilds"
cp -R node_modules/better-sqlite3/prebuilds/"$platform"* "$to/node_modules/better-sqlite3/prebuilds/"
chmod -R go=u-w "$to"
