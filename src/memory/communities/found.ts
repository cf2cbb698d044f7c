/** What goes into the thread and comes out of it: nodes are numbers, edges are pairs of them. */

export interface Joined {
  /** Two numbers for each edge. */
  readonly ends: Uint32Array;
  /** How many communities are told of, nodes of each, and nodes of all. */
  readonly shown: { readonly communities: number; readonly nodes: number; readonly central: number };
}

export interface Communities {
  readonly count: number;
  readonly modularity: number;
  readonly largest: readonly { readonly size: number; readonly nodes: readonly number[] }[];
  readonly central: readonly { readonly node: number; readonly rank: number; readonly neighbours: number }[];
}
