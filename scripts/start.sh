#!/bin/sh
# `npm start`: sets up what is missing, links `sparky` into ~/.local/bin, and becomes the server, agent loop on.
set -eu
cd "$(dirname "$0")/.."
sh scripts/fresh.sh || sh scripts/setup.sh

bin=${HOME:-$PWD}/.local/bin
target=$PWD/bin/sparky
if [ "$(readlink "$bin/sparky" 2>/dev/null || true)" != "$target" ]; then
  if [ -e "$bin/sparky" ] && [ ! -h "$bin/sparky" ]; then
    echo "setup: $bin/sparky is a file of somebody else's and was left alone; the command here is $target" >&2
  elif mkdir -p "$bin" 2>/dev/null && ln -sf "$target" "$bin/sparky" 2>/dev/null; then
    echo "setup: linked sparky into $bin" >&2
  else
    echo "setup: could not link sparky into $bin; the command here is $target" >&2
  fi
fi
case :$PATH: in
  *":$bin:"*) ;;
  *) printf 'setup: to use the sparky command, run:\n  export PATH="%s:$PATH"\n' "$bin" >&2 ;;
esac

exec bin/sparky chat start --agent-loop "$@"
