import { describe, expect, test } from "bun:test";
import { breaksOf, FILE, fixed, fixesOf, mended, type Texts } from "./mend.ts";

/** An event with these fields, each as text. */
const order = (...fields: readonly string[]): string =>
  `{\n  "type": "record",\n  "name": "Order",\n  "namespace": "orders",\n  "fields": [\n    ${fields.join(",\n    ")}\n  ]\n}\n`;

const ID = '{ "name": "id", "type": "string" }';
const STATUS = (symbols: string) =>
  `{ "name": "status", "type": { "type": "enum", "name": "Status", "symbols": ${symbols} } }`;
const ADDRESS = (name: string, fields: string) => `{ "type": "record", "name": "${name}", "fields": [${fields}] }`;

describe("a field that older events lack", () => {
  test.each([
    ["becomes nullable", '"type": "long"', '"type": ["null", "long"], "default": null'],
    [
      "becomes nullable, whatever its type",
      '"type": { "type": "bytes", "logicalType": "decimal", "precision": 9 }',
      '"type": ["null", { "type": "bytes", "logicalType": "decimal", "precision": 9 }], "default": null',
    ],
    ["that is nullable gets null", '"type": ["null", "string"]', '"type": ["null", "string"], "default": null'],
    [
      "gets null as the first branch, which clients before Avro 1.12 want",
      '"type": ["int", "string", "null"]',
      '"type": ["null", "int", "string"], "default": null',
    ],
    ["with a union gets null there", '"type": ["int", "string"]', '"type": ["null", "int", "string"], "default": null'],
    [
      "with a list is empty",
      '"type": { "type": "array", "items": "int" }',
      '"type": { "type": "array", "items": "int" }, "default": []',
    ],
    [
      "with a map is empty",
      '"type": { "type": "map", "values": "int" }',
      '"type": { "type": "map", "values": "int" }, "default": {}',
    ],
    [
      "has the default of its enum",
      '"type": { "type": "enum", "name": "E", "symbols": ["A", "B"], "default": "B" }',
      '"type": { "type": "enum", "name": "E", "symbols": ["A", "B"], "default": "B" }, "default": "B"',
    ],
    [
      "keeps its other members",
      '"doc": "New.", "type": "int", "order": "ignore"',
      '"doc": "New.", "type": ["null", "int"], "default": null, "order": "ignore"',
    ],
    ["may have its name last", '"type": "int", "name": "x"', undefined],
  ])("%s", (_title, written, wanted) => {
    const field = (members: string) => `{ ${members.includes('"name": "x"') ? "" : '"name": "x", '}${members} }`;
    const found = mended(order(ID), order(ID, field(written)));
    const inOrder = '"type": ["null", "int"], "name": "x", "default": null';
    expect(found?.files).toBe(order(ID, field(wanted ?? inOrder)));
  });

  test("that the key is made of cannot be missing, and has no default", () => {
    const after = order(ID, '{ "name": "x", "type": "int" }');
    expect(mended(order(ID), after, { key: [["x"]] })).toBeUndefined();
    expect(mended(order(ID), after, { key: [["y"]] })).toBeDefined();
    const address = (fields: string) => order(`{ "name": "to", "type": ${ADDRESS("Address", fields)} }`);
    const zip = address(`${ID}, { "name": "zip", "type": "string" }`);
    expect(mended(address(ID), zip, { key: [["to", "zip"]] })).toBeUndefined();
  });

  test("of many is mended as it would be alone", () => {
    const fields = Array.from({ length: 40 }, (_, index) => `{ "name": "f${index}", "type": "int" }`);
    const after = order(ID, ...fields, '{ "name": "tags", "type": { "type": "array", "items": "int" } }');
    const fixes = fixesOf(order(ID), after);
    expect(fixes.map(({ fix }) => fix?.title)).toEqual([
      ...fields.map((_, index) => `add "default": null to \`f${index}\`, and null to its type`),
      'add "default": [] to `tags`',
    ]);
    const edits = fixes.flatMap(({ fix }) => fix?.edits ?? []);
    const now = fixed(after, { title: "", edits })[FILE];
    expect(breaksOf(order(ID), String(now))).toEqual([]);
  });

  test("that is nullable already is not said to change its type", () => {
    const found = mended(order(ID), order(ID, '{ "name": "x", "type": ["null", "int"] }'));
    expect(found?.title).toBe('add "default": null to `x`');
  });

  test("that was renamed gets its old name as an alias", () => {
    const found = mended(
      order('{ "name": "customer_id", "type": "string", "doc": "Who." }'),
      order('{ "name": "customerId", "type": "string", "doc": "Who." }'),
    );
    expect(found?.title).toBe('add "aliases": ["customer_id"] to `customerId`: it was called that');
    expect(found?.files).toBe(
      order('{ "name": "customerId", "type": "string", "aliases": ["customer_id"], "doc": "Who." }'),
    );
  });

  test("that has an alias gets one more", () => {
    const found = mended(
      order('{ "name": "adress", "type": "string" }'),
      order('{ "name": "address", "type": "string", "aliases": ["home"] }'),
    );
    expect(found?.files).toBe(order('{ "name": "address", "type": "string", "aliases": ["home", "adress"] }'));
  });

  /** An alias gives a field the values of another: wrong ones, where the name says something else. */
  test.each([
    ["phone", "email", "string"],
    ["max_price", "min_price", "int"],
    ["updated_at", "created_at", "long"],
    ["last_name", "first_name", "string"],
    ["email_hash", "email", "string"],
    ["total_cents", "total", "long"],
  ])("`%s` is no new name of `%s`", (name, old, type) => {
    const found = mended(
      order(`{ "name": "${old}", "type": "${type}" }`),
      order(`{ "name": "${name}", "type": "${type}" }`),
    );
    expect(found?.title).toContain('"default": null');
  });

  test.each([
    ["customer_id", "customer"],
    ["email_address", "email"],
    ["orderID", "order_id"],
    ["shipping_adress", "shipping_address"],
  ])("`%s` is a new name of `%s`", (name, old) => {
    const found = mended(
      order(`{ "name": "${old}", "type": "string" }`),
      order(`{ "name": "${name}", "type": "string" }`),
    );
    expect(found?.title).toContain(`"aliases": ["${old}"]`);
  });

  test("that may have been either of two is nobody's new name", () => {
    const found = mended(
      order('{ "name": "home_address", "type": "string" }', '{ "name": "work_address", "type": "string" }'),
      order('{ "name": "address", "type": "string" }'),
    );
    expect(found?.title).toContain('"default": null');
  });

  test("of another type is no renamed one", () => {
    const time = '{ "type": "long", "logicalType": "timestamp-millis" }';
    const found = mended(
      order('{ "name": "placed_on", "type": "long" }'),
      order(`{ "name": "placedOn", "type": ${time} }`),
    );
    expect(found?.title).toContain('"default": null');
  });
});

describe("a named type with another name", () => {
  test("gets the old one as an alias", () => {
    const found = mended(order(STATUS('["A"]')), order(STATUS('["A"]').replace("Status", "OrderStatus")));
    expect(found?.title).toBe("give `OrderStatus` the alias `Status`");
    expect(found?.files).toContain('"name": "OrderStatus", "aliases": ["Status"], "symbols"');
  });

  test("in another namespace gets the old full name", () => {
    const after = order(ID).replace(
      '"name": "Order",\n  "namespace": "orders"',
      '"name": "Sale",\n  "namespace": "sales"',
    );
    const found = mended(order(ID), after);
    expect(found?.files).toBe(after.replace('"sales",', '"sales",\n  "aliases": ["orders.Order"],'));
  });

  test("inside a union is found there", () => {
    const field = (name: string) => `{ "name": "to", "type": ["null", ${ADDRESS(name, ID)}] }`;
    const found = mended(order(field("Address")), order(field("Place")));
    expect(found?.title).toBe("give `Place` the alias `Address`");
  });
});

describe("symbols that are gone", () => {
  test("come back where they were", () => {
    const found = mended(order(STATUS('["A", "B", "C", "D"]')), order(STATUS('["B", "E"]')));
    expect(found?.title).toBe("put `A`, `C`, `D` back");
    expect(found?.files).toBe(order(STATUS('["A", "B", "C", "D", "E"]')));
  });

  test("are read as the symbol for what is unknown, where there is one", () => {
    const found = mended(order(STATUS('["A", "UNKNOWN"]')), order(STATUS('["UNKNOWN"]')));
    expect(found?.title).toBe('add "default": "UNKNOWN" to the enum');
    expect(found?.files).toContain('"symbols": ["UNKNOWN"], "default": "UNKNOWN" }');
  });

  test("come back on lines of their own, where symbols have them", () => {
    const lines = (...symbols: string[]) => `[\n      ${symbols.map((one) => `"${one}"`).join(",\n      ")}\n    ]`;
    const found = mended(order(STATUS(lines("A", "B", "C"))), order(STATUS(lines("A", "C"))));
    expect(found?.files).toBe(order(STATUS(lines("A", "B", "C"))));
  });
});

describe("a union that is narrower", () => {
  const field = (type: string, more = "") => `{ "name": "note", "type": ${type}${more} }`;

  test.each([
    ["to one type", '["null", "string"]', '"string"', "", '["null", "string"]'],
    ["to one type with a default", '["null", "string"]', '"string"', ', "default": ""', '["string", "null"]'],
    ["to one type of three", '["int", "null", "string"]', '"string"', "", undefined],
    ["by null", '["null", "int", "string"]', '["int", "string"]', "", '["null", "int", "string"]'],
    [
      "by null with a default",
      '["null", "int", "string"]',
      '["int", "string"]',
      ', "default": 1',
      '["int", "null", "string"]',
    ],
    ["by another type", '["null", "int", "string"]', '["null", "int"]', "", '["null", "int", "string"]'],
  ])("%s gets back what it lacks", (_title, before, after, more, wanted) => {
    const fix = fixesOf(order(field(before)), order(field(after, more)))[0]?.fix;
    if (fix === undefined) throw new Error("no fix");
    const files = fixed(order(field(after, more)), fix);
    expect(files[FILE]).toBe(order(field(wanted ?? before, more)));
  });

  test("with other types instead was changed, and has no fix", () => {
    expect(mended(order(field('["null", "int"]')), order(field('["null", "string"]')))).toBeUndefined();
  });

  test("a record in a union is mended where it lacks something", () => {
    const to = (fields: string) => field(`["null", ${ADDRESS("Address", fields)}]`);
    const found = mended(order(to(ID)), order(to(`${ID}, { "name": "zip", "type": "int" }`)));
    expect(found?.title).toBe('add "default": null to `zip`, and null to its type');
    expect(found?.files).toContain('{ "name": "zip", "type": ["null", "int"], "default": null }');
  });

  test("all that a record in a union lacks is one fix", () => {
    const to = (fields: string) => field(`["null", ${ADDRESS("Address", fields)}]`);
    const two = '{ "name": "zip", "type": "int" }, { "name": "tags", "type": { "type": "array", "items": "int" } }';
    const found = mended(order(to(ID)), order(to(`${ID}, ${two}`)));
    expect(found?.title).toBe('add "default": null to `zip`, and null to its type; add "default": [] to `tags`');
  });
});

describe("what older readers need", () => {
  const gone = '{ "name": "total", "type": "long", "doc": "In cents." }';

  test.each([true, false])("a field comes back where it was (from a file: %p)", (source) => {
    const found = mended(order(ID, gone, STATUS('["A"]')), order(ID, STATUS('["A"]')), {
      direction: "FORWARD",
      source,
    });
    expect(found?.title).toBe("put the field `total` back");
    expect(found?.files).toBe(order(ID, gone, STATUS('["A"]')));
  });

  test("a field on lines of its own comes back as it was written, with this file's indentation", () => {
    const spread = '{\n      "name": "total",\n      "type": {\n        "type": "long"\n      }\n    }';
    const before = order(ID, spread);
    const after = order(ID).replaceAll("\n", "\r\n").replace("    { ", "\t{ ");
    const found = mended(before, after, { direction: "FORWARD", source: true });
    const there = spread.replaceAll("\n    ", "\n\t").replaceAll("\n", "\r\n");
    expect(found?.files).toBe(after.replace('"string" }', `"string" },\r\n\t${there}`));
  });

  test("a field that was renamed does not come back beside itself", () => {
    const renamed = gone.replace("total", "totals");
    expect(mended(order(ID, gone), order(ID, renamed), { direction: "FORWARD" })).toBeUndefined();
    const aliased = renamed.replace('"doc"', '"aliases": ["total"], "doc"');
    expect(mended(order(ID, gone), order(ID, aliased), { direction: "FORWARD" })).toBeUndefined();
  });

  test("a new symbol, a wider type and another size have no fix but to deploy the readers first", () => {
    expect(mended(order(STATUS('["A"]')), order(STATUS('["A", "B"]')), { direction: "FORWARD" })).toBeUndefined();
    const field = (type: string) => `{ "name": "x", "type": ${type} }`;
    expect(mended(order(field('"int"')), order(field('"long"')), { direction: "FORWARD" })).toBeUndefined();
    const fixed = (size: number) => field(`{ "type": "fixed", "name": "F", "size": ${size} }`);
    expect(mended(order(fixed(1)), order(fixed(2)))).toBeUndefined();
  });
});

describe("files", () => {
  const MONEY = "schemas/_shared/money.avsc";
  const money = (fields: string) => `{"type":"record","name":"Money","namespace":"shared","fields":[${fields}]}`;
  const cents = '{"name":"cents","type":"long"}';

  test("a shared type is mended in its own file", () => {
    const event = order('{ "name": "price", "type": "shared.Money" }');
    const before: Texts = { [FILE]: event, [MONEY]: money(cents) };
    const after: Texts = { [FILE]: event, [MONEY]: money(`${cents},{"name":"currency","type":"string"}`) };
    expect(mended(before, after)?.files).toEqual({
      [FILE]: event,
      [MONEY]: money(`${cents},{"name":"currency","type":["null","string"],"default":null}`),
    });
  });

  test("a field that comes back may use a shared type that nothing else uses", () => {
    const price = '{ "name": "price", "type": "shared.Money" }';
    const before: Texts = { [FILE]: order(ID, price), [MONEY]: money(cents) };
    const found = mended(before, { [FILE]: order(ID), [MONEY]: money(cents) }, { direction: "FORWARD" });
    expect(found?.files).toEqual(before);
  });

  test("a field whose type nobody defines any more does not come back", () => {
    const price = '{ "name": "price", "type": "shared.Money" }';
    const before: Texts = { [FILE]: order(ID, price), [MONEY]: money(cents) };
    expect(mended(before, { [FILE]: order(ID) }, { direction: "FORWARD", source: true })).toBeUndefined();
  });

  test.each([
    ["CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
    ["tabs", (text: string) => text.replaceAll("  ", "\t")],
    ["no line end at the end", (text: string) => text.trimEnd()],
    ["a line for every bracket", (text: string) => JSON.stringify(JSON.parse(text), null, 2)],
    ["one line", (text: string) => JSON.stringify(JSON.parse(text))],
    ["commas first", (text: string) => text.replace(/,\n( +)/g, "\n$1, ")],
  ])("a file with %s stays as it is but for the fix", (_name, style) => {
    const total = (type: string) => `{\n      "name": "total",\n      "type": ${type}\n    }`;
    const [before, after] = [style(order(ID)), style(order(ID, total('"int"')))];
    const [only] = fixesOf(before, after);
    if (only?.fix === undefined) throw new Error("no fix");
    const now = String(fixed(after, only.fix)[FILE]);
    const wanted = style(order(ID, total('["null", "int"],\n      "default": null')));
    expect(now).toBe(wanted.replace(/\[\s+"null",\s+"int"\s+\]/, '["null", "int"]'));
    // Nothing of what was there is touched.
    expect(only.fix.edits.map(({ length }) => length)).toEqual([0, 0]);
    expect(breaksOf(before, now)).toEqual([]);
  });
});
