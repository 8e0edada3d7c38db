import type { CompatibilityLevel, Schema } from "../avro/index.ts";
import {
  clusterIn,
  levelIn,
  numberIn,
  numbersIn,
  type SchemaAnswer,
  schemaIn,
  stringsIn,
  verdictIn,
} from "./answers.ts";
import { Cache, Merged } from "./cache.ts";
import { RegistryError, type RegistryErrorKind } from "./errors.ts";
import { createHttp, REAL, type Surroundings } from "./http.ts";
import type { Reference, Registry, RegistrySettings, SchemaText, SchemaVersion } from "./model.ts";
import { resolveSchema } from "./resolve.ts";
import { DEFAULTS, type Limits } from "./settings.ts";

/** Builds a client. It does not connect. */
export function createRegistry(settings: RegistrySettings, surroundings: Surroundings = REAL): Registry {
  const limits: Limits = { ...DEFAULTS, ...settings };
  const http = createHttp(settings, surroundings);
  const schemas = new Cache<number, Schema>(limits.schemasMax, surroundings.now);
  const unknownIds = new Cache<number, RegistryError>(limits.schemasMax, surroundings.now);
  const versions = new Cache<string, SchemaVersion | "none">(limits.schemasMax, surroundings.now);
  const schemaRequests = new Merged<number, Schema>();
  const versionRequests = new Merged<string, SchemaVersion | undefined>();

  const referenceRequests = new Merged<string, SchemaAnswer>();
  const references = new Cache<string, SchemaAnswer>(limits.schemasMax, surroundings.now);

  /** Hundreds of schemas may refer to one version, which is asked for once. */
  async function fetchReference({ subject, version }: Reference): Promise<SchemaAnswer> {
    const key = versionKey(subject, version);
    const known = references.get(key);
    if (known !== undefined) return known;
    return referenceRequests.run(key, async () => {
      const found = schemaIn(await http.send({ path: ["subjects", subject, "versions", version] }));
      references.set(key, found, limits.latestTtlMs);
      return found;
    });
  }
  const resolve = (answer: SchemaAnswer) => resolveSchema(answer, fetchReference);

  async function fetchSchema(id: number): Promise<Schema> {
    try {
      const schema = await resolve(schemaIn(await http.send({ path: ["schemas", "ids", id] })));
      // An id means the same schema for ever.
      schemas.set(id, schema, Number.POSITIVE_INFINITY);
      return schema;
    } catch (error) {
      if (isKind(error, "SCHEMA_NOT_FOUND")) unknownIds.set(id, error, limits.missTtlMs);
      throw error;
    }
  }

  async function fetchVersion(subject: string, version: number | "latest"): Promise<SchemaVersion | undefined> {
    const answer = await unless(["SUBJECT_NOT_FOUND", "VERSION_NOT_FOUND"], undefined, () =>
      http.send({ path: ["subjects", subject, "versions", version] }),
    );
    const key = versionKey(subject, version);
    if (answer === undefined) {
      versions.set(key, "none", limits.missTtlMs);
      return undefined;
    }
    const id = numberIn(answer, "id");
    const stored = schemaIn(answer);
    const schema = schemas.get(id) ?? (await resolve(stored));
    schemas.set(id, schema, Number.POSITIVE_INFINITY);
    const found = { id, version: numberIn(answer, "version"), ...stored, schema };
    versions.set(key, found, limits.latestTtlMs);
    return found;
  }

  return {
    async register(subject, schema) {
      const answer = await http.send({ method: "POST", path: ["subjects", subject, "versions"], body: bodyOf(schema) });
      const id = numberIn(answer, "id");
      versions.delete(versionKey(subject, "latest"));
      unknownIds.delete(id);
      return id;
    },

    lookup: (subject, schema) =>
      unless(["SUBJECT_NOT_FOUND", "SCHEMA_NOT_FOUND"], undefined, async () => {
        const answer = await http.send({ method: "POST", path: ["subjects", subject], body: bodyOf(schema) });
        return { id: numberIn(answer, "id"), version: numberIn(answer, "version") };
      }),

    async schemaById(id) {
      const known = schemas.get(id);
      if (known !== undefined) return known;
      const unknown = unknownIds.get(id);
      if (unknown !== undefined) throw unknown;
      return schemaRequests.run(id, () => fetchSchema(id));
    },

    versions: (subject) =>
      unless(["SUBJECT_NOT_FOUND"], [], async () => {
        const answer = numbersIn(await http.send({ path: ["subjects", subject, "versions"] }));
        return answer.sort((a, b) => a - b);
      }),

    async version(subject, version) {
      const key = versionKey(subject, version);
      const known = versions.get(key);
      if (known !== undefined) return known === "none" ? undefined : known;
      return versionRequests.run(key, () => fetchVersion(subject, version));
    },

    compatible: (subject, schema) =>
      // Confluent accepts everything for a subject that is not there; Apicurio answers 404.
      unless(["SUBJECT_NOT_FOUND", "VERSION_NOT_FOUND"], { compatible: true, messages: [] }, async () => {
        const path = ["compatibility", "subjects", subject, "versions"];
        return verdictIn(await http.send({ method: "POST", path, query: "verbose=true", body: bodyOf(schema) }));
      }),

    level: (subject) =>
      // Apicurio says SUBJECT_NOT_FOUND, as Confluent did before 7.0.
      unless(["LEVEL_NOT_SET", "SUBJECT_NOT_FOUND"], undefined, async () =>
        levelIn(await http.send({ path: subject === undefined ? ["config"] : ["config", subject] })),
      ),

    async setLevel(subject, level) {
      const put = (compatibility: CompatibilityLevel) =>
        http.send({ method: "PUT", path: ["config", subject], body: { compatibility } });
      try {
        await put(level);
      } catch (error) {
        if (!isKind(error, "SUBJECT_NOT_FOUND")) throw error;
        // Apicurio sets a level before the first version, but NONE only where there is another to replace.
        await put("BACKWARD");
        await put(level);
      }
    },

    subjects: async () => stringsIn(await http.send({ path: ["subjects"] })),

    referrers: (subject, version) =>
      unless(["SUBJECT_NOT_FOUND", "VERSION_NOT_FOUND"], [], async () => {
        const ids = numbersIn(await http.send({ path: ["subjects", subject, "versions", version, "referencedby"] }));
        return ids.sort((a, b) => a - b);
      }),

    async deleteSubject(subject) {
      const deleted = await unless(["SUBJECT_NOT_FOUND", "DELETED"], [], async () =>
        numbersIn(await http.send({ method: "DELETE", path: ["subjects", subject] })),
      );
      for (const version of ["latest", ...deleted] as const) versions.delete(versionKey(subject, version));
      return deleted.sort((a, b) => a - b);
    },

    async deleteVersion(subject, version) {
      await unless(["SUBJECT_NOT_FOUND", "VERSION_NOT_FOUND", "DELETED"], undefined, () =>
        http.send({ method: "DELETE", path: ["subjects", subject, "versions", version] }),
      );
      for (const gone of [version, "latest"] as const) versions.delete(versionKey(subject, gone));
    },

    async name() {
      try {
        return clusterIn(await http.send({ path: ["v1", "metadata", "id"], attempts: 1 }));
      } catch (error) {
        // Not every maker's registry has a name.
        if (error instanceof RegistryError) return undefined;
        throw error;
      }
    },

    async ping() {
      // The smallest answer that only a registry gives; `/` is a page with some makers.
      levelIn(await http.send({ path: ["config"], attempts: 1 }));
    },

    close() {
      http.close();
      schemas.clear();
      unknownIds.clear();
      references.clear();
      versions.clear();
    },
  };
}

function versionKey(subject: string, version: number | "latest"): string {
  return `${version} ${subject}`;
}

/** Without `schemaType`: AVRO is what every registry takes it for, also those that know no types. */
function bodyOf({ text, references }: SchemaText): object {
  return references.length === 0 ? { schema: text } : { schema: text, references };
}

/** What is asked, or `otherwise` where it fails in one of these ways. */
async function unless<Value>(
  kinds: readonly RegistryErrorKind[],
  otherwise: Value,
  ask: () => Promise<Value>,
): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    if (isKind(error, ...kinds)) return otherwise;
    throw error;
  }
}

function isKind(error: unknown, ...kinds: readonly RegistryErrorKind[]): error is RegistryError {
  return error instanceof RegistryError && kinds.includes(error.kind);
}
