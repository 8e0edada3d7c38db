import { namespaceOf, simpleName } from "../../../names.ts";
import type { NamedNode } from "../../../schema.ts";
import type { Pair, TypescriptRule } from "../change.ts";

export const namespace: TypescriptRule<Pair<NamedNode>> = {
  id: "TS_NAMESPACE",
  purpose: "A named type keeps its namespace, or has the old full name as an alias.",
  check({ older, newer }) {
    if (older.name === newer.name || newer.aliases.includes(older.name)) return undefined;
    // Another simple name is refused by Avro itself.
    if (simpleName(older.name) !== simpleName(newer.name)) return undefined;
    return {
      says: `was the ${newer.type} \`${older.name}\` and is \`${newer.name}\` now, which clients that compare full names refuse to read`,
      help: `Go back to ${named(namespaceOf(older.name))}, or give the type the alias \`${older.name}\`. avsc, and kafkajs' registry client with it, need one of them.`,
      olderKeys: keysOf(older),
      newerKeys: keysOf(newer),
    };
  },
};

const named = (name: string): string => (name === "" ? "no namespace" : `the namespace \`${name}\``);

/** Where the namespace is written: in a member of its own, or in the name, or around the type. */
const keysOf = ({ name, attributes }: NamedNode): readonly string[] =>
  attributes.namespace === namespaceOf(name) ? ["namespace"] : ["name"];
