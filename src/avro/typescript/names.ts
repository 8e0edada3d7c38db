/** Names that the declarations themselves use, that their module gives away, or that are better left alone. */
const TAKEN = [
  "Array",
  "Buffer",
  "Date",
  "EventOf",
  "InputOf",
  "Object",
  "Promise",
  "Readonly",
  "Record",
  "Symbol",
  "TopicInputs",
  "TopicName",
  "Topics",
  "Uint8Array",
] as const;

/** Gives each name once. */
export interface Names {
  /** The first of the names that is free; where none is, the last with a number. */
  take(wanted: readonly [string, ...string[]]): string;
}

export function createNames(): Names {
  const used = new Set<string>(TAKEN);
  return {
    take(wanted) {
      const name = wanted.find((one) => !used.has(one)) ?? numbered(wanted.at(-1) ?? wanted[0], used);
      used.add(name);
      return name;
    },
  };
}

/** For the type of a full name: the simple name, with the suffix, with the namespace, with both. */
export function typeNames(fullName: string, suffix: string): readonly [string, ...string[]] {
  const parts = fullName.split(".").map(pascal);
  const simple = identifier(parts.at(-1) ?? "");
  const qualified = identifier(parts.join(""));
  return [simple, `${simple}${suffix}`, qualified, `${qualified}${suffix}`];
}

/** A name as a member of a type is called. */
export function memberName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function numbered(name: string, used: ReadonlySet<string>): string {
  for (let number = 2; ; number++) {
    if (!used.has(`${name}_${number}`)) return `${name}_${number}`;
  }
}

/** `order_item` and `orderItem` are `OrderItem`. */
function pascal(name: string): string {
  const words = name.split("_").map(([first = "", ...rest]) => first.toUpperCase() + rest.join(""));
  return words.join("");
}

/** Avro's names have digits of every script in them, and may have nothing else behind an underscore. */
function identifier(name: string): string {
  const letters = name.replaceAll(/[^\p{ID_Continue}]/gu, "_");
  return /^\p{ID_Start}/u.test(letters) ? letters : `_${letters}`;
}
