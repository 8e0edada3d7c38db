import { describe, expect, test } from "bun:test";
import { field, growing, memberOf, openApi, record, ref, sent } from "./asking.ts";

describe("one schema, one id", () => {
  test("over all subjects of a context", async () => {
    const { register } = openApi();
    expect(await register("a", growing(1))).toEqual([1, 1]);
    expect(await register("b", growing(2))).toEqual([2, 1]);
    expect(await register("b", growing(1))).toEqual([1, 2]);
    expect(await register("c", growing(2))).toEqual([2, 1]);
  });

  const written = record("A", field("a", "string", { doc: "d", x: 1, y: 2, aliases: ["p", "q"] }));

  test.each([
    ["white space", JSON.stringify(written, null, 2)],
    [
      "the order of attributes",
      '{"fields":[{"doc":"d","y":2,"x":1,"aliases":["q","p"],"type":"string","name":"a"}],"namespace":"n","name":"A","type":"record"}',
    ],
    ["a namespace in the name", JSON.stringify({ type: "record", name: "n.A", fields: written.fields })],
    ["a type as an object", JSON.stringify(written).replace('"type":"string"', '"type":{"type":"string"}')],
  ])("%s makes no other schema", async (_what, text) => {
    const { register, told } = openApi();
    await register("a", written);
    expect(await told("POST /subjects/a/versions", { schema: text })).toMatchObject({ id: 1, version: 1 });
    expect(await told("POST /subjects/a", { schema: text })).toMatchObject({ id: 1, version: 1 });
  });

  const changed = (rest: object) =>
    record("A", field("a", "string", { doc: "d", x: 1, y: 2, aliases: ["p", "q"], ...rest }));

  test.each([
    ["doc", changed({ doc: "another" })],
    ["aliases", changed({ aliases: ["p"] })],
    ["a default", changed({ default: "" })],
    ["a property", changed({ x: 2 })],
    ["the doc of the record", { ...written, doc: "d" }],
    ["another field with a default", record("A", ...written.fields, field("b", "int", { default: 0 }))],
  ])("%s makes another one, with another id", async (_what, schema) => {
    const { register } = openApi();
    await register("a", written);
    expect(await register("a", schema)).toEqual([2, 2]);
    expect(await register("a", written)).toEqual([1, 1]);
  });

  test("so do the order of fields and of symbols", async () => {
    const { register } = openApi();
    const colours = (...symbols: string[]) => ({ type: "enum", name: "E", symbols });
    const [one, other] = [field("a"), field("b")];
    expect(await register("a", record("A", one, other))).toEqual([1, 1]);
    expect(await register("a", record("A", other, one))).toEqual([2, 2]);
    expect(await register("e", colours("X", "Y"))).toEqual([3, 1]);
    expect(await register("e", colours("Y", "X"))).toEqual([4, 2]);
  });

  test('"string" and {"type":"string"} are one, and stored as the first', async () => {
    const { register, told } = openApi();
    expect(await register("a", { type: "string" })).toEqual([1, 1]);
    expect(await register("b", "string")).toEqual([1, 1]);
    expect(await told("GET /schemas/ids/1")).toMatchObject({ schema: '"string"' });
  });

  test("registrations that overlap store it once", async () => {
    const { register, told } = openApi();
    const all = await Promise.all(Array.from({ length: 50 }, (_, index) => register(`s${index % 5}`, growing(1))));
    expect(new Set(all.map(String))).toEqual(new Set(["1,1"]));
    expect(await told("GET /schemas/ids/1/versions")).toHaveLength(5);
  });
});

describe("versions", () => {
  test("an older one is found again, though it would not be compatible any more", async () => {
    const { register, told } = openApi();
    await told("PUT /config/a", { compatibility: "NONE" });
    await register("a", "int");
    await register("a", "string");
    await told("PUT /config/a", { compatibility: "FULL" });
    expect(await register("a", "int")).toEqual([1, 1]);
  });

  test("a deleted one that comes back has its old id and a new number", async () => {
    const { register, told } = openApi();
    await register("a", growing(1));
    await register("a", growing(2));
    await told("DELETE /subjects/a/versions/1");
    expect(await register("a", growing(1))).toEqual([1, 3]);
    expect(await told("GET /subjects/a/versions?deleted=true")).toEqual([2, 3]);
  });

  test("a deleted one that others refer to stays when it comes back", async () => {
    const { register, told } = openApi();
    await register("b", record("B"));
    await register("a", record("A", field("b", "n.B")), { references: [ref("n.B", "b")] });
    await told("DELETE /subjects/a");
    await told("DELETE /subjects/b");
    expect(await register("b", record("B"))).toEqual([1, 2]);
    expect(await told("GET /subjects/b/versions?deleted=true")).toEqual([1, 2]);
  });

  test("after a deletion for good numbers are used again, and ids never", async () => {
    const { register, told } = openApi();
    for (const count of [1, 2]) await register("a", growing(count));
    await told("DELETE /subjects/a/versions/2");
    expect(await register("a", growing(3))).toEqual([3, 3]);
    await told("DELETE /subjects/a/versions/3");
    await told("DELETE /subjects/a/versions/3?permanent=true");
    expect(await register("a", growing(4))).toEqual([4, 3]);
    await told("DELETE /subjects/a");
    await told("DELETE /subjects/a?permanent=true");
    expect(await register("a", growing(4))).toEqual([5, 1]);
  });

  test("one that is asked for is the next, and is noted in the metadata", async () => {
    const { register, told, refused } = openApi();
    await register("a", growing(1));
    expect(await refused("POST /subjects/a/versions", sent(growing(2), { version: 3 }))).toEqual([422, 42201]);
    expect(await told("POST /subjects/a/versions", sent(growing(2), { version: 2 }))).toMatchObject({
      id: 2,
      version: 2,
      metadata: { properties: { "confluent:version": "2" } },
    });
    // Whether it is noted makes no difference to who looks for it.
    expect(await told("POST /subjects/a", sent(growing(2)))).toMatchObject({ id: 2, version: 2 });
    expect(await register("a", growing(2))).toEqual([2, 2]);
  });

  test("one that is noted is noted in those that follow", async () => {
    const { register, told } = openApi();
    await told("POST /subjects/a/versions", sent(growing(1), { version: 1 }));
    await register("a", growing(2));
    expect(await told("GET /subjects/a/versions/2")).toMatchObject({
      metadata: { properties: { "confluent:version": "2" } },
    });
  });

  test("one that is noted in what is looked for is the version that it has to be", async () => {
    const { register, told, refused } = openApi();
    await register("a", growing(1));
    const noted = (version: string) => sent(growing(1), { metadata: { properties: { "confluent:version": version } } });
    expect(await told("POST /subjects/a", noted("1"))).toMatchObject({ id: 1 });
    expect(await refused("POST /subjects/a", noted("2"))).toEqual([404, 40403]);
  });

  test("0 is none, and so is an id below 0", async () => {
    const { register } = openApi();
    expect(await register("a", growing(1), { version: 0, id: -1 })).toEqual([1, 1]);
    expect(await register("a", growing(1), { version: 0, id: -1 })).toEqual([1, 1]);
  });

  test("-1 is the latest, if that is the schema", async () => {
    const { register } = openApi();
    await register("a", growing(1));
    await register("a", growing(2));
    expect(await register("a", growing(2), { version: -1 })).toEqual([2, 2]);
    expect(await register("a", growing(1), { version: -1 })).toEqual([3, 3]);
  });

  test("no schema means the latest one, with what else is sent", async () => {
    const { register, told, refused } = openApi();
    await register("a", growing(1));
    const body = { metadata: { properties: { team: "x" } } };
    expect(await told("POST /subjects/a/versions", body)).toMatchObject({
      id: 2,
      version: 2,
      schema: JSON.stringify(growing(1)),
      ...body,
    });
    expect(await refused("POST /subjects/b/versions", body)).toEqual([422, 42201]);
  });
});

describe("metadata", () => {
  test("makes another schema, and is the latest's where none is sent", async () => {
    const { register, told } = openApi();
    const team = (name: string) => ({ metadata: { properties: { team: name } } });
    expect(await register("a", growing(1), team("x"))).toEqual([1, 1]);
    expect(await register("a", growing(1), team("y"))).toEqual([2, 2]);
    expect(await register("a", growing(1))).toEqual([2, 2]);
    expect(await register("a", growing(2))).toEqual([3, 3]);
    expect(await told("GET /subjects/a/versions/3")).toMatchObject(team("y"));
    expect(await told("POST /subjects/a", sent(growing(2)))).toMatchObject({ version: 3 });
  });

  test("that is set as default since then makes another schema of what is registered again", async () => {
    const { register, told } = openApi();
    await register("a", growing(1));
    await told("PUT /config/a", { defaultMetadata: { properties: { team: "x" } } });
    expect(await register("a", growing(1))).toEqual([2, 2]);
    expect(await register("a", growing(1))).toEqual([2, 2]);
  });
});

describe("references", () => {
  const cents = record("Cents", field("cents", "long"));
  const money = record("Money", field("amount", "n.Cents"));
  const order = record("Order", field("total", "n.Money"));

  async function filled() {
    const api = openApi();
    await api.register("cents", cents);
    await api.register("money", money, { references: [ref("n.Cents", "cents")] });
    await api.register("order", order, { references: [ref("n.Money", "money")] });
    return api;
  }

  test("resolve through one another, and are kept as they were sent", async () => {
    const { told } = await filled();
    expect(await told("GET /subjects/order/versions/1")).toMatchObject({
      id: 3,
      references: [ref("n.Money", "money")],
      // A name in the namespace around it goes without its own.
      schema: JSON.stringify(order).replace("n.Money", "Money"),
    });
  });

  test("of references are there as well, and written as names", async () => {
    const { told } = await filled();
    const both = record("Both", field("m", "Money"), field("c", "Cents"));
    const body = sent(both, { references: [ref("n.Money", "money")] });
    expect(await told("POST /subjects/both/versions", body)).toMatchObject({ schema: JSON.stringify(both) });
  });

  test("of a subject to itself do not keep it from being deleted", async () => {
    const { register, told } = openApi();
    await told("PUT /config/b", { compatibility: "NONE" });
    await register("b", record("B"));
    await register("b", record("C", field("b", "n.B")), { references: [ref("n.B", "b")] });
    expect(await told("DELETE /subjects/b")).toEqual([1, 2]);
    expect(await told("DELETE /subjects/b?permanent=true")).toEqual([1, 2]);
  });

  test("go with the version that has them", async () => {
    const { register, told } = await filled();
    await told("DELETE /subjects/order");
    await told("DELETE /subjects/order?permanent=true");
    await register("order", "int");
    expect(await told("GET /subjects/money/versions/1/referencedby")).toEqual([]);
    expect(await told("DELETE /subjects/money")).toEqual([1]);
  });

  test("-1 is the latest version, and is kept as its number", async () => {
    const { told } = await filled();
    const body = sent(order, { references: [ref("n.Money", "money", -1)] });
    expect(await told("POST /subjects/order", body)).toMatchObject({ id: 3 });
    expect(await told("POST /subjects/other/versions", body)).toMatchObject({
      id: 3,
      references: [ref("n.Money", "money", 1)],
    });
  });

  test("a schema with them written out is the one that has them", async () => {
    const { register } = await filled();
    const { namespace: _c, ...centsInside } = cents;
    const { namespace: _m, ...moneyInside } = record("Money", field("amount", centsInside));
    expect(await register("order", record("Order", field("total", moneyInside)))).toEqual([3, 1]);
  });

  test("to another version make another schema", async () => {
    const { register } = await filled();
    const grown = record("Money", field("amount", "n.Cents"), field("scale", "int", { default: 2 }));
    await register("money", grown, { references: [ref("n.Cents", "cents")] });
    expect(await register("order", order, { references: [ref("n.Money", "money", 2)] })).toEqual([5, 2]);
    expect(await register("order", order, { references: [ref("n.Money", "money", 1)] })).toEqual([3, 1]);
  });

  test("to deleted versions are refused in new schemas, and hold in old ones", async () => {
    const { register, told, refused } = await filled();
    await register("b", record("B"));
    await register("a", record("A", field("b", "n.B")), { references: [ref("n.B", "b")] });
    await told("DELETE /subjects/a");
    await told("DELETE /subjects/b");
    const body = sent(record("New", field("b", "n.B")), { references: [ref("n.B", "b")] });
    expect(await refused("POST /subjects/new/versions", body)).toEqual([422, 42201]);
    const id = memberOf(await told("GET /subjects/a/versions/1?deleted=true"), "id");
    expect(await told(`GET /schemas/ids/${id}/schema?format=resolved`)).toMatchObject({ name: "A" });
  });

  test("are a thousand at most, with those of references", async () => {
    const { register, refused } = openApi();
    await register("r0", record("R0"));
    for (let index = 1; index < 1_000; index++) {
      await register(`r${index}`, record(`R${index}`), { references: [ref("x", `r${index - 1}`)] });
    }
    const references = [ref("x", "r999")];
    await register("a", record("A"), { references });
    expect(await refused("POST /subjects/b/versions", sent(record("B"), { references: [ref("x", "a")] }))).toEqual([
      422, 42201,
    ]);
    const same = { references: Array.from({ length: 1_001 }, () => ref("x", "r0")) };
    expect(await refused("POST /subjects/b/versions", sent(record("B"), same))).toEqual([422, 42201]);
  });

  /** Each pair refers to the pair before it: there are 2^n ways from the last to the first. */
  test("are parsed once each, over however many ways they are reached, where there is no room to keep them", async () => {
    const { register, refused } = openApi();
    const doc = "x".repeat(600_000);
    const schema = (name: string) => ({ ...record(name), doc });
    for (const side of ["A", "B"]) await register(`${side}0`, schema(`${side}0`));
    const references = (level: number) => ({ references: ["A", "B"].map((side) => ref("x", `${side}${level}`)) });
    for (let level = 1; level <= 6; level++) {
      for (const side of ["A", "B"])
        await register(`${side}${level}`, schema(`${side}${level}`), references(level - 1));
    }
    const more = sent(record("C"), references(6));
    expect(await refused("POST /subjects/c/versions", more)).toEqual([422, 42201]);
  });

  test("keep what they refer to from being deleted", async () => {
    const { told, ask, refused } = await filled();
    const { status, body } = await ask("DELETE /subjects/money");
    expect([status, body]).toEqual([
      422,
      {
        error_code: 42206,
        message: "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=money,version=1}.",
      },
    ]);
    expect(await refused("DELETE /subjects/money/versions/1")).toEqual([422, 42206]);
    await told("DELETE /subjects/order");
    expect(await told("DELETE /subjects/money")).toEqual([1]);
    // The deleted one still refers to it.
    expect(await refused("DELETE /subjects/money?permanent=true")).toEqual([422, 42206]);
    await told("DELETE /subjects/order?permanent=true");
    expect(await told("DELETE /subjects/money?permanent=true")).toEqual([1]);
  });
});

describe("normalize", () => {
  const sorted = record("A", field("a", "string", { aliases: ["p", "q"], x: 1, y: 2 }));
  const unsorted = record("A", field("a", "string", { y: 2, x: 1, aliases: ["q", "p"] }));

  test("stores a normal form, where it is asked for or set", async () => {
    const { register, told } = openApi();
    await told("POST /subjects/a/versions?normalize=true", sent(unsorted));
    const { schema } = (await told("GET /schemas/ids/1")) as { schema: string };
    await told("POST /subjects/b/versions?normalize=true", sent(sorted));
    expect(await told("GET /subjects/b/versions/1")).toMatchObject({ id: 1, schema });
    await told("PUT /config/c", { normalize: true });
    expect(await register("c", unsorted)).toEqual([1, 1]);
    expect(await register("d", unsorted)).toEqual([2, 1]);
  });

  test("that would be no schema is refused", async () => {
    const { refused, told } = openApi();
    const other = { ...record("B"), namespace: "" };
    // In the normal form both are n.B.
    const two = sent(record("A", field("x", other), field("y", record("B", field("z")))));
    expect(await refused("POST /subjects/a/versions?normalize=true", two)).toEqual([422, 42201]);
    expect(await told("POST /compatibility/subjects/a/versions?normalize=true&verbose=true", two)).toMatchObject({
      is_compatible: false,
    });
    expect(await told("POST /subjects/a/versions", two)).toMatchObject({ id: 1 });
  });

  test("sorts references by subject", async () => {
    const { register, told } = openApi();
    for (const name of ["B", "C"]) await register(name, record(name));
    const both = sent(record("A", field("b", "n.B"), field("c", "n.C")), {
      references: [ref("n.C", "C"), ref("n.B", "B"), ref("n.C", "C")],
    });
    expect(await told("POST /subjects/a/versions?normalize=true", both)).toMatchObject({
      references: [ref("n.B", "B"), ref("n.C", "C")],
    });
  });
});
