#!/bin/sh
# `npm run check`: format, lint, types, dead code and what may import what, side by side. `npm run check -- --fix` mends format and lint first.
set -u
cd "$(dirname "$0")/.."
[ -x node_modules/.bin/node ] && [ node_modules/.package-lock.json -nt package-lock.json ] || sh scripts/setup.sh || exit 1
PATH=$PWD/node_modules/.bin:$PATH

if [ "${1:-}" = --fix ]; then
  oxlint --type-aware --fix . && oxfmt . || exit 1
fi

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
start() {
  name=$1
  shift
  ("$@" >"$logs/$name" 2>&1 || touch "$logs/$name.failed") &
}
start format oxfmt --check .
start lint oxlint --type-aware --deny-warnings .
start types tsc --noEmit -p . --incremental --tsBuildInfoFile node_modules/.tsbuildinfo
start unused knip
start layout vitest run test/architecture.test.ts
wait

failed=0
for name in format lint types unused layout; do
  if [ -e "$logs/$name.failed" ]; then
    failed=1
    printf '\n✕ %s\n' "$name"
    cat "$logs/$name"
  else
    printf '✓ %s\n' "$name"
  fi
done
exit $failed
