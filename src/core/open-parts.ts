/**
 * Text that streams in before it is an event. Nothing here is kept: a part lives until the event that replaces it, or
 * until its run's status changes, so what is on screen is always the log plus the parts that are still being written.
 */

export interface Delta {
  readonly runId: string;
  /** `<lease>.<n>`, never reused. */
  readonly part: string;
  readonly kind: "message" | "thought";
  /** UTF-16 units. */
  readonly offset: number;
  readonly text: string;
}

export interface OpenPart {
  readonly runId: string;
  readonly part: string;
  readonly kind: "message" | "thought";
  readonly text: string;
}

export interface OpenParts {
  /** In the order in which they began. */
  readonly parts: readonly OpenPart[];
  /** The highest lease seen of each run: a worker with a lower one has lost its right to speak. */
  readonly leases: ReadonlyMap<string, number>;
  /** `runId/part` of what has become an event: a late delta must not open it again. */
  readonly closed: ReadonlySet<string>;
}

export const noOpenParts: OpenParts = { parts: [], leases: new Map(), closed: new Set() };

/** What a part's events need to say. */
interface PartEvent {
  readonly type: string;
  readonly runId: string | null;
  readonly data: object;
}

export function leaseOf(part: string): number {
  const lease = Number.parseInt(part, 10);
  return Number.isNaN(lease) ? 0 : lease;
}

/** Cuts the part at the delta's offset and appends; a delta that would leave a hole, or of an old lease, is ignored. */
export function applyDelta(open: OpenParts, delta: Delta): OpenParts {
  const lease = leaseOf(delta.part);
  if (lease < (open.leases.get(delta.runId) ?? 0)) return open;
  if (open.closed.has(`${delta.runId}/${delta.part}`)) return open;
  const at = open.parts.findIndex((part) => part.runId === delta.runId && part.part === delta.part);
  const before = open.parts[at]?.text ?? "";
  if (delta.offset > before.length) return open;
  const { runId, part, kind } = delta;
  const grown: OpenPart = { runId, part, kind, text: before.slice(0, delta.offset) + delta.text };
  const parts = (at === -1 ? [...open.parts, grown] : open.parts.with(at, grown)).filter(
    (other) => other.runId !== runId || leaseOf(other.part) >= lease,
  );
  return { ...open, parts, leases: withLease(open.leases, runId, lease) };
}

/** A part's event replaces it; a run's status ends all its open parts. */
export function closeParts(open: OpenParts, event: PartEvent): OpenParts {
  const { runId } = event;
  if (runId === null) return open;
  if (event.type === "status") {
    const parts = open.parts.filter((part) => part.runId !== runId);
    return parts.length === open.parts.length ? open : { ...open, parts };
  }
  if (event.type !== "message" && event.type !== "thought") return open;
  const part = "part" in event.data ? event.data.part : undefined;
  if (typeof part !== "string") return open;
  return {
    parts: open.parts.filter((other) => other.runId !== runId || other.part !== part),
    leases: withLease(open.leases, runId, leaseOf(part)),
    closed: new Set(open.closed).add(`${runId}/${part}`),
  };
}

function withLease(leases: ReadonlyMap<string, number>, runId: string, lease: number): ReadonlyMap<string, number> {
  return (leases.get(runId) ?? -1) >= lease ? leases : new Map(leases).set(runId, lease);
}
