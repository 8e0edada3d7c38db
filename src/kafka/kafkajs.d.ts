/**
 * The parts of kafkajs 2.2.4 that we use: its connection (socket, TLS, SASL, correlation of answers) and its messages.
 * The package declares types for its public API alone.
 */

declare module "kafkajs/src/network/connection.js" {
  interface Answer {
    payload: Buffer;
  }

  interface QueueEntry {
    apiKey: number;
    apiName: string;
    apiVersion: number;
    correlationId: number;
    resolve(answer: Answer): void;
    reject(error: Error): void;
  }

  interface RequestQueue {
    readonly pending: readonly unknown[];
    push(request: { entry: QueueEntry; expectResponse: boolean; requestTimeout: null; sendRequest(): void }): void;
    fulfillRequest(answer: { size: number; correlationId: number; payload: Buffer }): void;
    rejectAll(error: Error): void;
    destroy(): void;
    scheduleCheckPendingRequests(): void;
  }

  class Connection {
    constructor(options: object);
    readonly socket: import("node:net").Socket | undefined;
    readonly requestQueue: RequestQueue;
    connect(): Promise<true>;
    authenticate(): Promise<void>;
    isAuthenticated(): boolean;
    setVersions(versions: Record<number, { minVersion: number; maxVersion: number }>): void;
    setSupportAuthenticationProtocol(supported: boolean): void;
    nextCorrelationId(): number;
    /** There while an answer of SASL is awaited. */
    readonly authHandlers: object | null;
    processData(chunk: Buffer): void;
  }

  export = Connection;
}

declare module "kafkajs/src/network/socketFactory.js" {
  function createSocketFactory(): (options: object) => import("node:net").Socket;
  export = createSocketFactory;
}

declare module "kafkajs/src/loggers/index.js" {
  interface Logger {
    namespace(name: string): Logger;
  }
  export const LEVELS: { readonly NOTHING: number };
  export function createLogger(options: { level: number; logCreator: () => (entry: object) => void }): Logger;
}

declare module "kafkajs/src/protocol/requests/index.js" {
  interface Message {
    readonly request: {
      readonly apiKey: number;
      readonly apiVersion: number;
      readonly apiName: string;
      encode(): Promise<{ readonly buffer: Buffer }>;
    };
    readonly response: { decode(payload: Buffer): Promise<unknown> };
  }

  interface Definition {
    readonly versions: readonly string[];
    protocol(options: { version: number }): (fields: object) => Message;
  }

  export const requests: Readonly<Record<string, Definition>>;
}

declare module "kafkajs/src/protocol/requests/apiKeys.js" {
  const apiKeys: Readonly<Record<string, number>>;
  export = apiKeys;
}
