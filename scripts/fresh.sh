# Succeeds when dependencies, bundle and web UI are there and nothing they are made of has changed since.
# This runs before every command, so it is one `find` and a few file tests.
cd "$(dirname "$0")/.." || exit 1
[ -x node_modules/node/bin/node ] && [ node_modules/.package-lock.json -nt package-lock.json ] || exit 1
[ -e dist/sparky.js ] && [ -e dist/.bundled ] && [ -e dist/.web-built ] || exit 1
[ -z "$(find src package.json -newer dist/.bundled -print -quit; find web src/core src/wire -newer dist/.web-built -print -quit)" ]
