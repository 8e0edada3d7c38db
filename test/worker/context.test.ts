import { expect, test } from "bun:test";
import { openStore } from "../../src/store/index.ts";
import { EventContext } from "../../src/worker/context.ts";
import { sqliteUrl } from "../support/database.ts";
import { underway } from "../support/worker.ts";

/** The context of an event that has a store, of a worker with a table `marks`. */
async function withStore() {
  const store = await openStore(await sqliteUrl());
  await store.setup(async (sql) => {
    await sql`CREATE TABLE marks (mark TEXT)`;
  });
  const given = underway();
  given.event.value = { id: "e1", n: 1 };
  const batch = { ...given.batch, store };
  const marks = async () => (await store.sql`SELECT mark FROM marks`).length;
  return { ...given, context: () => new EventContext(given.event, batch), store, marks };
}

test("an effect happens once, and a repetition is told", async () => {
  const { context, store, marks, told } = await withStore();
  const effect = (sql: typeof store.sql) => sql`INSERT INTO marks VALUES ('a')`.then(() => "stored");
  expect(await context().transaction(effect)).toBe("stored");
  expect(await context().transaction(effect)).toBeUndefined();
  expect(await marks()).toBe(1);
  expect(told).toEqual([{ name: "worker.event.repeated", detail: expect.objectContaining({ id: "e1", offset: 42n }) }]);
  await store.close();
});

test("a second transaction of one run is refused: it would find the first one's row and do nothing", async () => {
  const { context, store, marks } = await withStore();
  const one = context();
  await one.transaction(async () => 1);
  await expect(one.transaction((sql) => sql`INSERT INTO marks VALUES ('a')`)).rejects.toThrow("called twice");
  expect(await marks()).toBe(0);
  await store.close();
});

test("an attempt that is over commits nothing, even if its handler goes on", async () => {
  const { context, store, marks } = await withStore();
  const one = context();
  one.abort(new Error("took too long"));
  await expect(one.transaction((sql) => sql`INSERT INTO marks VALUES ('a')`)).rejects.toMatchObject({
    kind: "ABORTED",
  });
  expect(await marks()).toBe(0);
  await store.close();
});

test("a worker without a store is told so when it wants one", async () => {
  const { context } = underway();
  expect(() => context.sql).toThrow("started without a store");
  await expect(context.transaction(async () => 1)).rejects.toThrow("started without a store");
});

test("a handler may take the context apart", async () => {
  const { context, store, marks, told } = await withStore();
  const { attempt, log, signal, sql, transaction } = context();
  log("hello");
  await transaction((inside) => inside`INSERT INTO marks VALUES ('a')`);
  expect(await sql`SELECT mark FROM marks`).toHaveLength(1);
  expect(await marks()).toBe(1);
  expect(told).toMatchObject([{ name: "worker.said", detail: { text: "hello", offset: 42n } }]);
  expect({ attempt, aborted: signal.aborted }).toEqual({ attempt: 0, aborted: false });
  await store.close();
});

test("a line says which event it is about", () => {
  const { context, told } = underway();
  context.log("hello", { colour: "red" });
  expect(told).toEqual([
    {
      name: "worker.said",
      detail: {
        group: "note-readers",
        text: "hello",
        topic: "notes.note.taken.v1",
        partition: 3,
        offset: 42n,
        id: "notes.note.taken.v1/3/42",
        colour: "red",
      },
    },
  ]);
});
