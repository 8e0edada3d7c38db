import { createRegistryApi, openStore, type RegistryApiOptions } from "../../../src/registry/server/index.ts";

/** What was answered: the status, and the body as JSON or, where it is none, as text. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** Asks an API over an empty store in memory, without a port. */
export function openApi(options: RegistryApiOptions = {}) {
  const store = openStore(":memory:");
  const app = createRegistryApi(store, { now: () => 1_700_000_000_000, ...options });

  async function ask(line: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const [method = "GET", path = "/"] = line.split(" ");
    const request = new Request(`http://registry.test${path}`, {
      method,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const response = await app.handle(request);
    const text = await response.text();
    return { status: response.status, body: parsed(text), headers: response.headers };
  }

  /** The body of an answer that is expected to be a success. */
  async function told(line: string, body?: unknown): Promise<unknown> {
    const answer = await ask(line, body);
    if (answer.status >= 300) throw new Error(`${line}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** The status and the number of an answer that is expected to be a refusal. */
  async function refused(line: string, body?: unknown): Promise<unknown[]> {
    const answer = await ask(line, body);
    return [answer.status, memberOf(answer.body, "error_code")];
  }

  /** Registers, and answers id and version. */
  async function register(subject: string, schema: unknown, rest: object = {}): Promise<[unknown, unknown]> {
    const body = await told(`POST /subjects/${encodeURIComponent(subject)}/versions`, sent(schema, rest));
    return [memberOf(body, "id"), memberOf(body, "version")];
  }

  return { ask, told, refused, register, store };
}

/** A body with a schema in it. */
export const sent = (schema: unknown, rest: object = {}) => ({ schema: JSON.stringify(schema), ...rest });

export const field = (name: string, type: unknown = "string", rest: object = {}) => ({ name, type, ...rest });

export const record = (name: string, ...fields: readonly object[]) => ({
  type: "record",
  name,
  namespace: "n",
  fields,
});

/** One after the other in a subject, each compatible with all before. */
export const growing = (count: number) =>
  record("A", ...Array.from({ length: count }, (_, index) => field(`f${index}`, "string", { default: "" })));

export const ref = (name: string, subject: string, version = 1) => ({ name, subject, version });

export function memberOf(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A body that is empty, or a text.
    return text;
  }
}
