/** One listener: the broker may pose as several, each with a port of its own and partitions that it leads. */
export interface Node {
  readonly id: number;
  /** What clients are told to connect to. */
  readonly host: string;
  readonly port: number;
}

export interface Nodes {
  readonly all: readonly Node[];
  /** The node that answers for the group or transaction of this name. */
  coordinatorOf(key: string): Node;
  readonly controller: Node;
}

/** Ids count from 1; the first node is the controller. */
export const FIRST_NODE_ID = 1;

export function createNodes(all: readonly [Node, ...Node[]]): Nodes {
  const [controller] = all;
  return {
    all,
    controller,
    coordinatorOf: (key) => all[hashOf(key) % all.length] ?? controller,
  };
}

/** Java's hash of a string: it spreads names, and stays the same from one start to the next. */
function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash & 0x7fffffff;
}
