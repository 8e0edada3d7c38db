import { describe, expect, test } from "bun:test";
import { COMPATIBILITY_LEVELS } from "../../src/avro/index.ts";
import { unique } from "../support/cluster.ts";

interface Answer {
  readonly status: number;
  /** `error_code` of a refusal. */
  readonly code: unknown;
  readonly body: unknown;
}

interface Asking {
  /** Asks `METHOD /path`, with `{s}` for the subject. */
  ask(line: string, body?: unknown): Promise<Answer>;
  /** The body, or status and code where it is a refusal. */
  told(line: string, body?: unknown): Promise<unknown>;
  readonly subject: string;
}

/**
 * What the API of a Confluent-compatible registry answers, in status, numbers and shape. `open` answers the URL of a
 * registry that others may use too: subjects here have names of their own. `differs` maps a title to the reason why it
 * does not hold: then it has to fail, so that we notice when it holds.
 */
export function registryApiContract(name: string, open: () => string, differs: Record<string, string> = {}): void {
  const titles = new Set<string>();
  const it = (title: string, body: (asking: Asking) => Promise<void>) => {
    titles.add(title);
    const reason = differs[title];
    const run = () => body(asking(open(), `api-${unique()}`));
    if (reason === undefined) test(title, run);
    else test.failing(`not so, since ${reason}: ${title}`, run);
  };

  describe(`${name}: subjects and versions`, () => {
    it("a registration answers an id, which leads to the schema", async ({ ask, told }) => {
      const id = idIn(await told("POST /subjects/{s}/versions", sent(growing(1))));
      const { body } = await ask(`GET /schemas/ids/${id}`);
      expect(JSON.parse(textIn(body))).toEqual(growing(1));
    });

    it("the schema of an id is answered alone, too", async ({ told }) => {
      const id = idIn(await told("POST /subjects/{s}/versions", sent(growing(1))));
      expect(await told(`GET /schemas/ids/${id}/schema`)).toEqual(growing(1));
    });

    it("a version has subject, version, id and schema", async ({ told, subject }) => {
      const id = idIn(await told("POST /subjects/{s}/versions", sent(growing(1))));
      for (const version of ["1", "latest", "-1"]) {
        const body = await told(`GET /subjects/{s}/versions/${version}`);
        expect(body).toMatchObject({ subject, version: 1, id, schema: expect.any(String) });
      }
      expect(await told("GET /subjects/{s}/versions/1/schema")).toEqual(growing(1));
    });

    it("what is not there is 40401, 40402 or 40403", async ({ ask, told }) => {
      expect(await told("GET /subjects/{s}/versions")).toEqual([404, 40401]);
      expect(await told("POST /subjects/{s}", sent("int"))).toEqual([404, 40401]);
      await ask("POST /subjects/{s}/versions", sent(growing(1)));
      expect(await told("GET /subjects/{s}/versions/9")).toEqual([404, 40402]);
      expect(await told("POST /subjects/{s}", sent(growing(2)))).toEqual([404, 40403]);
      expect(await told("GET /schemas/ids/2000000000")).toEqual([404, 40403]);
    });

    it("a version that is no number is 42202", async ({ ask, told }) => {
      await ask("POST /subjects/{s}/versions", sent(growing(1)));
      for (const version of ["0", "x"])
        expect(await told(`GET /subjects/{s}/versions/${version}`)).toEqual([422, 42202]);
    });

    it("latest of a subject that is not there is 40401", async ({ told }) => {
      expect(await told("GET /subjects/{s}/versions/latest")).toEqual([404, 40401]);
    });

    it("one schema has one id under all subjects", async ({ told, subject }) => {
      const schema = growing(1, unique());
      const id = idIn(await told("POST /subjects/{s}/versions", sent(schema)));
      expect(idIn(await told("POST /subjects/{s}-b/versions", sent(schema)))).toBe(id);
      const versions = await told(`GET /schemas/ids/${id}/versions`);
      expect(versions).toEqual([
        { subject, version: 1 },
        { subject: `${subject}-b`, version: 1 },
      ]);
    });

    it("the order of attributes and white space make no other schema", async ({ told }) => {
      const id = idIn(await told("POST /subjects/{s}/versions", sent(growing(1))));
      const { type, name, namespace, fields } = growing(1);
      const other = JSON.stringify({ fields, namespace, name, type }, null, 2);
      expect(idIn(await told("POST /subjects/{s}/versions", { schema: other }))).toBe(id);
      expect(await told("GET /subjects/{s}/versions")).toEqual([1]);
    });

    it("another doc makes another schema", async ({ told }) => {
      const id = idIn(await told("POST /subjects/{s}/versions", sent(growing(1))));
      expect(idIn(await told("POST /subjects/{s}/versions", sent({ ...growing(1), doc: "d" })))).not.toBe(id);
      expect(await told("GET /subjects/{s}/versions")).toEqual([1, 2]);
    });

    it('"string" and {"type":"string"} are one schema', async ({ told }) => {
      const id = idIn(await told("POST /subjects/{s}/versions", sent("string")));
      expect(idIn(await told("POST /subjects/{s}-b/versions", sent({ type: "string" })))).toBe(id);
    });
  });

  describe(`${name}: refusals`, () => {
    it("an invalid schema is 42201", async ({ told }) => {
      expect(await told("POST /subjects/{s}/versions", { schema: "{" })).toEqual([422, 42201]);
      expect(await told("POST /subjects/{s}/versions", sent("n.Nothing"))).toEqual([422, 42201]);
    });

    it("an empty schema is 42201", async ({ told }) => {
      expect(await told("POST /subjects/{s}/versions", { schema: "" })).toEqual([422, 42201]);
      expect(await told("POST /subjects/{s}/versions", {})).toEqual([422, 42201]);
    });

    it("a default that does not fit is 42201", async ({ told }) => {
      const schema = record(field("a", "int", { default: "x" }));
      expect(await told("POST /subjects/{s}/versions", sent(schema))).toEqual([422, 42201]);
    });

    it("a body that is not JSON is 400", async ({ ask }) => {
      expect((await ask("POST /subjects/{s}/versions", "{")).status).toBe(400);
    });

    it("refusals have a number and a message, and nothing else", async ({ ask }) => {
      const { body } = await ask("GET /subjects/{s}/versions");
      expect(Object(body)).toContainAllKeys(["error_code", "message"]);
    });
  });

  describe(`${name}: deletion`, () => {
    it("a deleted version is hidden, and its id still read", async ({ told }) => {
      const id = idIn(await told("POST /subjects/{s}/versions", sent(growing(1))));
      await told("POST /subjects/{s}/versions", sent(growing(2)));
      expect(await told("DELETE /subjects/{s}/versions/1")).toBe(1);
      expect(await told("GET /subjects/{s}/versions")).toEqual([2]);
      expect(await told("GET /subjects/{s}/versions/1")).toEqual([404, 40402]);
      expect(await told(`GET /schemas/ids/${id}`)).toMatchObject({ schema: expect.any(String) });
      expect(await told("GET /subjects/{s}/versions?deleted=true")).toEqual([1, 2]);
    });

    it("a subject is deleted, and then deleted for good", async ({ told }) => {
      for (const count of [1, 2]) await told("POST /subjects/{s}/versions", sent(growing(count)));
      expect(await told("DELETE /subjects/{s}")).toEqual([1, 2]);
      expect(await told("GET /subjects/{s}/versions")).toEqual([404, 40401]);
      expect(await told("DELETE /subjects/{s}?permanent=true")).toEqual([1, 2]);
      expect(await told("GET /subjects/{s}/versions?deleted=true")).toEqual([404, 40401]);
    });

    it("deleting in the wrong order has numbers of its own", async ({ told }) => {
      for (const count of [1, 2]) await told("POST /subjects/{s}/versions", sent(growing(count)));
      expect(await told("DELETE /subjects/{s}?permanent=true")).toEqual([404, 40405]);
      expect(await told("DELETE /subjects/{s}/versions/1?permanent=true")).toEqual([404, 40407]);
      await told("DELETE /subjects/{s}/versions/1");
      expect(await told("DELETE /subjects/{s}/versions/1")).toEqual([404, 40406]);
      await told("DELETE /subjects/{s}");
      expect(await told("DELETE /subjects/{s}")).toEqual([404, 40404]);
    });

    it("what was deleted comes back under its old id", async ({ told }) => {
      const id = idIn(await told("POST /subjects/{s}/versions", sent(growing(1, unique()))));
      const { schema } = Object(await told(`GET /schemas/ids/${id}`));
      expect(await told("DELETE /subjects/{s}")).toEqual([1]);
      expect(idIn(await told("POST /subjects/{s}/versions", { schema }))).toBe(id);
    });

    it("what others refer to is 42206", async ({ told, subject }) => {
      await told("POST /subjects/{s}-b/versions", sent({ ...record(), name: "B" }));
      const references = [{ name: "n.B", subject: `${subject}-b`, version: 1 }];
      const id = idIn(await told("POST /subjects/{s}/versions", sent(record(field("b", "n.B")), { references })));
      expect(await told("GET /subjects/{s}-b/versions/1/referencedby")).toEqual([id]);
      expect(await told("DELETE /subjects/{s}-b/versions/1")).toEqual([422, 42206]);
    });
  });

  describe(`${name}: levels`, () => {
    it("a level is read under another name than it is set", async ({ told }) => {
      await told("POST /subjects/{s}/versions", sent(growing(1)));
      for (const level of COMPATIBILITY_LEVELS) {
        expect(await told("PUT /config/{s}", { compatibility: level })).toEqual({ compatibility: level });
        expect(await told("GET /config/{s}")).toMatchObject({ compatibilityLevel: level });
      }
    });

    it("what is no level is 42203", async ({ told }) => {
      expect(await told("PUT /config/{s}", { compatibility: "BEST" })).toEqual([422, 42203]);
    });

    it("a subject without a level is 40408, unless the global one is asked for", async ({ told }) => {
      expect(await told("GET /config/{s}")).toEqual([404, 40408]);
      const answer = await told("GET /config/{s}?defaultToGlobal=true");
      expect(answer).toMatchObject({ compatibilityLevel: expect.any(String) });
    });

    it("a level is taken back", async ({ told }) => {
      await told("POST /subjects/{s}/versions", sent(growing(1)));
      await told("PUT /config/{s}", { compatibility: "FULL" });
      expect(await told("DELETE /config/{s}")).toMatchObject({ compatibilityLevel: "FULL" });
      expect(await told("GET /config/{s}")).toEqual([404, 40408]);
    });

    it("a registration that breaks the level is 409", async ({ ask, told }) => {
      await told("POST /subjects/{s}/versions", sent(growing(1)));
      await told("PUT /config/{s}", { compatibility: "BACKWARD" });
      const { status, code } = await ask("POST /subjects/{s}/versions", sent(record(field("must"))));
      expect(status).toBe(409);
      expect([409, 40901]).toContain(Number(code));
    });

    it("reasons come with `verbose` alone", async ({ told }) => {
      await told("POST /subjects/{s}/versions", sent(growing(1)));
      await told("PUT /config/{s}", { compatibility: "BACKWARD" });
      const line = "POST /compatibility/subjects/{s}/versions/latest";
      expect(await told(line, sent(record(field("must"))))).toEqual({ is_compatible: false });
      const verbose = Object(await told(`${line}?verbose=true`, sent(record(field("must")))));
      expect(verbose.messages.join()).toContain("READER_FIELD_MISSING_DEFAULT_VALUE");
    });

    it("one version is compared whatever the level, without one the level decides which", async ({ told }) => {
      await told("POST /subjects/{s}/versions", sent(record(field("a"))));
      await told("PUT /config/{s}", { compatibility: "NONE" });
      await told("POST /subjects/{s}/versions", sent(record(field("b"))));
      await told("PUT /config/{s}", { compatibility: "BACKWARD" });
      const path = "POST /compatibility/subjects/{s}/versions";
      expect(await told(`${path}/1`, sent(record(field("b"))))).toEqual({ is_compatible: false });
      expect(await told(`${path}/2`, sent(record(field("b"))))).toEqual({ is_compatible: true });
      expect(await told(path, sent(record(field("b"))))).toEqual({ is_compatible: true });
    });
  });

  describe(`${name}: modes and contexts`, () => {
    it("READONLY refuses what is new, and answers what is there", async ({ told }) => {
      const id = idIn(await told("POST /subjects/{s}/versions", sent(growing(1))));
      expect(await told("PUT /mode/{s}", { mode: "READONLY" })).toEqual({ mode: "READONLY" });
      expect(idIn(await told("POST /subjects/{s}/versions", sent(growing(1))))).toBe(id);
      expect(await told("POST /subjects/{s}/versions", sent(growing(2)))).toEqual([422, 42205]);
      expect(await told("DELETE /mode/{s}")).toEqual({ mode: "READONLY" });
    });

    it("each context counts its own ids", async ({ told, subject }) => {
      const context = `.${subject}`;
      expect(idIn(await told(`POST /subjects/:${context}:{s}/versions`, sent("int")))).toBe(1);
      expect(await told("GET /contexts")).toContain(context);
    });

    it("a registry says which release it is", async ({ told }) => {
      expect(await told("GET /v1/metadata/version")).toMatchObject({ version: expect.any(String) });
    });
  });

  test(`${name}: what differs are titles that there are`, () => {
    expect(Object.keys(differs).filter((title) => !titles.has(title))).toEqual([]);
  });
}

function asking(url: string, subject: string): Asking {
  async function ask(line: string, given?: unknown): Promise<Answer> {
    const [method = "GET", path = "/"] = line.replace("{s}", subject).split(" ");
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
      ...(given !== undefined && { body: typeof given === "string" ? given : JSON.stringify(given) }),
    });
    const text = await response.text();
    const body = parsed(text);
    return { status: response.status, code: Object(body).error_code, body };
  }
  return {
    ask,
    async told(line, given) {
      const { status, code, body } = await ask(line, given);
      return status < 300 ? body : [status, code];
    },
    subject,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is shown as it came.
    return text;
  }
}

const sent = (schema: unknown, rest: object = {}) => ({ schema: JSON.stringify(schema), ...rest });

const field = (name: string, type: unknown = "string", rest: object = {}) => ({ name, type, ...rest });

const record = (...fields: readonly object[]) => ({ type: "record", name: "A", namespace: "n", fields });

/** One after the other in a subject, each compatible with all before. */
const growing = (count: number, prefix = "f") =>
  record(
    ...Array.from({ length: count }, (_, index) =>
      field(`f${prefix.replaceAll("-", "")}${index}`, "string", { default: "" }),
    ),
  );

function idIn(body: unknown): number {
  const { id } = Object(body);
  if (typeof id !== "number") throw new Error(`no id in ${JSON.stringify(body)}`);
  return id;
}

function textIn(body: unknown): string {
  return String(Object(body).schema);
}
