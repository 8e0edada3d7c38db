import type { Faults } from "./faults.ts";
import { type Problem, parseFault } from "./parse.ts";
import type { Rule } from "./rules.ts";

/** Where faults are set up from another process. */
export interface FaultDoor extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The largest body: a rule has a few hundred bytes. */
const BODY_BYTES_MAX = 64 * 1024;

/** Serves the faults of a broker over HTTP, to this machine alone. Port 0 picks a free one. */
export function serveFaults(faults: Faults, { port = 0 }: { readonly port?: number } = {}): FaultDoor {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    maxRequestBodySize: BODY_BYTES_MAX,
    routes: {
      "/faults": {
        GET: () => Response.json(faults.rules.map(shown)),
        POST: (request) => withBody(request, (json) => addFault(faults, json)),
        DELETE() {
          faults.clear();
          return done();
        },
      },
      "/faults/:id": {
        GET({ params: { id } }) {
          const rule = faults.rules.find((one) => String(one.id) === id);
          return rule ? Response.json(shown(rule)) : problem(404, `There is no fault ${id}.`);
        },
        DELETE: ({ params: { id } }) => (faults.remove(Number(id)) ? done() : problem(404, `There is no fault ${id}.`)),
      },
      "/leaders": {
        POST: (request) =>
          withBody(request, (json) => {
            const wrong = leaderProblems(json);
            if (wrong.length > 0 || !isLeader(json)) return problem(400, NOT_UNDERSTOOD, wrong);
            return attempted(() => faults.moveLeader(json.topic, json.partition, json.node));
          }),
      },
      "/disconnect": {
        POST: (request) =>
          withBody(request, (json) => {
            const node = fieldOf(json, "node");
            if (node !== undefined && !Number.isInteger(node)) return problem(400, NOT_UNDERSTOOD, [NODE_EXPECTED]);
            faults.disconnect(node === undefined ? undefined : Number(node));
            return done();
          }),
      },
      "/groups/:group/rebalance": {
        POST: ({ params: { group } }) => attempted(() => faults.rebalance(group)),
      },
    },
    fetch: () => problem(404, "There are /faults, /faults/{id}, /leaders, /disconnect and /groups/{group}/rebalance."),
    error: (error) => problem(500, error.message),
  });
  const close = () => server.stop(true);
  return { url: `http://127.0.0.1:${server.port}`, port: Number(server.port), close, [Symbol.asyncDispose]: close };
}

const NOT_UNDERSTOOD = "The request is not understood.";
const NODE_EXPECTED: Problem = { pointer: "/node", detail: "the number of a node is expected" };

function addFault(faults: Faults, json: unknown): Response {
  const parsed = parseFault(json);
  if ("problems" in parsed) return problem(400, NOT_UNDERSTOOD, parsed.problems);
  try {
    return Response.json(shown(faults.add(parsed.fault)), { status: 201 });
  } catch (error) {
    if (error instanceof RangeError) return problem(409, error.message);
    throw error;
  }
}

const shown = ({ id, hits, left, fault }: Rule) => ({ id, hits, left, ...fault });

const done = (): Response => new Response(null, { status: 204 });

/** An empty body is an object without fields. */
async function withBody(request: Request, answer: (json: unknown) => Response): Promise<Response> {
  const body = await request.text();
  try {
    return answer(body === "" ? {} : JSON.parse(body));
  } catch (error) {
    if (error instanceof SyntaxError) return problem(400, NOT_UNDERSTOOD, [{ pointer: "", detail: error.message }]);
    throw error;
  }
}

/** What is not there to be moved or rebalanced is told, and nothing else is the client's fault. */
function attempted(work: () => void): Response {
  try {
    work();
    return done();
  } catch (error) {
    if (error instanceof RangeError) return problem(404, error.message);
    throw error;
  }
}

function leaderProblems(json: unknown): Problem[] {
  const problems: Problem[] = [];
  const { topic, partition, node } = {
    topic: fieldOf(json, "topic"),
    partition: fieldOf(json, "partition"),
    node: fieldOf(json, "node"),
  };
  if (typeof topic !== "string") problems.push({ pointer: "/topic", detail: "the name of a topic is expected" });
  if (!Number.isInteger(partition))
    problems.push({ pointer: "/partition", detail: "the number of a partition is expected" });
  if (!Number.isInteger(node)) problems.push(NODE_EXPECTED);
  return problems;
}

function isLeader(
  json: unknown,
): json is { readonly topic: string; readonly partition: number; readonly node: number } {
  return leaderProblems(json).length === 0;
}

const fieldOf = (json: unknown, name: string): unknown =>
  typeof json === "object" && json !== null ? Object.entries(json).find(([key]) => key === name)?.[1] : undefined;

/** RFC 9457, as everywhere in Sluice. */
const problem = (status: number, detail: string, errors: readonly Problem[] = []): Response =>
  Response.json(
    { title: status === 404 ? "Not found" : "Refused", status, detail, ...(errors.length > 0 && { errors }) },
    { status, headers: { "content-type": "application/problem+json" } },
  );
