import type { Call } from "./call.ts";
import type { RegistryParts } from "./parts.ts";

/** One call of the API. The README's table is printed from these. */
export interface Endpoint {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: `/${string}`;
  /** Names of the query that it reads. */
  readonly query?: readonly string[];
  readonly purpose: string;
  /** The same call is under `/contexts/{context}` too, where every subject is one of that context. */
  readonly inContexts?: boolean;
  /** What is answered with 200, as JSON; or a promise of it. */
  readonly answer: (parts: RegistryParts, call: Call) => unknown;
}

/** An answer that is a text and not JSON. */
export class PlainText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** An answer without a body, with 204. */
export const NOTHING = Symbol("nothing");

/** The calls as the README's table. */
export function endpointsTable(endpoints: readonly Endpoint[]): string {
  const rows = endpoints.map(({ method, path, query = [], purpose }) => {
    const shown = path.replaceAll(/:(\w+)/g, "{$1}");
    return `| ${method} | \`${shown}\` | ${query.map((name) => `\`${name}\``).join(", ")} | ${purpose} |`;
  });
  return ["| method | path | query | what it does |", "|---|---|---|---|", ...rows].join("\n");
}
