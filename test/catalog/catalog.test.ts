import { describe, expect, test } from "bun:test";
import { rename, symlink } from "node:fs/promises";
import { EVENT_TYPE_LENGTH_MAX, FILE_BYTES_MAX } from "../../src/catalog/folder.ts";
import { loadCatalog, readCatalog } from "../../src/catalog/index.ts";
import { catalogOf, folderOf, problemsOf, recordOf } from "./folder.ts";

/** A topic that is right, but for what a test puts in. */
const topic = (yaml: string, schema: string | object = recordOf("Done", { id: "string" })) => ({
  "a.b.done/topic.yaml": yaml,
  "a.b.done/v1.avsc": schema,
});
const DONE = JSON.stringify(recordOf("Done"));
const problemsOfYaml = (yaml: string) => problemsOf(topic(yaml));
const problemsOfSchema = (schema: string | object) => problemsOf(topic("key: null", schema));

describe("a folder that is right", () => {
  test("topic.yaml needs nothing but a key; the rest has defaults", async () => {
    const catalog = await catalogOf(topic("key: id"));
    expect(catalog.topic("a.b.done.v1")).toMatchObject({
      eventType: "a.b.done",
      major: 1,
      subject: "a.b.done.v1-value",
      key: [["id"]],
      compatibility: "BACKWARD",
      compatibilityDeclared: false,
      partitions: 6,
      replication: 3,
      config: {},
      owner: "",
    });
    expect(catalog.topic("a.b.done.v1")).not.toHaveProperty("idPath");
    expect(catalog.topic("a.b.done.v2")).toBeUndefined();
  });

  test("each version is a topic of its own, in the order of the numbers, not of the names", async () => {
    const schema = recordOf("Done");
    const catalog = await catalogOf({
      "a.b.done/topic.yaml": "key: null",
      "a.b.done/v10.avsc": schema,
      "a.b.done/v2.avsc": schema,
    });
    expect(catalog.topics.map((one) => one.topic)).toEqual(["a.b.done.v2", "a.b.done.v10"]);
  });

  test("what is no schema may lie beside them", async () => {
    const others = { "README.md": "hello", "types.ts": "export {}", ".git/x.avsc": "no", "a.b.done/notes.txt": "" };
    expect((await catalogOf({ ...topic("key: null"), ...others })).topics).toHaveLength(1);
  });

  test("folders and files may be links, as they are where configuration is mounted", async () => {
    await using folder = await folderOf(topic("key: null"));
    await rename(`${folder.dir}/a.b.done`, `${folder.dir}/..data`);
    await symlink(`${folder.dir}/..data`, `${folder.dir}/a.b.done`);
    expect((await loadCatalog(folder.dir)).topics).toHaveLength(1);
  });

  test("an empty folder is an empty catalog", async () => {
    expect((await catalogOf({ "README.md": "" })).topics).toEqual([]);
  });
});

describe("references", () => {
  const shared = {
    "_shared/a-money.avsc": { type: "record", name: "s.Money", fields: [{ name: "unit", type: "s.Unit" }] },
    "_shared/z-unit.avsc": { type: "enum", name: "s.Unit", symbols: ["EUR"] },
  };

  test("shared types come in the order in which they can be registered, whatever their files are called", async () => {
    const catalog = await catalogOf(shared);
    expect(catalog.shared.map((file) => file.name)).toEqual(["s.Unit", "s.Money"]);
    expect(catalog.shared[1]?.references).toEqual([{ name: "s.Unit", subject: "s.Unit" }]);
  });

  test("a topic's text names what it refers to, and its schema has it written out", async () => {
    const schema = recordOf("x.Done", { price: "s.Money", unit: "s.Unit" });
    const { topics } = await catalogOf({ ...shared, ...topic("key: null", schema) });
    expect(topics[0]?.text).toBe(JSON.stringify(schema));
    expect(topics[0]?.references.map(({ name }) => name)).toEqual(["s.Money", "s.Unit"]);
    expect(JSON.stringify(topics[0]?.schema.json)).toContain('"EUR"');
  });

  test("a type inside a shared one refers to the file that has it, by the file's own name", async () => {
    const nested = {
      "_shared/money.avsc": { ...recordOf("s.Money"), fields: [{ name: "u", type: shared["_shared/z-unit.avsc"] }] },
    };
    const catalog = await catalogOf({ ...nested, ...topic("key: null", recordOf("x.Done", { unit: "s.Unit" })) });
    expect(catalog.topics[0]?.references).toEqual([{ name: "s.Money", subject: "s.Money" }]);
  });

  test("a simple name is looked for in the namespace that it stands in", async () => {
    const catalog = await catalogOf({ ...shared, ...topic("key: null", recordOf("s.Done", { unit: "Unit" })) });
    expect(catalog.topics[0]?.references).toEqual([{ name: "s.Unit", subject: "s.Unit" }]);
  });

  test("a shared type promises what all topics that reach it promise together", async () => {
    const catalog = await catalogOf({
      ...shared,
      ...topic("{ key: null, compatibility: FORWARD }", recordOf("x.Done", { price: "s.Money" })),
    });
    expect(catalog.shared.map(({ compatibility }) => compatibility)).toEqual(["FULL", "FULL"]);
  });

  test("a reference to nothing is a problem at its place, with the nearest name", async () => {
    const schema = `{\n  "type": "record", "name": "x.D",\n  "fields": [{ "name": "p", "type": "s.Mony" }]\n}`;
    const problems = await problemsOf({ ...shared, ...topic("key: null", schema) });
    expect(problems).toEqual(["a.b.done/v1.avsc:3:37: unknown type `s.Mony`; did you mean `s.Money`?"]);
  });

  test("references that go round in a circle are a problem, once", async () => {
    const problems = await problemsOf({
      "_shared/a.avsc": recordOf("s.A", { b: "s.B" }),
      "_shared/b.avsc": recordOf("s.B", { c: "s.C" }),
      "_shared/c.avsc": recordOf("s.C", { a: ["null", "s.A"] }),
    });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/c\.avsc:1:\d+: s\.A leads back here: .*a\.avsc → .*b\.avsc → .*c\.avsc → .*a\.avsc/);
  });

  test("a type that holds itself is no circle of references", async () => {
    const node = recordOf("s.Node", { next: ["null", "s.Node"] });
    expect((await catalogOf({ "_shared/node.avsc": node })).shared[0]?.references).toEqual([]);
  });

  test("a name that two files define is a problem of the second, and one that a topic takes from _shared too", async () => {
    const problems = await problemsOf({
      ...shared,
      "_shared/zz.avsc": { type: "enum", name: "s.Unit", symbols: ["USD"] },
      ...topic("key: null", recordOf("s.Money")),
    });
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/_shared\/zz\.avsc:1:\d+: s\.Unit is defined in .*z-unit\.avsc; use it by its name/);
    expect(problems[1]).toMatch(/a\.b\.done\/v1\.avsc:1:\d+: s\.Money is defined in .*a-money\.avsc/);
  });

  test("a broken shared type is told of once, not again by each topic that uses it", async () => {
    const problems = await problemsOf({
      "_shared/money.avsc": '{ "type": "record", "name": "s.Money", "fields": [ }',
      ...topic("key: price.unit", recordOf("x.Done", { price: "s.Money" })),
    });
    expect(problems).toEqual(['_shared/money.avsc:1:52: syntax: expected a value; JSON allows no comma before "]"']);
  });

  test("a shared type must have a name", async () => {
    const problems = await problemsOf({ "_shared/list.avsc": { type: "array", items: "string" } });
    expect(problems).toEqual(["_shared/list.avsc:1:1: a shared type must have a name: a record, an enum or a fixed"]);
  });
});

describe("a schema that is broken is named with line, column and reason", () => {
  test.each([
    ['{\n "type": "record",\n}', '3:1: syntax: expected a name in double quotes; JSON allows no comma before "}"'],
    ['{ "a": [1,] }', '1:11: syntax: expected a value; JSON allows no comma before "]"'],
    ['{ "a" 1 }', '1:7: syntax: expected ":"'],
    ['{ "a": 1 "b": 2 }', '1:10: syntax: expected ","'],
    [`${DONE} // note`, "1:45: syntax: JSON has no comments; write a doc instead"],
    [`${DONE} /* note`, "1:45: syntax: JSON has no comments; write a doc instead"],
    [
      `/* note */\r\n${DONE.replace('"fields"', '\r\n  // the fields\r\n"fields"')}`,
      "1:1: syntax: JSON has no comments; write a doc instead",
    ],
    ['{ "a": "b\n" }', "1:8: syntax: a string that does not end"],
    ["", "1:1: the file is empty"],
    ["{} {}", "1:4: syntax: expected the end of the file"],
    ['{ "type": "string", "type": "int" }', '1:21: "type" is here twice'],
    ["[".repeat(10_000), "1:201: nested deeper than 200 levels"],
    [`\uFEFF${DONE}`, "1:1: begins with a byte order mark; save it as UTF-8 without one"],
    [Buffer.from(DONE.replace("}", ',\n"doc": "M\u00fcnchen"}'), "latin1"), "2:10: is not UTF-8 from here on"],
    [Buffer.from(`\uFEFF${DONE}`, "utf16le"), "1:1: is UTF-16; save it as UTF-8"],
    [
      `${DONE.slice(0, -1)},\n<<<<<<< HEAD\n"doc": "a"\n=======\n"doc": "b"\n>>>>>>> theirs\n}`,
      "2:1: a merge conflict that is not resolved, from line 2 to 6: keep what is right of both sides, and delete the lines of the markers",
    ],
    [" ".repeat(FILE_BYTES_MAX + 1), `1:1: ${FILE_BYTES_MAX + 1} bytes; the limit is ${FILE_BYTES_MAX}`],
    ['"string"', "1:1: an event must be a record"],
    [recordOf("Done", { a: "strng" }), "1:61: unknown type `strng`; did you mean `string`?"],
  ])("%p", async (schema, problem) => {
    expect(await problemsOfSchema(schema)).toEqual([`a.b.done/v1.avsc:${problem}`]);
  });

  test("of a file with more problems than anybody reads, the first hundred come", async () => {
    const problems = await problemsOfSchema(`{${'"type": "record",\n'.repeat(1_000)}"fields": []}`);
    expect(problems).toHaveLength(100);
    expect(problems.at(-2)).toBe('a.b.done/v1.avsc:100:1: "type" is here twice');
    expect(problems.at(-1)).toBe("a.b.done/v1.avsc:101:1: and 900 more problems from here on");
  });

  test("all problems of all files come at once, by file and line", async () => {
    const problems = await problemsOf({
      "a.b.done/topic.yaml": "key: nothing\npartitions: 0",
      "a.b.done/v1.avsc": recordOf("Done", { a: "string" }),
      "a.b.done/v2.avsc": {
        ...recordOf("Done"),
        fields: [
          { name: "b", type: "in" },
          { name: "b", type: "long" },
        ],
      },
      "x.y.done/v1.avsc": "nonsense",
    });
    expect(problems.map((line) => line.split(": ")[0])).toEqual([
      "a.b.done/topic.yaml:1:1",
      "a.b.done/topic.yaml:2:1",
      "a.b.done/v2.avsc:1:61",
      "a.b.done/v2.avsc:1:75",
      "x.y.done:1:1",
      "x.y.done/v1.avsc:1:1",
    ]);
  });
});

describe("a file that can't be used yet is told of once", () => {
  const money = { type: "record", name: "s.Money", fields: [{ name: "units", type: "long" }] };
  const conflict = JSON.stringify(money, null, 2).replace(
    /("type": "long")/,
    '\n<<<<<<< HEAD\n$1\n||||||| base\n=======\n"type": "int"\n>>>>>>> other',
  );
  const using = topic("key: null", recordOf("Done", { price: "s.Money" }));

  test.each([
    ["a conflict", conflict, "_shared/money.avsc:8:1: a merge conflict that is not resolved, from line 8 to 13"],
    ["a byte order mark", `\uFEFF${JSON.stringify(money)}`, "_shared/money.avsc:1:1: begins with a byte order mark"],
    ["a comment", `${JSON.stringify(money)} // cents`, "_shared/money.avsc:1:78: syntax: JSON has no comments"],
  ])("%s in a shared type is no problem of those that use it", async (_what, text, problem) => {
    const problems = await problemsOf({ ...using, "_shared/money.avsc": text });
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  test("a conflict in topic.yaml is one problem, at its first marker", async () => {
    const yaml = "key: id\n<<<<<<< HEAD\npartitions: 6\n=======\npartitions: 12\n>>>>>>> other\nowner: orders\n";
    const files = topic(yaml, recordOf("Done", { id: "string" }));
    const problem = "a.b.done/topic.yaml:2:1: a merge conflict that is not resolved, from line 2 to 6";
    expect(await problemsOf(files)).toEqual([expect.stringContaining(problem)]);
    await using folder = await folderOf(files);
    expect(readCatalog(folder.dir).catalog.topics[0]).toMatchObject({ key: [["id"]], partitions: 6, owner: "orders" });
  });

  test("what only looks like a marker is none", async () => {
    const schema = JSON.stringify({ ...recordOf("Done"), doc: "a ======= b <<<<<<< c" }, null, 2);
    expect(await problemsOf(topic("key: null\ndescription: |\n  =======\n  <<<<<<< a\n", schema))).toEqual([]);
  });

  test("a conflict with the line ends of Windows is one too", async () => {
    const [problem] = await problemsOfSchema('{\r\n<<<<<<< HEAD\r\n"a": 1\r\n=======\r\n"a": 2\r\n>>>>>>> b\r\n}');
    expect(problem).toContain("a.b.done/v1.avsc:2:1: a merge conflict that is not resolved, from line 2 to 6");
  });

  test("the line ends of Windows change no place", async () => {
    const schema = JSON.stringify(recordOf("Done", { a: "string", b: "strng" }), null, 2);
    const [unix] = await problemsOfSchema(schema);
    expect(unix).toMatch(/^a\.b\.done\/v1\.avsc:11:15: unknown type/);
    expect(await problemsOfSchema(schema.replaceAll("\n", "\r\n"))).toEqual([unix ?? ""]);
    expect(await problemsOfYaml("key: id\r\npartitions: 0\r\nowner: a\r\n")).toEqual([
      "a.b.done/topic.yaml:2:1: partitions: expected a whole number from 1 to 10000, found 0",
    ]);
  });

  test("a link that leads nowhere, or back to itself, is a problem of its own", async () => {
    await using folder = await folderOf(topic("key: null"));
    await symlink("gone.avsc", `${folder.dir}/a.b.done/v2.avsc`);
    await symlink("v3.avsc", `${folder.dir}/a.b.done/v3.avsc`);
    const { catalog, problems, places } = readCatalog(folder.dir);
    expect(problems.map(({ message }) => message)).toEqual([
      "can't be read: it is a link to what is not there",
      "can't be read: it is a link that leads back to itself",
    ]);
    expect(catalog.topics).toHaveLength(1);
    // It is there, and was not removed.
    expect(places.text(`${folder.dir}/a.b.done/v2.avsc`)).toBe("");
  });

  test("a topic that uses a shared type that is broken is not there, for nobody knows what it is", async () => {
    await using folder = await folderOf({ ...using, "_shared/money.avsc": conflict });
    const { catalog, places } = readCatalog(folder.dir);
    expect([catalog.topics, catalog.shared]).toEqual([[], []]);
    expect(places.text(`${folder.dir}/a.b.done/v1.avsc`)).toContain("s.Money");
  });

  test("a version under a name in capitals is that version, and has another name on other machines", async () => {
    await using folder = await folderOf({ "a.b.done/topic.yaml": "key: null", "a.b.done/V1.avsc": recordOf("Done") });
    const { catalog, problems } = readCatalog(folder.dir);
    expect(problems.map(({ message }) => message)).toEqual(["must be called v1.avsc"]);
    expect(catalog.topics.map(({ subject }) => subject)).toEqual(["a.b.done.v1-value"]);
  });

  test("topic.yaml under another name is not missing as well", async () => {
    expect(await problemsOf({ "a.b.done/Topic.YML": "key: null", "a.b.done/v1.avsc": recordOf("Done") })).toEqual([
      "a.b.done/Topic.YML:1:1: must be called topic.yaml",
    ]);
  });
});

describe("names of folders and files", () => {
  const schema = recordOf("Done");
  test.each([
    ["orders.created/v1.avsc", "orders.created:1:1: orders.created is no event type"],
    ["Orders.order.created/v1.avsc", "Orders.order.created:1:1: Orders.order.created is no event type"],
    ["orders.order.created.v1/v1.avsc", "orders.order.created.v1:1:1: orders.order.created.v1 is no event type"],
    ["_share/money.avsc", "_share:1:1: unknown folder _share; did you mean _shared?"],
    [`a.b.${"c".repeat(EVENT_TYPE_LENGTH_MAX)}/v1.avsc`, `the name has more than ${EVENT_TYPE_LENGTH_MAX} characters`],
    [
      "_shared/money/eur.avsc",
      "_shared/money:1:1: folders in _shared/ are not read; put the files into _shared/ itself",
    ],
    ["_shared/money.avdl", "_shared/money.avdl:1:1: only .avsc files are read"],
    ["a.b.done/v01.avsc", "a.b.done/v01.avsc:1:1: v01.avsc is no version: expected v1.avsc, v2.avsc …"],
    ["a.b.done/v0.avsc", "a.b.done/v0.avsc:1:1: v0.avsc is no version"],
    ["a.b.done/order.avsc", "a.b.done/order.avsc:1:1: order.avsc is no version"],
    ["a.b.done/v2.avdl", "a.b.done/v2.avdl:1:1: only .avsc files are read"],
    ["a.b.done/topic.yml", "a.b.done/topic.yml:1:1: must be called topic.yaml"],
    ["money.avsc", "money.avsc:1:1: belongs in _shared/, or as v1.avsc in the folder of its event type"],
  ])("%s", async (file, problem) => {
    const problems = await problemsOf({ ...topic("key: null"), [file]: file.endsWith("yml") ? "key: null" : schema });
    expect(problems.join("\n")).toContain(problem);
    expect(problems).toHaveLength(1);
  });

  test("a folder without a schema, or without topic.yaml, is a problem", async () => {
    expect(await problemsOf({ "a.b.done/topic.yaml": "key: null" })).toEqual([
      "a.b.done:1:1: there is no schema here; expected v1.avsc",
    ]);
    expect(await problemsOf({ "a.b.done/v1.avsc": schema })).toEqual(["a.b.done:1:1: topic.yaml is missing"]);
  });

  test("topics that Kafka can't tell apart are a problem", async () => {
    const yaml = "key: null";
    const problems = await problemsOf({
      "a.b_c.done/topic.yaml": yaml,
      "a.b_c.done/v1.avsc": schema,
      "a_b.c.done/topic.yaml": yaml,
      "a_b.c.done/v1.avsc": schema,
    });
    expect(problems).toEqual(["a_b.c.done/v1.avsc:1:1: Kafka can't tell the topic a_b.c.done.v1 from a.b_c.done.v1"]);
  });

  test("a folder that is not there is a problem that names its setting, not a crash", async () => {
    await expect(loadCatalog("/nowhere/schemas")).rejects.toThrow(
      "there is no folder /nowhere/schemas; `sluice dev` says how to begin one, and SLUICE_SCHEMAS names another",
    );
  });
});

describe("topic.yaml", () => {
  test.each([
    ["partitions: 6", "1:1: key is missing"],
    ["keys: id", "1:1: unknown setting keys; did you mean key?"],
    ["key: null\nretention: 5", "2:1: unknown setting retention"],
    ["key: null\nkey: id", "2:1: this setting is here twice"],
    ["key: []", "1:1: key: expected at least one field; null for no key"],
    ["key: 5", "1:1: key: expected the name of a field (`order_id`, `order.id`), found 5"],
    ["key: null\npartitions: 0", "2:1: partitions: expected a whole number from 1 to 10000, found 0"],
    ["key: null\npartitions: 1.5", "2:1: partitions: expected a whole number from 1 to 10000, found 1.5"],
    ['key: null\nreplication: "3"', '2:1: replication: expected a whole number from 1 to 100, found "3"'],
    ["key: null\ncompatibility: backwards", '2:1: compatibility: "backwards" is not one of NONE, BACKWARD,'],
    ["key: null\ncompatibility: FULL_TRANSITVE", "did you mean FULL_TRANSITIVE?"],
    ["key: null\nowner: [a]", '2:1: owner: expected text, found [ "a" ]'],
    ["key: null\nconfig: 7", "2:1: config: expected settings, found 7"],
    [
      "key: null\nconfig:\n  retention.mss: 7",
      "3:3: Kafka has no topic configuration retention.mss; did you mean retention.ms?",
    ],
    ["key: null\nconfig: { retention.ms: soon }", "2:11: retention.ms: soon is not a whole number"],
    ["key: null\nconfig: { retention.ms: 99999999999999999999 }", "2:11: retention.ms:"],
    [
      "key: null\nconfig: { cleanup.policy: compacted }",
      "2:11: cleanup.policy: compacted is not one of delete | compact",
    ],
    ["key: null\nconfig: { cleanup.policy: compact }", "2:11: a compacted topic keeps the last event of each key"],
    [
      "key: null\nreplication: 1\nconfig: { min.insync.replicas: 2 }",
      "3:11: min.insync.replicas: 2 is more than replication: 1",
    ],
    ["key: null\nconfig: { constructor: 2 }", "2:11: Kafka has no topic configuration constructor"],
    ["- key", "1:1: expected settings, one `name: value` on each line"],
    ["", "1:1: expected settings"],
    ["key: null\nowner: [orders\ntime: x", "2:1: syntax:"],
    ["key: null\nowner: &a [*a]", "2:1: "],
  ])("%j", async (yaml, problem) => {
    const problems = await problemsOfYaml(yaml);
    expect(problems.join("\n")).toContain(problem);
    expect(problems[0]).toStartWith("a.b.done/topic.yaml:");
  });

  test("configurations of one maker's brokers are left to those brokers", async () => {
    const catalog = await catalogOf(
      topic("key: null\nconfig: { confluent.value.schema.validation: true, retention.ms: -1 }"),
    );
    expect(catalog.topics[0]?.config).toEqual({ "confluent.value.schema.validation": "true", "retention.ms": "-1" });
  });
});

describe("key, id and time", () => {
  const schema = {
    ...recordOf("Done", {
      id: "string",
      note: ["null", "string"],
      price: "double",
      at: { type: "long", logicalType: "timestamp-millis" },
      maybe_at: ["null", { type: "long", logicalType: "timestamp-micros" }],
      count: "long",
      customer: recordOf("Customer", { id: "string", country: { type: "enum", name: "Country", symbols: ["DE"] } }),
      agent: ["null", "Customer"],
      amount: { type: "bytes", logicalType: "decimal", precision: 4 },
    }),
  };

  test.each([
    ["key: idd", "1:1: key: in v1.avsc, the schema has no field idd; did you mean id?"],
    ["key: customer.idd", "key: in v1.avsc, the schema has no field customer.idd; did you mean id?"],
    ["key: id.x", "key: in v1.avsc, id is no record"],
    ["key: note", "key: in v1.avsc, note may be null; a key must always be there"],
    ["key: agent.id", "key: in v1.avsc, agent may be null"],
    ["key: price", "key: in v1.avsc, price must be a string, an enum, an int, a long or a boolean"],
    ["key: at", "key: in v1.avsc, at must be a string"],
    ["key: customer", "key: in v1.avsc, customer must be a string"],
    ["key: [id, price]", "key: in v1.avsc, price must be"],
    ["key: null\nid: amount", "2:1: id: in v1.avsc, amount must be a string, an int or a long"],
    ["key: null\ntime: count", "2:1: time: in v1.avsc, count must be a long with logicalType timestamp-millis"],
  ])("%j is a problem", async (yaml, problem) => {
    const problems = await problemsOf(topic(yaml, schema));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test("a field that has another name now is told with it, however far the two are apart", async () => {
    const renamed = {
      type: "record",
      name: "Done",
      fields: [{ name: "number", type: "string", aliases: ["order_id"] }],
    };
    const problems = await problemsOf(topic("key: order_id", renamed));
    expect(problems[0]).toEndWith("the schema has no field order_id; it is called number now: write that here, too");
  });

  test.each([
    "key: id",
    "key: count",
    "key: [customer.country, customer.id]",
    "{ key: null, id: note, time: maybe_at }",
    "{ key: null, id: agent.id }",
  ])("%j is right", async (yaml) => {
    expect(await problemsOf(topic(yaml, schema))).toEqual([]);
  });

  test("they must be right for each version", async () => {
    const problems = await problemsOf({
      ...topic("key: id", schema),
      "a.b.done/v2.avsc": recordOf("Done", { ident: "string" }),
    });
    expect(problems).toEqual(["a.b.done/topic.yaml:1:1: key: in v2.avsc, the schema has no field id"]);
  });
});
