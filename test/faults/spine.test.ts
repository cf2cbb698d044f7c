import { test } from "vitest";

// The faults of the main path, until each has its real test: then its line here goes.

test.todo("F8 a failing watcher breaks no run, and results reach the model under their own id");
