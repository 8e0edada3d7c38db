/**
 * A registry in memory that answers as Confluent's does, down to the wording: enough of it to test a client on. Its idea
 * of compatibility is one rule, a new field must have a default, since what is tested is the client.
 */

interface Stored {
  readonly id: number;
  readonly version: number;
  readonly schema: string;
  readonly references?: unknown;
}

interface Options {
  /** 7.x answers a registration with the id alone, and leaves `schemaType` out. */
  readonly release?: "7" | "8";
  /** Path before every path, as Apicurio has it. */
  readonly path?: string;
  readonly globalLevel?: string;
  readonly tls?: Bun.TLSOptions;
  /** Basic auth that is asked for. */
  readonly credentials?: string;
}

const HEADERS = { "content-type": "application/vnd.schemaregistry.v1+json" };

export interface FakeConfluent extends Disposable {
  readonly url: string;
  /** What was asked, in order: `GET /config`. */
  readonly requests: string[];
  readonly levels: Map<string, string>;
  /** Answers the next requests instead; undefined lets one pass. */
  readonly instead: (((request: Request) => Response | undefined | Promise<Response>) | undefined)[];
}

export function startFakeConfluent(options: Options = {}): FakeConfluent {
  const { release = "8", path = "", globalLevel = "BACKWARD", credentials } = options;
  const requests: string[] = [];
  const levels = new Map<string, string>();
  const subjects = new Map<string, Stored[]>();
  const deleted = new Map<string, Stored[]>();
  const ids = new Map<string, number>();
  const instead: FakeConfluent["instead"] = [];

  const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: HEADERS });
  const fail = (status: number, code: number, message: string) => json({ error_code: code, message }, status);
  const noSubject = (subject: string) => fail(404, 40401, `Subject '${subject}' not found.`);
  const shown = (subject: string, one: Stored) => ({
    subject,
    version: one.version,
    id: one.id,
    ...(release === "8" && { schemaType: "AVRO" }),
    ...(one.references !== undefined && { references: one.references }),
    schema: one.schema,
  });
  const identity = (body: Body) => JSON.stringify([JSON.parse(body.schema), body.references ?? []]);
  const levelOf = (subject: string) => levels.get(subject) ?? levels.get("") ?? globalLevel;

  function conflicts(subject: string, body: Body): string[] {
    const latest = subjects.get(subject)?.at(-1);
    if (latest === undefined || levelOf(subject) === "NONE") return [];
    const sent = new Set(fieldsOf(latest.schema).map((field) => field.name));
    return fieldsOf(body.schema)
      .filter((field) => !("default" in field) && !sent.has(field.name))
      .map(
        ({ name }, index) =>
          `{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field '${name}' at path '/fields/${index}' in the new schema has no default value and is missing in the old schema', additionalInfo:'${name}'}`,
      );
  }

  function invalid(body: Body): Response | undefined {
    try {
      JSON.parse(body.schema);
    } catch {
      return fail(422, 42201, `Invalid schema {schemaType=AVRO,..} with refs [] of type AVRO`);
    }
    for (const { subject, version } of body.references ?? []) {
      if (!subjects.get(subject)?.some((one) => one.version === version)) {
        return fail(422, 42201, `Invalid schema, details: No schema reference found for subject "${subject}"`);
      }
    }
    return undefined;
  }

  function register(subject: string, body: Body): Response {
    const known = subjects.get(subject) ?? [];
    const bad = invalid(body);
    if (bad !== undefined) return bad;
    const same = known.find((one) => identity(one as Body) === identity(body));
    if (same === undefined) {
      const details = conflicts(subject, body);
      if (details.length > 0) {
        const message = `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${details.join(", ")}]`;
        return fail(409, release === "8" ? 40901 : 409, message);
      }
    }
    const id = same?.id ?? ids.get(identity(body)) ?? ids.size + 1;
    ids.set(identity(body), id);
    const stored = same ?? { id, version: known.length + 1, schema: body.schema, references: body.references };
    if (same === undefined) subjects.set(subject, [...known, stored]);
    return json(release === "7" ? { id } : { ...shown(subject, stored), guid: "g", ts: 1, deleted: false });
  }

  const referrers = (subject: string, version: number): number[] =>
    [...subjects.values()].flat().flatMap(({ id, references }) => {
      // As they were sent.
      const named = (references ?? []) as { subject: string; version: number }[];
      return named.some((one) => one.subject === subject && one.version === version) ? [id] : [];
    });

  function remove(subject: string): Response {
    const known = subjects.get(subject);
    if (known === undefined) {
      return deleted.has(subject)
        ? fail(404, 40404, `Subject '${subject}' was soft deleted.Set permanent=true to delete permanently`)
        : noSubject(subject);
    }
    if (known.some(({ version }) => referrers(subject, version).length > 0)) {
      return fail(422, 42206, "One or more references exist to the schema");
    }
    subjects.delete(subject);
    deleted.set(subject, known);
    return json(known.map(({ version }) => version));
  }

  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (credentials && request.headers.get("authorization") !== `Basic ${btoa(credentials)}`) {
      return fail(401, 401, "Unauthorized");
    }
    const parts = pathname
      .slice(path.length + 1)
      .split("/")
      .map(decodeURIComponent);
    const [first = "", subject = "", third, version] = parts;
    if (request.method === "DELETE") {
      return first === "subjects" && third === undefined
        ? remove(subject)
        : fail(405, 405, "HTTP 405 Method Not Allowed");
    }
    const body = request.method === "GET" ? undefined : await bodyOf(request);
    if (body === "no JSON") return fail(400, 400, "the body is not JSON");
    if (first === "subjects" && subject === "") return json([...subjects.keys()]);
    if (first === "schemas") {
      for (const [name, versions] of [...subjects, ...deleted]) {
        const found = versions.find((one) => String(one.id) === third);
        if (found) return json({ ...shown(name, found), subject: undefined, version: undefined, id: undefined });
      }
      return fail(404, 40403, `Schema ${third} not found`);
    }
    if (first === "config") {
      if (body !== undefined) levels.set(subject, body.compatibility);
      if (body !== undefined) return json({ compatibility: body.compatibility });
      const level = levels.get(subject) ?? (subject === "" ? globalLevel : undefined);
      if (level !== undefined) return json({ compatibilityLevel: level });
      return fail(404, 40408, `Subject '${subject}' does not have subject-level compatibility configured`);
    }
    if (first === "compatibility" && body !== undefined) {
      const bad = invalid(body);
      if (bad !== undefined) return bad;
      const messages = conflicts(third ?? "", body);
      return json({ is_compatible: messages.length === 0, messages });
    }
    if (first !== "subjects") return fail(404, 404, "HTTP 404 Not Found");
    if (body !== undefined && third === "versions") return register(subject, body);
    const known = subjects.get(subject);
    if (known === undefined) return noSubject(subject);
    if (body !== undefined) {
      const bad = invalid(body);
      if (bad !== undefined) return bad;
      const same = known.find((one) => identity(one as Body) === identity(body));
      return same ? json(shown(subject, same)) : fail(404, 40403, "Schema not found");
    }
    if (version === undefined) return json(known.map((one) => one.version));
    if (parts[4] === "referencedby") return json(referrers(subject, Number(version)));
    const found = version === "latest" ? known.at(-1) : known.find((one) => String(one.version) === version);
    return found ? json(shown(subject, found)) : fail(404, 40402, `Version ${version} not found.`);
  }

  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    ...(options.tls && { tls: options.tls }),
    async fetch(request) {
      requests.push(`${request.method} ${decodeURIComponent(new URL(request.url).pathname.slice(path.length))}`);
      return (await instead.shift()?.(request)) ?? answer(request);
    },
  });
  return {
    url: `${server.url.origin}${path}`,
    requests,
    levels,
    instead,
    [Symbol.dispose]() {
      // Resolves once the last connection is gone, which nobody has to wait for.
      void server.stop(true);
    },
  };
}

interface Body {
  readonly schema: string;
  readonly references?: readonly { subject: string; version: number }[];
}

async function bodyOf(request: Request): Promise<(Body & { compatibility: string }) | "no JSON"> {
  try {
    // Whoever tests a client sends what the client sends.
    return (await request.json()) as Body & { compatibility: string };
  } catch {
    return "no JSON";
  }
}

function fieldsOf(schema: string): { name: string }[] {
  const parsed: unknown = JSON.parse(schema);
  // Only records have fields, and no test sends them broken.
  return (parsed as { fields?: { name: string }[] }).fields ?? [];
}
