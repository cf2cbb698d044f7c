import { call, say, think } from "../kit/scripted-model.ts";
import type { Line } from "./rig.ts";

/** For every command the lines whose output is kept, on a terminal, in a pipe and as JSON. */
export const LINES: { readonly [command: string]: readonly Line[] } = {
  "chat status": [{}, { server: true }],
  "chat send": [
    { args: ["What is in my memory?"], agent: [[think("Look."), call("graph_stats")], [say("Three ", "nodes.")]] },
    { args: ["--chat", "5d2c", "And in Lisbon?"], agent: [[say("It is 13:55 in Lisbon.")]] },
    { args: ["Hello"] },
  ],
  // Without a keyboard; what it is with one is in test/e2e/terminal-chat.test.ts.
  "client start": [{}],

  "agent status": [{}, { server: true }],
  "agent stats": [
    { args: ["--timezone", "UTC"] },
    { args: ["--since", "1h", "--until", "30m", "--timezone", "UTC"] },
    { args: ["--timezone", "Mars/Olympus"] },
    { args: ["--since", "1h", "--until", "2h"] },
  ],
  "agent tasks add": [
    { args: ["Check knowledge graph stats"] },
    { args: ["Send the report", "--at", "2026-12-02T09:00:00Z", "--key", "report", "--priority", "2", "--after", "3f2a"] },
    { args: ["Check knowledge graph stats", "--wait"], agent: [[call("graph_stats")], [say("It is time.")]] },
  ],
  "agent tasks list": [{}, { args: ["--status", "failed"] }, { args: ["--search", "nowhere"] }, { args: ["--limit", "2"] }],
  "agent tasks get": [{ args: ["3f2a"] }, { args: ["c01d"] }, { args: ["w0rk"] }, { args: ["zzzz"] }, { args: ["8kk2"] }],
  "agent tasks logs": [{ args: ["3f2a"] }, { args: ["c01d"] }, { args: ["77aa"] }, { args: ["3f2a", "--follow"], server: true }],
  "agent tasks wait": [{ args: ["3f2a"] }, { args: ["c01d"] }, { args: ["77aa", "--timeout", "1"], server: true }],
  "agent tasks cancel": [{ args: ["77aa"] }, { args: ["3f2a"] }],
  "agent tasks retry": [{ args: ["c01d"] }, { args: ["3f2a"] }],
  "agent tasks update": [
    { args: ["d3pd", "--priority", "3", "-m", "room=hall", "--at", "2026-12-02T09:00:00Z"] },
    { args: ["3f2a", "--priority", "3"] },
    { args: ["3f2a"] },
  ],
  "agent tasks clear": [
    { args: ["--status", "failed", "--dry-run"] },
    { args: ["--schedule", "smart_maintenance", "--yes"] },
    { args: ["--status", "completed"], answer: "n" },
    {},
  ],
  "agent tasks delete": [{ args: ["3f2a", "--yes"] }, { args: ["3f2a"], answer: "n" }, { args: ["3f2a"] }],

  "agent schedule list": [{}],
  "agent schedule show": [{ args: ["smart_maintenance"] }, { args: ["morning"] }, { args: ["nope"] }],
  "agent schedule add": [
    { args: ["news", "cron(0 9 * * 1-5)", "Tell me what is new", "--timezone", "Europe/Berlin"] },
    { args: ["news", "cron(61 * * * *)", "Tell me what is new"] },
    { args: ["party", "every(1 hour)", "Sing"] },
  ],
  "agent schedule edit": [{ args: ["morning", "--when", "every(2 hours)", "--overlap", "queue"] }],
  "agent schedule delete": [{ args: ["party", "--yes"] }, { args: ["party"] }],
  "agent schedule enable": [{ args: ["morning"] }],
  "agent schedule disable": [{ args: ["morning"] }],
  "agent schedule pause": [{ args: ["smart_maintenance", "--until", "2026-12-24T08:00:00Z"] }],
  "agent schedule run": [{ args: ["smart_maintenance"] }, { args: ["--all"] }],
  "agent schedule next": [{ args: ["smart_maintenance", "-n", "2"] }, { args: ["morning"] }],
  "agent schedule history": [{ args: ["smart_maintenance"] }, { args: ["smart_maintenance", "--check"] }],
  "agent schedule export": [{}],
  "agent schedule import": [{ args: ["/home/ada/.sparky/old.yaml"] }, { args: ["/home/ada/.sparky/none.yaml"] }],

  "approvals list": [{}, { args: ["--all"] }],
  "approvals get": [{ args: ["7kq2"] }, { args: ["6pp0"] }],
  "approvals approve": [{ args: ["7kq2", "--scope", "run"] }, { args: ["6pp0"] }],
  "approvals deny": [{ args: ["7kq2", "--note", "take the bus"] }],
  "approvals questions": [{}, { args: ["--all", "--limit", "1"] }],
  "approvals answer": [{ args: ["5zt8", "Blue"] }, { args: ["5zt8", "--decline"] }, { args: ["5zt8"] }, { args: ["5zt8", "--field", "a=1"] }],
  "approvals grants": [{}],
  "approvals revoke": [{ args: ["9wx4"] }],
  away: [{}, { args: ["--mark"] }],

  logs: [{}, { args: ["-n", "1"] }, { args: ["--level", "warn"] }, { args: ["--level", "loud"] }],
  watch: [{}, { args: ["--since", "25m"], server: true, until: "Tokyo?" }],

  "chats list": [{}, { args: ["--limit", "1"] }, { args: ["--search", "tokyo"] }, { args: ["--working"] }, { args: ["--archived"] }],
  "chats show": [{ args: ["5d2c"] }, { args: ["77aa", "-n", "4"] }, { args: ["5d2c", "-f"] }, { args: ["5d2c", "-f"], server: true, until: "Done" }],
  "chats export": [{ args: ["5d2c"] }, { args: ["77aa"] }],
  "chats rename": [{ args: ["5d2c", "The time over there"] }, { args: ["5d2c", " "] }],
  "chats archive": [{ args: ["5d2c"] }],
  "chats unarchive": [{ args: ["5d2c"] }],
  "chats delete": [{ args: ["5d2c", "--yes"] }, { args: ["5d2c"], answer: "n" }, { args: ["5d2c"] }],
  "chats stop": [{ args: ["77aa"] }, { args: ["5d2c"] }],
  "graph stats": [{}],
  "graph search": [{ args: ["ann"] }, { args: ["--type", "place"] }, { args: ["nothing"] }],
  "graph show": [{ args: ["Ann"] }, { args: ["Nobody"] }],
  "graph check": [{}],
  "graph export": [
    {},
    { args: ["--format", "graphml"] },
    { args: ["--format", "dot"] },
    { args: ["--format", "csv"] },
    { args: ["--format", "csv", "--part", "edges"] },
    { args: ["--output", "/home/ada/.sparky/graph.dot"] },
    { args: ["--part", "edges"] },
  ],
  search: [{ args: ["time"] }, { args: ["graph", "--kind", "event", "--limit", "2"] }, { args: ["nowhere"] }, { args: ["?!"] }],
  "user login-link": [{ args: ["agent"], server: true }, { args: ["agent"] }],
  open: [{ server: true }],

  verify: [{}],
  "db status": [{}],
  "db backup": [{ args: ["/home/ada/.sparky/copy.db"] }],
  "db restore": [{ args: ["/home/ada/.sparky/old.db", "--yes"] }, { args: ["/home/ada/.sparky/old.db"], answer: "n" }],
  "db migrate": [{}],
};

/** What a function cannot show, because it is about processes; each has a test of its own that runs them. */
export const ELSEWHERE: { readonly [command: string]: string } = {
  "chat start": "src/cli/process.test.ts",
  "chat stop": "src/cli/process.test.ts",
  "chat restart": "src/cli/process.test.ts",
  doctor: "test/golden/doctor.test.ts",
  "models list": "test/golden/models.test.ts",
  "models test": "test/golden/models.test.ts",
  completion: "test/e2e/completion.test.ts",
  help: "src/cli/program/help.test.ts",
  "config list": "test/golden/config.test.ts",
  "config get": "test/golden/config.test.ts",
  "config set": "test/golden/config.test.ts",
  "config unset": "test/golden/config.test.ts",
  "config path": "test/golden/config.test.ts",
};
