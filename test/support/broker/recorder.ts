import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Api, MESSAGES, peekRequest } from "../../../src/broker/protocol/index.ts";

/**
 * Records what a client and a broker say to each other: a proxy that passes bytes on, and writes the first request and
 * response of each message and version to `test/golden/<key>-<name>/v<version>.<request|response>.hex`. The broker must
 * tell its clients the proxy's address.
 *
 *     bun test/support/broker/recorder.ts LISTEN_PORT BROKER_PORT FOLDER "kcat 1.7.1" "Apache Kafka 4.3.0"
 */
const [listenPort = "", brokerPort = "", folder = "", client = "", broker = ""] = process.argv.slice(2);

/** Larger recordings would tell nothing more. */
const BYTES_MAX = 4_000;

const APIS = new Map<number, Api>(Object.values(MESSAGES).map((api) => [api.key, api]));
const seen = new Set<string>();

Bun.listen<{ pass(bytes: Buffer): void; end(): void }>({
  hostname: "127.0.0.1",
  port: Number(listenPort),
  socket: {
    open(socket) {
      const asked = new Map<number, { api: Api; version: number }>();
      const requests = frames((frame) => {
        const { apiKey, apiVersion, correlationId } = peekRequest(frame);
        const api = APIS.get(apiKey);
        if (!api || apiVersion < api.versions[0] || apiVersion > api.versions[1]) return;
        asked.set(correlationId, { api, version: apiVersion });
        keep(api, apiVersion, "request", client, frame);
      });
      const responses = frames((frame) => {
        const request = asked.get(frame.readInt32BE(0));
        if (request) keep(request.api, request.version, "response", broker, frame);
      });
      const waiting: Buffer[] = [];
      const upstream = Bun.connect({
        hostname: "127.0.0.1",
        port: Number(brokerPort),
        socket: {
          data(_upstream, chunk) {
            responses(chunk);
            socket.write(chunk);
          },
          close: () => void socket.end(),
        },
      });
      socket.data = {
        pass: (bytes) => {
          requests(bytes);
          waiting.push(Buffer.from(bytes));
          void upstream.then((to) => {
            for (const chunk of waiting.splice(0)) to.write(chunk);
          });
        },
        end: () => void upstream.then((to) => to.end()),
      };
    },
    data: (socket, chunk) => socket.data.pass(chunk),
    close: (socket) => socket.data.end(),
  },
});

/** Calls back with each frame, without its size. */
function frames(frame: (bytes: Buffer) => void): (chunk: Buffer) => void {
  let held = Buffer.alloc(0);
  return (chunk) => {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
      const end = 4 + held.readInt32BE(0);
      frame(held.subarray(4, end));
      held = held.subarray(end);
    }
  };
}

function keep(api: Api, version: number, side: "request" | "response", who: string, frame: Buffer): void {
  const name = `${String(api.key).padStart(2, "0")}-${kebab(api.name)}/v${version}.${side}`;
  if (seen.has(name) || frame.length > BYTES_MAX) return;
  seen.add(name);
  mkdirSync(join(folder, name, ".."), { recursive: true });
  const lines = frame.toString("hex").match(/.{1,80}/g) ?? [];
  writeFileSync(join(folder, `${name}.hex`), `# recorded from ${who}\n${lines.join("\n")}\n`);
}

const kebab = (name: string): string => name.replace(/(?<!^)([A-Z])/g, "-$1").toLowerCase();
