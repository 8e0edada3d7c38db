import type { Nodes } from "../nodes.ts";

interface Endpoint {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

/** Where these nodes are, each once. */
export function endpointsOf({ all }: Nodes, ids: readonly number[]): Endpoint[] {
  return all.filter(({ id }) => ids.includes(id)).map(({ id, host, port }) => ({ nodeId: id, host, port }));
}
