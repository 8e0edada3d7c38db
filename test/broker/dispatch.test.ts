import { afterAll, expect, test } from "bun:test";
import { createDispatch, type Peer } from "../../src/broker/dispatch.ts";
import { LIMITS } from "../../src/broker/limits.ts";
import { memoryFiles } from "../../src/broker/log/index.ts";
import { createNodes } from "../../src/broker/nodes.ts";
import { openParts } from "../../src/broker/open-parts.ts";
import { defineHandler, type Handler } from "../../src/broker/parts.ts";
import {
  decodeResponse,
  ERROR_CODES,
  encodeRequest,
  KafkaFault,
  MESSAGES,
  ProtocolError,
} from "../../src/broker/protocol/index.ts";

const events: (readonly [string, unknown])[] = [];
const parts = openParts({
  files: memoryFiles(),
  nodes: createNodes([{ id: 1, host: "127.0.0.1", port: 9092 }]),
  users: undefined,
  autoCreateTopics: false,
  limits: LIMITS,
  now: Date.now,
  emit: (name, detail) => events.push([name, detail]),
  disconnect: () => {},
});
afterAll(() => {
  parts.transactions.close();
  parts.groups.close();
  parts.topics.close();
});

const peer = (authenticated = true): Peer => ({
  nodeId: 1,
  clientHost: "/127.0.0.1",
  session: { id: 1, principal: "User:ANONYMOUS", authenticated, refused: false, conversation: undefined },
  signal: new AbortController().signal,
});

const { heartbeat } = MESSAGES;
const request = { groupId: "g", generationId: 1, memberId: "m", groupInstanceId: null };
const frameOf = (version: number): Buffer =>
  Buffer.concat(
    encodeRequest(heartbeat, { apiVersion: version, correlationId: 7, clientId: "test" }, request),
  ).subarray(4);

/** Asks for a heartbeat, which this handler answers. */
async function answer(handle: Handler<typeof heartbeat>["handle"]) {
  const pieces = await createDispatch(parts, [defineHandler(heartbeat, handle)])(frameOf(4), peer());
  return pieces && decodeResponse(heartbeat, 4, Buffer.concat(pieces).subarray(4));
}

test("a handler sees who asks, in which version and of which node", async () => {
  const answered = await answer(({ version, clientId, clientHost, nodeId }, { groupId }) => {
    expect({ version, clientId, clientHost, nodeId, groupId }).toEqual({
      version: 4,
      clientId: "test",
      clientHost: "/127.0.0.1",
      nodeId: 1,
      groupId: "g",
    });
    return { errorCode: 0 };
  });
  expect(answered).toEqual({ correlationId: 7, response: { throttleTimeMs: 0, errorCode: 0 } });
});

test("what can be answered at once is answered without a promise", () => {
  const dispatch = createDispatch(parts, [defineHandler(heartbeat, () => ({ errorCode: 0 }))]);
  expect(dispatch(frameOf(4), peer())).toBeArray();
});

test.each([
  [
    "thrown",
    () => {
      throw new KafkaFault("COORDINATOR_NOT_AVAILABLE");
    },
  ],
  ["rejected with", () => Promise.reject(new KafkaFault("COORDINATOR_NOT_AVAILABLE"))],
] as const)("a fault that is %s is the answer's error, and no news", async (_how, handle) => {
  events.length = 0;
  expect((await answer(handle))?.response.errorCode).toBe(ERROR_CODES.COORDINATOR_NOT_AVAILABLE);
  expect(events).toEqual([]);
});

test.each([
  [
    "throws",
    () => {
      throw new TypeError("broken");
    },
  ],
  ["rejects", () => Promise.reject(new TypeError("broken"))],
] as const)(
  "a handler that %s what nobody expects is answered UNKNOWN_SERVER_ERROR, and told",
  async (_how, handle) => {
    events.length = 0;
    expect((await answer(handle))?.response.errorCode).toBe(ERROR_CODES.UNKNOWN_SERVER_ERROR);
    expect(events).toEqual([["broker.request.failed", { api: "Heartbeat", error: new TypeError("broken") }]]);
  },
);

test("nothing is answered where the handler answers nothing", async () => {
  expect(await answer(() => undefined)).toBeUndefined();
});

test("requests and versions that are not spoken end the connection", () => {
  const dispatch = createDispatch(parts, [defineHandler(heartbeat, () => ({ errorCode: 0 }))]);
  const version = frameOf(4);
  version.writeInt16BE(9, 2);
  expect(() => dispatch(version, peer())).toThrow(new ProtocolError("Heartbeat is not spoken in version 9"));
  const key = frameOf(4);
  key.writeInt16BE(999, 0);
  expect(() => dispatch(key, peer())).toThrow(new ProtocolError("there is no request with key 999"));
  expect(() => dispatch(Buffer.alloc(3), peer())).toThrow(ProtocolError);
});

test("who has not authenticated may ask for nothing else", () => {
  const dispatch = createDispatch(parts, [defineHandler(heartbeat, () => ({ errorCode: 0 }))]);
  expect(() => dispatch(frameOf(4), peer(false))).toThrow("Heartbeat came before the client had authenticated");
});
