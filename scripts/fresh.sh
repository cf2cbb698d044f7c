# Succeeds when dependencies, bundle and web UI are there and nothing they are made of has changed since; with `app`
# the web UI does not count. This runs before every command, so it is a few file tests and one `find` for each build.
# `bin/sparky` reads it in, and so has to name the folder.
cd "${2:-$(dirname "$0")/..}" || exit 1
[ -x node_modules/.bin/node ] && [ node_modules/.package-lock.json -nt package-lock.json ] || exit 1
[ -e dist/sparky.js ] && [ -e dist/.bundled ] || exit 1
[ -z "$(find src package.json -newer dist/.bundled -print -quit)" ] || exit 1
[ "${1:-}" = app ] && exit 0
[ -e dist/.web-built ] || exit 1
[ -z "$(find web src/core src/wire vite.config.ts -newer dist/.web-built -print -quit)" ]
