import { COMPATIBILITY_LEVELS, type CompatibilityLevel, isCompatibilityLevel } from "../../avro/index.ts";
import { RegistryFault } from "./faults.ts";
import { type Metadata, sortedMetadata } from "./metadata.ts";
import { MODES, type Mode, type Reference, type Settings } from "./model.ts";
import type { Registration } from "./register.ts";

/** What a body asks to be registered, looked up or tested. @throws RegistryFault */
export function registrationIn(body: unknown, subject: string): Registration {
  const type = textIn(body, "schemaType") ?? "AVRO";
  if (type !== "AVRO") {
    throw new RegistryFault("INVALID_SCHEMA", `Invalid schema type ${type}: this registry takes AVRO alone`);
  }
  const version = intIn(body, "version");
  const id = intIn(body, "id");
  return {
    subject,
    text: textIn(body, "schema") ?? "",
    references: listIn(body, "references").map(referenceIn),
    metadata: metadataIn(body, "metadata"),
    // As Confluent has it: 0 is no version, and a negative id is none.
    version: version === 0 ? undefined : version,
    id: id !== undefined && id >= 0 ? id : undefined,
  };
}

/** The attributes of a config that a body sets. Those that it sets to null are undefined here, and are taken back. */
export function settingsIn(body: unknown): { readonly [Name in keyof Settings]?: Settings[Name] | undefined } {
  return {
    ...(has(body, "alias") && { alias: textIn(body, "alias") }),
    ...(has(body, "normalize") && { normalize: flagIn(body, "normalize") }),
    ...(has(body, "validateFields") && { validateFields: flagIn(body, "validateFields") }),
    ...(has(body, "validateNewSchemas") && { validateNewSchemas: flagIn(body, "validateNewSchemas") }),
    ...(has(body, "compatibility") && { compatibilityLevel: levelIn(body) }),
    ...(has(body, "compatibilityGroup") && { compatibilityGroup: textIn(body, "compatibilityGroup") }),
    ...(has(body, "defaultMetadata") && { defaultMetadata: metadataIn(body, "defaultMetadata") }),
    ...(has(body, "overrideMetadata") && { overrideMetadata: metadataIn(body, "overrideMetadata") }),
  };
}

/** The mode that a body sets; undefined takes it back. */
export function modeIn(body: unknown): Mode | undefined {
  const name = textIn(body, "mode");
  if (name === undefined) return undefined;
  const mode = MODES.find((one) => one === name.toUpperCase());
  if (mode !== undefined) return mode;
  throw new RegistryFault("INVALID_MODE", "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.");
}

function levelIn(body: unknown): CompatibilityLevel | undefined {
  const name = textIn(body, "compatibility");
  if (name === undefined) return undefined;
  const level = name.toUpperCase();
  if (isCompatibilityLevel(level)) return level;
  const names = COMPATIBILITY_LEVELS.map((one) => one.toLowerCase()).sort((one, other) => rankOf(one) - rankOf(other));
  throw new RegistryFault(
    "INVALID_LEVEL",
    `Invalid compatibility level. Valid values are ${names.slice(0, -1).join(", ")}, and ${names.at(-1)}`,
  );
}

/** Confluent's message names the transitive levels last. */
function rankOf(level: string): number {
  return level.endsWith("_transitive") ? 1 : 0;
}

function referenceIn(given: unknown): Reference {
  const name = textIn(given, "name");
  const subject = textIn(given, "subject");
  const version = intIn(given, "version");
  if (name !== undefined && subject !== undefined && version !== undefined) return { name, subject, version };
  throw new RegistryFault(
    "INVALID_SCHEMA",
    `Invalid schema of type AVRO, details: Invalid reference: {name='${name ?? null}', subject='${subject ?? null}', version=${version ?? null}}`,
  );
}

function metadataIn(body: unknown, name: string): Metadata | undefined {
  const given = memberOf(body, name);
  if (given === undefined) return undefined;
  return sortedMetadata({
    tags: mapIn(given, "tags", (tags) => textsFrom(tags, "tags")),
    properties: mapIn(given, "properties", (property) => textFrom(property, "properties")),
    sensitive: textsFrom(memberOf(given, "sensitive") ?? [], "sensitive"),
  });
}

function mapIn<Value>(body: unknown, name: string, read: (value: unknown) => Value): Record<string, Value> {
  const given = memberOf(body, name) ?? {};
  if (!isObject(given)) throw misshapen(name, "an object");
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, read(value)]));
}

function textsFrom(given: unknown, name: string): string[] {
  if (!Array.isArray(given)) throw misshapen(name, "a list of strings");
  return given.map((one) => textFrom(one, name));
}

/** Numbers and booleans are taken for what they look like, as Jackson takes them. */
function textFrom(given: unknown, name: string): string {
  if (typeof given === "string") return given;
  if (typeof given === "number" || typeof given === "boolean") return String(given);
  throw misshapen(name, "a string");
}

function textIn(body: unknown, name: string): string | undefined {
  const given = memberOf(body, name);
  return given === undefined ? undefined : textFrom(given, name);
}

function flagIn(body: unknown, name: string): boolean | undefined {
  const given = memberOf(body, name);
  if (given === undefined || typeof given === "boolean") return given;
  if (given === "true" || given === "false") return given === "true";
  throw misshapen(name, "true or false");
}

function intIn(body: unknown, name: string): number | undefined {
  const given = memberOf(body, name);
  if (given === undefined) return undefined;
  const number = typeof given === "string" && /^\s*[+-]?\d+\s*$/.test(given) ? Number(given) : given;
  if (typeof number === "number" && Number.isInteger(number) && Math.abs(number) < 2 ** 31) return number;
  throw misshapen(name, "a whole number of 32 bits");
}

function listIn(body: unknown, name: string): unknown[] {
  const given = memberOf(body, name) ?? [];
  if (!Array.isArray(given)) throw misshapen(name, "a list");
  return given;
}

/** What a body has under a name; undefined for null, and for what is not there. */
function memberOf(body: unknown, name: string): unknown {
  if (!isObject(body)) throw new RegistryFault("BAD_REQUEST", "The body, and each object in it, is a JSON object");
  return (Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined) ?? undefined;
}

function has(body: unknown, name: string): boolean {
  return isObject(body) && Object.hasOwn(body, name);
}

function isObject(given: unknown): given is object {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

function misshapen(name: string, expected: string): RegistryFault {
  return new RegistryFault("BAD_REQUEST", `\`${name}\`: expected ${expected}`);
}
