import { pbkdf2Sync, randomBytes } from "node:crypto";
import { connect } from "node:net";

const ITERATIONS = 4096;

/** As AlterUserScramCredentials numbers them. */
const MECHANISMS = [
  { number: 1, digest: "sha256", bytes: 32 },
  { number: 2, digest: "sha512", bytes: 64 },
] as const;

/**
 * Gives a user its SCRAM credentials, both mechanisms (KIP-554). Written by hand: kafkajs has no such request, and the
 * tool that Kafka has for it is not in every image.
 */
export async function createScramUser(host: string, port: number, name: string, password: string): Promise<void> {
  // One request takes a user once.
  for (const { number, digest, bytes } of MECHANISMS) {
    const salt = randomBytes(16);
    const salted = pbkdf2Sync(password, salt, ITERATIONS, bytes, digest);
    const iterations = Buffer.alloc(4);
    iterations.writeInt32BE(ITERATIONS);
    const upsertion = [compact(name), Buffer.from([number]), iterations, compact(salt), compact(salted), NO_TAGS];
    const answer = await exchange(host, port, Buffer.concat([NOTHING_TO_DELETE, ONE_ELEMENT, ...upsertion, NO_TAGS]));
    const code = answer.readInt16BE(RESULT + (answer[RESULT] ?? 0));
    if (code !== 0) throw new Error(`Kafka refuses the ${digest} credentials of ${name}: error ${code}`);
  }
}

/** Behind correlation id, tags, throttle time and the length of the results: the user's name, then the error code. */
const RESULT = 4 + 1 + 4 + 1;
const NOTHING_TO_DELETE = Buffer.from([1]);
const ONE_ELEMENT = Buffer.from([2]);
const NO_TAGS = Buffer.from([0]);
const API_KEY = 51;

/** Lengths of the flexible versions are one more than the length; ours are all below 127. */
const compact = (content: string | Buffer) => {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([bytes.length + 1]), bytes]);
};

async function exchange(host: string, port: number, body: Buffer): Promise<Buffer> {
  const head = Buffer.alloc(4 + 2 + 2 + 4 + 2 + 1);
  head.writeInt32BE(head.length - 4 + body.length, 0);
  head.writeInt16BE(API_KEY, 4);
  head.writeInt16BE(-1, 12); // no client id; then no tags
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const socket = connect(port, host, () => socket.write(Buffer.concat([head, body])));
  let held = Buffer.alloc(0);
  socket.on("error", reject);
  socket.on("data", (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    if (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) resolve(held.subarray(4));
  });
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}
