import { type CompatibilityLevel, isCompatibilityLevel } from "../avro/index.ts";
import { RegistryError } from "./errors.ts";
import type { Reference } from "./model.ts";

/** One version, or one schema by its id, as the registry sends it. */
export interface SchemaAnswer {
  readonly text: string;
  readonly references: readonly Reference[];
}

/** A message longer than this quotes a whole schema: Confluent sends up to 10 KiB of the old one. */
const MESSAGE_LENGTH_MAX = 1_000;

/** A positive whole number at this name. */
export function numberIn(answer: unknown, name: string): number {
  const found = memberOf(answer, name);
  if (typeof found !== "number" || !Number.isSafeInteger(found) || found < 0) throw unexpected(`a number \`${name}\``);
  return found;
}

/** What a registry calls its cluster, as `GET /v1/metadata/id` says; undefined where it says nothing of the kind. */
export function clusterIn(answer: unknown): string | undefined {
  const name = memberOf(memberOf(memberOf(answer, "scope"), "clusters"), "schema-registry-cluster");
  return typeof name === "string" ? name : undefined;
}

export function numbersIn(answer: unknown): number[] {
  if (!Array.isArray(answer) || !answer.every(Number.isSafeInteger)) throw unexpected("a list of numbers");
  return answer;
}

export function stringsIn(answer: unknown): string[] {
  if (!Array.isArray(answer) || !answer.every((one) => typeof one === "string")) throw unexpected("a list of names");
  return answer;
}

/** AVRO goes without a `schemaType` up to Confluent 7.9, and with one from 8.0. */
export function schemaIn(answer: unknown): SchemaAnswer {
  const type = memberOf(answer, "schemaType");
  if (typeof type === "string" && type !== "AVRO") {
    throw new RegistryError("INVALID_SCHEMA", `the schema is ${type}; only AVRO can be read`);
  }
  const text = memberOf(answer, "schema");
  if (typeof text !== "string") throw unexpected("a `schema`");
  return { text, references: referencesIn(memberOf(answer, "references")) };
}

/** `{"compatibilityLevel"}`, in any case; undefined where the subject's settings name no level. */
export function levelIn(answer: unknown): CompatibilityLevel | undefined {
  const found = memberOf(answer, "compatibilityLevel");
  if (found === undefined || found === null) return undefined;
  const level = String(found).toUpperCase();
  if (!isCompatibilityLevel(level)) throw unexpected("a compatibility level");
  return level;
}

/** Confluent gives `messages`, Apicurio a `reason`. */
export function verdictIn(answer: unknown): { compatible: boolean; messages: string[] } {
  const compatible = memberOf(answer, "is_compatible");
  if (typeof compatible !== "boolean") throw unexpected("`is_compatible`");
  const messages = memberOf(answer, "messages");
  const told = Array.isArray(messages) ? messages : [memberOf(answer, "reason")];
  const texts = told.filter((one) => typeof one === "string" && one !== "");
  return { compatible, messages: texts.map((one) => String(one).slice(0, MESSAGE_LENGTH_MAX)) };
}

function referencesIn(given: unknown): Reference[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw unexpected("a list of `references`");
  return given.map((one) => {
    const name = memberOf(one, "name");
    const subject = memberOf(one, "subject");
    if (typeof name !== "string" || typeof subject !== "string") throw unexpected("references with name and subject");
    return { name, subject, version: numberIn(one, "version") };
  });
}

function memberOf(answer: unknown, name: string): unknown {
  if (typeof answer !== "object" || answer === null || !Object.hasOwn(answer, name)) return undefined;
  return Reflect.get(answer, name);
}

function unexpected(what: string): RegistryError {
  return new RegistryError("NOT_A_REGISTRY", `the answer lacks ${what}; is the registry at this address?`);
}
