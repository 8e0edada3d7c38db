import { describe, expect, test } from "bun:test";
import {
  type Api,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  MESSAGES,
  peekRequest,
} from "../../../src/broker/protocol/index.ts";
import { golden, goldenPaths } from "../../support/golden.ts";

/** Round trips prove only that we agree with ourselves: these bytes come from Apache Kafka and from real clients. */
const APIS: readonly Api[] = Object.values(MESSAGES);

const RECORDING = /^(\d+)-[a-z-]+\/v(\d+)\.(request|response)\.hex$/;

/** The four bytes of the frame's size come first on the wire and are not recorded. */
const unsized = (pieces: readonly Buffer[]): string => Buffer.concat(pieces).subarray(4).toString("hex");

function recordings(side: "request" | "response"): [string, Api, number, Buffer][] {
  return goldenPaths(RECORDING).flatMap((path) => {
    const [, key, version, recorded] = RECORDING.exec(path) ?? [];
    const api = APIS.find((one) => one.key === Number(key));
    if (!api) throw new Error(`${path} is of no message that is declared`);
    return recorded === side ? [[path, api, Number(version), golden(path)]] : [];
  });
}

describe("what clients sent", () => {
  test.each(recordings("request"))("%s decodes, and encodes to the same bytes", (_path, api, version, bytes) => {
    expect(peekRequest(bytes)).toMatchObject({ apiKey: api.key, apiVersion: version });
    const { header, request } = decodeRequest(api, bytes);
    expect(unsized(encodeRequest(api, header, request))).toBe(bytes.toString("hex"));
  });
});

describe("what Apache Kafka answered", () => {
  test.each(recordings("response"))("%s decodes, and encodes to the same bytes", (_path, api, version, bytes) => {
    const { correlationId, response } = decodeResponse(api, version, bytes);
    expect(unsized(encodeResponse(api, version, correlationId, response))).toBe(bytes.toString("hex"));
  });
});

test("every message that clients use was recorded, both ways", () => {
  const recorded = new Set(goldenPaths(RECORDING).map((path) => `${Number.parseInt(path, 10)} ${path.split(".")[1]}`));
  const missing = APIS.flatMap(({ key, name }) =>
    ["request", "response"].filter((side) => !recorded.has(`${key} ${side}`)).map((side) => `${name} ${side}`),
  );
  expect(missing).toEqual([]);
});
