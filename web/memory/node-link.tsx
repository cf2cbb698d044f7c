import { Link } from "@tanstack/react-router";
import type { NodeLabel } from "../../src/wire/graph.ts";

/** A node by its name, with what it is. */
export function NodeLink({ node, isStrong = false }: { node: NodeLabel; isStrong?: boolean }) {
  return (
    <span className="[overflow-wrap:anywhere]">
      <Link
        to="/memory/nodes/$nodeId"
        params={{ nodeId: node.id }}
        dir="auto"
        className={`tap inline-flex items-center hover:underline ${isStrong ? "font-medium" : "text-accent underline"}`}
      >
        {node.name}
      </Link>{" "}
      <span className="text-xs text-muted">{node.type}</span>
    </span>
  );
}
