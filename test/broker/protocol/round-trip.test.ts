import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type Api,
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  MESSAGES,
  ProtocolError,
} from "../../../src/broker/protocol/index.ts";
import { anyMessage } from "../../support/broker/any-message.ts";

const APIS: readonly Api[] = Object.values(MESSAGES);

const VERSIONS = APIS.flatMap((api) => {
  const [first, last] = api.versions;
  return Array.from({ length: last - first + 1 }, (_, at) => [api.name, first + at, api] as const);
});

const RUNS = { numRuns: 15 };

const header = (apiVersion: number) => ({ apiVersion, correlationId: 7, clientId: "någon" });
const unsized = (pieces: readonly Buffer[]): Buffer => Buffer.concat(pieces).subarray(4);

describe("what is encoded is decoded again", () => {
  test.each(VERSIONS)("in the request of %s v%d", (_name, version, api) => {
    fc.assert(
      fc.property(anyMessage(api.request, api, version), (message) => {
        const frame = unsized(encodeRequest(api, header(version), message));
        const { header: read, request } = decodeRequest(api, frame);
        expect(read).toEqual({ apiKey: api.key, ...header(version) });
        expect(request).toEqual(message);
      }),
      RUNS,
    );
  });

  test.each(VERSIONS)("in the response of %s v%d", (_name, version, api) => {
    fc.assert(
      fc.property(anyMessage(api.response, api, version), (message) => {
        const frame = unsized(encodeResponse(api, version, 7, message));
        expect(decodeResponse(api, version, frame)).toEqual({ correlationId: 7, response: message });
      }),
      RUNS,
    );
  });
});

/** A frame as it is, cut off, with one byte changed, or with four that claim a large number. */
function mutated(frame: Buffer, kind: number, at: number, byte: number): Buffer {
  const place = Math.min(8 + at, frame.length - 1);
  if (kind === 0) return frame.subarray(0, place);
  const copy = Buffer.from(frame);
  if (kind === 1) copy.writeUInt8(byte, place);
  else copy.fill(Buffer.from([0x7f, 0xff, 0xff, byte]), place, Math.min(place + 4, copy.length));
  return copy;
}

describe("bytes that went wrong are read, or refused as such", () => {
  test.each(VERSIONS)("in the request of %s v%d", (_name, version, api) => {
    fc.assert(
      fc.property(
        anyMessage(api.request, api, version),
        fc.array(fc.tuple(fc.nat(2), fc.nat(300), fc.nat(255)), { minLength: 5, maxLength: 5 }),
        (message, mutations) => {
          const frame = unsized(encodeRequest(api, header(version), message));
          for (const [kind, at, byte] of mutations) {
            try {
              decodeRequest(api, mutated(frame, kind, at, byte));
            } catch (error) {
              expect(error).toBeInstanceOf(ProtocolError);
            }
          }
        },
      ),
      RUNS,
    );
  });
});

test("a list that claims more elements than there are bytes is refused before anything is made for it", () => {
  for (const [count, hex] of [
    [2_147_483_647, "7fffffff"],
    [400_000, "00061a80"],
    [1, "00000001"],
  ] as const) {
    const claims = Buffer.from(`0003000100000001ffff${hex}`, "hex");
    expect(() => decodeRequest(MESSAGES.metadata, claims)).toThrow(
      `an array claims ${count} elements, with 0 bytes left`,
    );
  }
});

test("a message of very many elements is refused, though each has its byte", () => {
  const bytes = Buffer.concat([Buffer.from("0003000100000001ffff000f4240", "hex"), Buffer.alloc(2_000_000)]);
  expect(() => decodeRequest(MESSAGES.metadata, bytes)).toThrow("an array claims 1000000 elements");
});
