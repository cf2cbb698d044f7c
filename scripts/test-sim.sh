#!/bin/sh
# `npm run test:sim`: the whole proof. What `npm test` runs a part of, this runs in full.
#   --seed N      what chance begins from (printed; the same seed is the same run)
#   --minutes M   how long the simulation looks for new cases, and the chaos run lasts (1)
#   --fuzz N      how many frames and requests are fuzzed (100000)
#   --only NAME   one part of it: crash, agent, bad-input, postgres-loss, paused, disk-full, chaos
#   --figures     prints the figures of the proof instead; what follows goes to bench/proof/main.ts
set -eu
cd "$(dirname "$0")/.."
[ -x node_modules/.bin/node ] || sh scripts/setup.sh
node=node_modules/.bin/node

if [ "${1:-}" = --figures ]; then
  shift
  exec "$node" bench/proof/main.ts "$@"
fi

PROOF_ALL=1
PROOF_SEED=$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')
PROOF_SEED=$((PROOF_SEED % 2147483648))
PROOF_MINUTES=1
PROOF_FUZZ=100000
all="test/faults test/simulation test/chaos"
files=$all
while [ $# -gt 0 ]; do
  [ "$1" != --help ] || { sed -n '/^# /s/^# //p' scripts/test-sim.sh; exit; }
  [ $# -gt 1 ] || { echo "$1 needs a value" >&2; exit 2; }
  case $1 in
    --seed) PROOF_SEED=$2 ;;
    --minutes) PROOF_MINUTES=$2 ;;
    --fuzz) PROOF_FUZZ=$2 ;;
    --only)
      files=$(find $all -name "$2.test.ts")
      [ -n "$files" ] || { echo "there is no part $2: npm run test:sim -- --help" >&2; exit 2; }
      ;;
    *) echo "there is no $1: --seed, --minutes, --fuzz, --only, --figures" >&2; exit 2 ;;
  esac
  shift 2
done
export PROOF_ALL PROOF_SEED PROOF_MINUTES PROOF_FUZZ
echo "seed $PROOF_SEED"
exec "$node" node_modules/vitest/vitest.mjs run $files
