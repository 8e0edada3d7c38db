import { expect, test } from "bun:test";
import fc from "fast-check";
import { memberOf, openApi, sent } from "./asking.ts";

/**
 * What a registry with nothing but NONE for a level has to do, in the plainest words: ids by schema and context, versions
 * by subject, deleted twice until they are gone.
 */
class Model {
  readonly subjects = new Map<string, { version: number; schema: string; id: number; deleted: boolean }[]>();
  readonly #lastIds = new Map<string, number>();

  register(subject: string, schema: string): [number, number] {
    const versions = this.of(subject);
    const there = versions.findLast((one) => one.schema === schema && !one.deleted);
    if (there !== undefined) return [there.id, there.version];
    const id = this.idOf(subject, schema) ?? this.#nextId(contextOf(subject));
    const version = Math.max(0, ...versions.map((one) => one.version)) + 1;
    const kept = versions.filter((one) => !(one.deleted && one.id === id));
    this.subjects.set(subject, [...kept, { version, schema, id, deleted: false }]);
    return [id, version];
  }

  removeSubject(subject: string, permanent: boolean): number[] | number {
    const versions = this.of(subject);
    const live = versions.filter((one) => !one.deleted);
    if (versions.length === 0) return 40401;
    if (!permanent && live.length === 0) return 40404;
    if (permanent && live.length > 0) return 40405;
    if (permanent) this.subjects.delete(subject);
    for (const one of live) one.deleted = true;
    return (permanent ? versions : live).map(({ version }) => version);
  }

  removeVersion(subject: string, version: number, permanent: boolean): number {
    const versions = this.of(subject);
    const found = versions.find((one) => one.version === version);
    if (versions.length === 0) return 40401;
    if (found === undefined) return 40402;
    if (!permanent && found.deleted) return 40406;
    if (permanent && !found.deleted) return 40407;
    if (!permanent) found.deleted = true;
    else
      this.subjects.set(
        subject,
        versions.filter((one) => one !== found),
      );
    return version;
  }

  of(subject: string) {
    return this.subjects.get(subject) ?? [];
  }

  idOf(subject: string, schema: string): number | undefined {
    const context = contextOf(subject);
    for (const [other, versions] of this.subjects) {
      const found = versions.find((one) => contextOf(other) === context && one.schema === schema);
      if (found !== undefined) return found.id;
    }
    return undefined;
  }

  #nextId(context: string): number {
    const id = (this.#lastIds.get(context) ?? 0) + 1;
    this.#lastIds.set(context, id);
    return id;
  }
}

const contextOf = (subject: string): string => (subject.startsWith(":.x:") ? ".x" : ".");

const subjects = ["a", "b", ":.x:a"] as const;
const subject = fc.constantFrom(...subjects);
const schema = fc.constantFrom("int", "long", "string", "bytes", "double");
const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("register" as const), subject, schema }) },
  fc.record({ kind: fc.constant("subject" as const), subject, permanent: fc.boolean() }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("version" as const),
      subject,
      version: fc.integer({ min: 1, max: 4 }),
      permanent: fc.boolean(),
    }),
  },
);

test("whatever is registered and deleted in whatever order, ids and versions are the model's", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
      const api = openApi();
      const model = new Model();
      await api.told("PUT /config/:.__GLOBAL:", { compatibility: "NONE" });
      for (const one of operations) expect(await done(api, one)).toEqual(expectedOf(model, one));
      for (const name of subjects) {
        const versions = model.of(name);
        const { body } = await api.ask(`GET /subjects/${name}/versions?deletedAsNegative=true&deleted=true`);
        const listed = versions.map(({ version, deleted }) => (deleted ? -version : version));
        expect(Array.isArray(body) ? body : []).toEqual(listed);
        for (const { id, schema } of versions) {
          const found = await api.told(`GET /schemas/ids/${id}?subject=${name}`);
          expect(memberOf(found, "schema")).toBe(JSON.stringify(schema));
        }
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);

type Operation = typeof operation extends fc.Arbitrary<infer One> ? One : never;

function expectedOf(model: Model, one: Operation): unknown {
  switch (one.kind) {
    case "register":
      return model.register(one.subject, one.schema);
    case "subject":
      return model.removeSubject(one.subject, one.permanent);
    case "version":
      return model.removeVersion(one.subject, one.version, one.permanent);
  }
}

async function done({ ask }: ReturnType<typeof openApi>, one: Operation): Promise<unknown> {
  if (one.kind === "register") {
    const { body } = await ask(`POST /subjects/${one.subject}/versions`, sent(one.schema));
    return [memberOf(body, "id"), memberOf(body, "version")];
  }
  const version = one.kind === "version" ? `/versions/${one.version}` : "";
  const { body } = await ask(`DELETE /subjects/${one.subject}${version}?permanent=${one.permanent}`);
  return memberOf(body, "error_code") ?? body;
}
