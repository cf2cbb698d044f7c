import { expect, test } from "vitest";
import { formatOffset, nextCursor, parseStreamQuery } from "./offset.ts";

const EPOCH = "k3v9";
const parse = (query: string) => parseStreamQuery(new URLSearchParams(query), EPOCH);

test("offsets are read as they were written, and sort as strings in the order of the log", () => {
  const seqs = [0, 1, 9, 10, 199, 1_000_000, Number.MAX_SAFE_INTEGER];
  const offsets = seqs.map((seq) => formatOffset(EPOCH, seq));
  expect(offsets.toSorted()).toEqual(offsets);
  expect(offsets.map((offset) => parse(`offset=${offset}`).after)).toEqual(seqs);
});

test.each([
  { query: "", is: { after: 0, live: null, cursor: null } },
  { query: "offset=-1&live=sse", is: { after: 0, live: "sse", cursor: null } },
  { query: "offset=now&live=long-poll&cursor=17", is: { after: "now", live: "long-poll", cursor: 17 } },
  { query: `offset=${formatOffset("other", 3)}`, is: { after: "foreign", live: null, cursor: null } },
  { query: "cursor=abc&color=red", is: { after: 0, live: null, cursor: null } },
  { query: `cursor=${"9".repeat(40)}`, is: { after: 0, live: null, cursor: null } },
])("?$query is understood", ({ query, is }) => expect(parse(query)).toEqual(is));

test.each([
  { query: "offset=", says: "offset: must be -1, now" },
  { query: "offset=12", says: "offset: must be -1, now" },
  { query: `offset=${EPOCH}_9999999999999999`, says: "offset: must be -1, now" },
  { query: `offset=${EPOCH}_-000000000000001`, says: "offset: must be -1, now" },
  { query: "offset=-1&offset=now", says: "offset: must be given once" },
  { query: "live=sse", says: "offset: is required with live=sse" },
  { query: "offset=-1&live=websocket", says: "live: must be one of long-poll, sse" },
])("?$query is refused: $says", ({ query, says }) => expect(() => parse(query)).toThrow(says));

test("a cursor is the interval's number, and always above the one that was sent", () => {
  const now = Date.UTC(2024, 9, 9, 0, 1, 5);
  expect(nextCursor(now, null)).toBe("3");
  expect(nextCursor(now, 2)).toBe("3");
  expect(nextCursor(now, 3)).toBe("4");
  expect(nextCursor(now, 900)).toBe("901");
});
