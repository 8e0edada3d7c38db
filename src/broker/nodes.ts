/** One listener: the broker may pose as several, each with a port of its own and partitions that it leads. */
export interface Node {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

export interface Nodes {
  readonly all: readonly Node[];
  /** The node that leads new partitions in turn, answers for the group or transaction, is the controller. */
  coordinatorOf(key: string): Node;
  readonly controller: Node;
}
