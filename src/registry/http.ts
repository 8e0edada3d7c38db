import { nobodyThere } from "../nobody-there.ts";
import { errorOfAnswer, RegistryError } from "./errors.ts";
import type { RegistrySettings } from "./model.ts";
import { DEFAULTS, endpointOf, type Limits } from "./settings.ts";

/** Time and chance, for tests to hold still. */
export interface Surroundings {
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export const REAL: Surroundings = { now: Date.now, random: Math.random, sleep: Bun.sleep };

export interface Request {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Parts of the path, not yet encoded: a subject may hold a slash. */
  readonly path: readonly (string | number)[];
  readonly query?: string;
  readonly body?: object;
  /** Less than the client's own, where trying again is no use. */
  readonly attempts?: number;
}

/** Sends requests to one registry: JSON in, JSON out, RegistryError for all else. */
export interface Http {
  send(request: Request): Promise<unknown>;
  close(): void;
}

const MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";

export function createHttp(settings: RegistrySettings, { random, sleep }: Surroundings): Http {
  const { base, authorization } = endpointOf(settings);
  const limits: Limits = { ...DEFAULTS, ...settings };
  const closed = new AbortController();
  const headers = {
    accept: `${MEDIA_TYPE}, application/json;q=0.9`,
    "user-agent": "sluice",
    ...(authorization !== undefined && { authorization }),
  };

  async function once(request: Request, url: string): Promise<unknown> {
    const timeout = AbortSignal.timeout(limits.timeoutMs);
    const method = request.method ?? "GET";
    try {
      const response = await fetch(url, {
        method,
        headers: request.body === undefined ? headers : { ...headers, "content-type": MEDIA_TYPE },
        ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
        ...(settings.ca && { tls: { ca: settings.ca } }),
        // A redirect would take the password to another host, and turn a POST into a GET.
        redirect: "manual",
        signal: AbortSignal.any([timeout, closed.signal]),
      });
      const text = await readText(response, limits.answerBytesMax);
      if (!response.ok) throw errorOfAnswer(`${method} ${url}`, response, text);
      return parsed(`${method} ${url}`, response, text);
    } catch (error) {
      if (error instanceof RegistryError) throw error;
      if (closed.signal.aborted) throw closedError();
      if (timeout.aborted) {
        throw new RegistryError("TIMEOUT", `${method} ${url}: no answer within ${limits.timeoutMs} ms`);
      }
      if (isRefused(error)) throw new RegistryError("UNREACHABLE", nobodyAt(url), { cause: error });
      throw new RegistryError("UNREACHABLE", `${method} ${url}: ${reasonOf(error)}`, { cause: error });
    }
  }

  return {
    async send(request) {
      const path = request.path.map(encoded).join("/");
      const url = `${base}/${path}${request.query === undefined ? "" : `?${request.query}`}`;
      const attempts = request.attempts ?? limits.attempts;
      for (let attempt = 1; ; attempt++) {
        if (closed.signal.aborted) throw closedError();
        try {
          return await once(request, url);
        } catch (error) {
          // Every call of the API can be repeated: registering what is there answers its id.
          if (!isPassing(error) || attempt >= attempts) throw error;
          const ceiling = Math.min(limits.retryDelayMsMax, limits.retryDelayMs * 2 ** (attempt - 1));
          // Half fixed, half chance: many clients that failed together do not come back together.
          await sleep(ceiling * (0.5 + random() / 2));
        }
      }
    },
    close: () => closed.abort(),
  };
}

/** A part of the path. `.` and `..` would lead elsewhere, however they are encoded (URL standard, dot segments). */
function encoded(part: string | number): string {
  const text = String(part);
  if (text === "" || text === "." || text === ".." || !text.isWellFormed()) {
    throw new RegistryError("REFUSED", `${JSON.stringify(text)} can't be the name of a subject`);
  }
  return encodeURIComponent(text);
}

function isPassing(error: unknown): boolean {
  return error instanceof RegistryError && (error.kind === "UNAVAILABLE" || error.kind === "UNREACHABLE");
}

function closedError(): RegistryError {
  return new RegistryError("CLOSED", "the registry client was closed");
}

/** Reads no more than the limit, whatever a length header says and however well the answer was packed. */
async function readText(response: Response, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw new RegistryError("ANSWER_TOO_LARGE", `the answer is over the limit of ${bytesMax} bytes`, {
        status: response.status,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(request: string, response: Response, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RegistryError("NOT_A_REGISTRY", `${request}: the answer is no JSON; is the registry at this address?`, {
      status: response.status,
      cause: error,
    });
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ECONNREFUSED" || error.code === "ConnectionRefused");

function nobodyAt(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return nobodyThere(hostname, port || (protocol === "https:" ? 443 : 80), "registry");
}

/** Bun's connection errors have a code; its message names it in words. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? `${error.message} (${error.code})` : error.message;
}
