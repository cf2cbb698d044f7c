import { test } from "vitest";

// Known faults that no test guards against yet: each goes when its test comes.

test.todo("F54 search still answers while embeddings are down");
test.todo("F63 a long chat is really summarised");
