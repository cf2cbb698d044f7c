import { test } from "vitest";

// The faults of the main path, until each has its real test: then its line here goes.

test.todo("F1 events of a closed connection arrive after it is back, each once and in order");
test.todo("F2 a watcher who was away when a task's chat was made sees its events");
test.todo("F5 tabs stay in sync, and one neither steals nor ends another's stream");
test.todo("F6 a refresh or a lost network cancels no run");
test.todo("F7 the open chat comes back by itself after a reconnect");
test.todo("F8 a failing watcher breaks no run, and results reach the model under their own id");
test.todo("F9 a closed or slow socket goes quietly");
test.todo("F11 events of another chat mark that chat unread and never show in the open one");
test.todo("F12 a reply lands in its own chat, whichever is open");
test.todo("F13 a message in one chat leaves the run in another alone");
test.todo("F14 chats never share stored messages");
test.todo("F15 a new chat starts with an empty context");
test.todo("F18 a task for a chat runs there, for its owner, seen live");
test.todo("F19 unattended work is watched by permission, without being the agent");
test.todo("F20 the first message is delivered once, or shown as failed with a retry");
test.todo("F22 activity marks come from the run's state");
test.todo("F24 subscribing and creating chats may come twice and in any order");
test.todo("F25 nothing stays in progress after a crash");
test.todo("F26 stop works from UI, CLI and API within two seconds");
test.todo("F28 the order is by seq, never by time");
test.todo("F29 a long chat opens at its end and pages both ways");
test.todo("F30 parallel calls of one tool are paired by call id");
test.todo("F32 a chat looks the same live and reloaded");
test.todo("F33 a task's instruction is shown as an instruction");
test.todo("F34 a task's run gets its system prompt");
test.todo("F39 two workers never run one task");
test.todo("F48 a failed model call is a failed task with its cause");
test.todo("F59 data on stdout, JSON on request, honest exit codes");
test.todo("F64 --daemon returns when the server is ready, or fails with the reason");
