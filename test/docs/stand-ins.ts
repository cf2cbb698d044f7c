import { join } from "node:path";
import { png } from "../kit/files.ts";

/**
 * What stands in the documentation for things that its reader has: ids, files, a time to come. Each is made by a line for
 * the shell that prints what to put in its place.
 */
export interface StandIn {
  readonly text: string;
  /** For which lines. */
  readonly of: RegExp;
  readonly make: string;
  /** Looking at it leaves it as it is: it is made once. */
  readonly lasts?: true;
}

const ADD = `sparky agent tasks add "List my files"`;
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
const LATER = `${ADD} --at 2999-01-01`;

const OPEN_QUESTION = `
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    id=$(sparky approvals questions --limit 1 | cut -f 1)
    [ -z "$id" ] || { echo $id; exit; }
    [ $try != 1 ] || sparky agent tasks add 'Ask the user "Which one?"' >&2
    sleep 0.2
  done
  exit 1`;

/** Waits for people. A yes that stands would let the call pass unasked. */
const OPEN_APPROVAL = `
  for grant in $(sparky approvals grants | cut -f 1); do sparky approvals revoke $grant >&2; done
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    id=$(sparky approvals list --limit 1 | cut -f 1)
    [ -z "$id" ] || { echo $id; exit; }
    [ $try != 1 ] || sparky agent tasks add 'Run the command "echo hello"' >&2
    sleep 0.2
  done
  exit 1`;

/** A picture of one pixel. */
const PNG = [...png(1, 1)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
/** The very server, without its download. */
const MEMORY = join(import.meta.dirname, "../../node_modules/.bin/mcp-server-memory");
/** On the machine, and not in the home. */
const FRESH_SKILL = `
  { sparky skills remove tidy --yes >/dev/null 2>&1; mkdir -p ~/.claude/skills/tidy &&
    printf -- '---\\nname: tidy\\ndescription: Tidies notes\\n---\\n# Tidy\\n' > ~/.claude/skills/tidy/SKILL.md; }`;

export const STAND_INS: readonly StandIn[] = [
  {
    text: "notes.txt",
    of: /--file/,
    make: `printf 'Buy clay.\\n' > "$HOME/notes.txt" && echo "$HOME/notes.txt"`,
    lasts: true,
  },
  { text: "plan.png", of: /--file/, make: `printf '${PNG}' > "$HOME/plan.png" && echo "$HOME/plan.png"`, lasts: true },
  { text: "npx -y @modelcontextprotocol/server-memory", of: /./, make: `echo ${MEMORY}`, lasts: true },
  {
    text: "servers.json",
    of: /./,
    make: `echo '{"mcpServers": {"server-'$$'": {"command": "${MEMORY}"}}}' > "$HOME/$$.json" && echo "$HOME/$$.json"`,
  },
  {
    text: "config.yaml",
    of: /\bmcp import\b/,
    make: `printf 'mcp_servers:\\n  server-%s:\\n    command: "%s"\\n' $$ "${MEMORY}" > "$HOME/$$.yaml" && echo "$HOME/$$.yaml"`,
  },
  // Nobody's page is read by a test: this address is refused before anything is asked.
  { text: "https://example.com", of: /\bchat send\b/, make: "echo http://192.0.2.1/", lasts: true },
  // Before the chat's id, in which these letters may stand.
  {
    text: "ann",
    of: /\bchats (un)?share\b/,
    make: "{ sparky user list | cut -f 1 | grep -qx amy || sparky user add amy >&2; } && echo amy",
    lasts: true,
  },
  { text: "3f2a", of: /\btasks (cancel|delete|update)\b/, make: LATER },
  { text: "3f2a", of: /\btasks retry\b/, make: `id=$(${LATER}) && sparky agent tasks cancel $id >&2 && echo $id` },
  { text: "3f2a", of: /\btasks\b/, make: `id=$(${ADD}) && sparky agent tasks wait $id >&2 && echo $id`, lasts: true },
  {
    text: "3f2a",
    of: /\bchats delete\b/,
    make: `sparky chat send "Hello" >&2 && sparky chats list --limit 1 | cut -f 1`,
  },
  {
    text: "3f2a",
    of: /\bchats? /,
    make: `sparky chat send "What time is it?" >&2 && sparky chats list --limit 1 | cut -f 1 | tee "$HOME/chat.txt"`,
    lasts: true,
  },
  // To that chat.
  {
    text: "9c1d",
    of: /\bchats unlink\b/,
    make: `chat=$(cat "$HOME/chat.txt") && sparky chats link $chat >&2 && sparky chats links $chat | cut -f 1 | head -n 1`,
  },
  {
    text: "~/.claude/skills/tidy",
    of: /\bskills (add|validate)\b/,
    make: `${FRESH_SKILL} && echo ~/.claude/skills/tidy`,
  },
  {
    text: "~/.claude/skills",
    of: /\bskills (add|validate) ~\/\.claude\/skills( |$)/,
    make: `${FRESH_SKILL} && echo ~/.claude/skills`,
  },
  {
    text: "tidy",
    of: /\bskills (show|approve|remove) tidy\b/,
    make: `${FRESH_SKILL} && sparky skills add ~/.claude/skills/tidy >&2 && echo tidy`,
  },
  { text: "5zt8", of: /\bapprovals\b/, make: OPEN_QUESTION },
  { text: "7kq2", of: /\bapprovals\b/, make: OPEN_APPROVAL },
  {
    text: "9wx4",
    of: /\bapprovals revoke\b/,
    make: `id=$(${OPEN_APPROVAL}) && sparky approvals approve $id --scope until:${TOMORROW}T00:00Z >&2 &&
      sparky approvals grants | cut -f 1 | head -n 1`,
  },
  {
    text: "Alice",
    of: /\bgraph (show|neighbors|path|merge|apart|changes)\b/,
    make: `sparky agent tasks add "Remember that Alice is a person" --wait >&2 && echo Alice`,
    lasts: true,
  },
  {
    text: "Lisbon",
    of: /\bgraph path\b/,
    make: `sparky agent tasks add "Remember that Lisbon is a place" --wait >&2 && echo Lisbon`,
    lasts: true,
  },
  {
    text: "Alicia",
    of: /\bgraph (merge|apart)\b/,
    make: `sparky agent tasks add "Remember that Alicia is a person" --wait >&2 && echo Alicia`,
  },
  { text: "12", of: /\bgraph undo\b/, make: "sparky graph changes --limit 1 | cut -f 1" },
  { text: "fac7", of: /\bmemory\b/, make: `sparky memory add "I like tea no $$" | sed -n "s/^id\t//p"` },
  { text: "backup.db", of: /\bdb restore\b/, make: `sparky db backup "$HOME/$$.db" >&2 && echo "$HOME/$$.db"` },
  { text: "key.txt", of: /./, make: `echo secret > "$HOME/key.txt" && echo "$HOME/key.txt"`, lasts: true },
  {
    text: "password.txt",
    of: /./,
    make: `echo 'three small words' > "$HOME/password.txt" && echo "$HOME/password.txt"`,
    lasts: true,
  },
  // The key of a model that the server does not have: with a real one it would ask the provider from its next start on.
  { text: "OPENAI_API_KEY", of: /\bconfig set\b/, make: "echo SPARKY_MODEL_KEY", lasts: true },
  { text: "/mnt/usb", of: /./, make: `echo "$HOME"`, lasts: true },
  { text: "/mnt/copy/.sparky", of: /./, make: `cp -r "$SPARKY_HOME" "$HOME/copy" && echo "$HOME/copy"`, lasts: true },
  { text: "2026-12-01", of: /./, make: `echo ${TOMORROW}`, lasts: true },
  { text: "8123", of: /--port/, make: "echo 0", lasts: true },
];
