import { describe, expect, test } from "bun:test";
import { breaksWithin } from "../../../src/avro/compat/index.ts";
import { createWitnesses, type Incompatibility, type Node } from "../../../src/avro/index.ts";
import { partsOf } from "../../../src/avro/schema.ts";
import { ask, JARS } from "../oracle/ask.ts";
import { generated, type Judged, judged, recorded } from "./judged.ts";

/**
 * Our decoder and avsc refuse a pair of schemas as a whole, whatever the data. Avro Java reads as long as the data lets
 * it: that it fails as well shows that a witness really holds what breaks.
 */
describe.skipIf(JARS === undefined)("beside Apache Avro itself", () => {
  test("Java's GenericDatumReader fails on each witness too, but for what it does not look at", async () => {
    const breaks = judged([...(await recorded()), ...generated(10_000)]).flatMap(witnessed);
    const answers = await ask(breaks.map(({ texts, bytes }) => ({ ...texts, records: bytes })));
    const read: unknown[] = [];
    let failed = 0;
    let byAlias = 0;
    for (const [index, { texts, found, reader }] of breaks.entries()) {
      const withAliases = hasAliases(reader.root);
      for (const [nth, one] of found.entries()) {
        const error = answers[index]?.read?.[nth];
        if (typeof error === "string") failed++;
        else if (error === null && withAliases) byAlias++;
        else if (error === null && !isOverlooked(one)) {
          read.push({ ...texts, type: one.type, location: one.location });
        }
      }
    }
    expect(read).toEqual([]);
    expect(failed).toBeGreaterThan(5_000);
    expect(byAlias).toBeLessThan(failed / 20);
  }, 120_000);
});

function witnessed({ texts: { reader: r, writer: w }, reader, writer, found }: Judged) {
  const witnesses = createWitnesses(reader, writer);
  const each = found.flatMap((one) => {
    const witness = witnesses(one);
    return witness === undefined ? [] : { one, bytes: witness.bytes.toString("hex") };
  });
  if (each.length === 0) return [];
  return {
    texts: { reader: r, writer: w },
    reader,
    found: each.map(({ one }) => one),
    bytes: each.map(({ bytes }) => bytes),
  };
}

/** Java's reader takes a record by its fields, whatever its name, and the first field that an alias may mean. */
function isOverlooked(one: Incompatibility): boolean {
  if (one.type === "CHECK_FAILED") return true;
  if (one.type === "NAME_MISMATCH") return one.readerNode.type === "record";
  return one.type === "MISSING_UNION_BRANCH" && branches(one.writerNode).some((branch) => isOverlookedIn(one, branch));
}

function isOverlookedIn({ readerNode }: Incompatibility, branch: Node): boolean {
  if (branch.type !== "record") return breaksWithin(readerNode, branch).some(isOverlooked);
  // In a union Java takes the first record whose fields fit, whatever its name.
  const records = readerNode.type === "union" ? readerNode.branches.filter(({ type }) => type === "record") : [];
  if (records.length > 1) return true;
  const [first] = breaksWithin(readerNode, branch);
  return first === undefined || isOverlooked(first);
}

/** Java's reader and Java's checker do not agree on what an alias in another namespace means, nor on two that mean one field. */
function hasAliases(root: Node, seen = new Set<Node>()): boolean {
  if (seen.has(root)) return false;
  seen.add(root);
  const own = "aliases" in root && root.aliases.length > 0;
  const ofFields = root.type === "record" && root.fields.some(({ aliases }) => aliases.length > 0);
  return own || ofFields || partsOf(root).some((part) => hasAliases(part, seen));
}

const branches = (node: Node): readonly Node[] => (node.type === "union" ? node.branches : [node]);
