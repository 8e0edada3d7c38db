import { fingerprintOf } from "./fingerprint.ts";
import type { Json, Node, Schema } from "./schema.ts";
import { selfContained } from "./self-contained.ts";

/** A schema of which nothing is wrong. Many are parsed, and few are looked at closely: the rest is made when asked for. */
export class ParsedSchema implements Schema {
  readonly root: Node;
  #json: Json | undefined;
  #fingerprint: string | undefined;

  constructor(root: Node) {
    this.root = root;
  }

  get name(): string | undefined {
    return "name" in this.root ? this.root.name : undefined;
  }

  get json(): Json {
    this.#json ??= selfContained(this.root);
    return this.#json;
  }

  get fingerprint(): string {
    this.#fingerprint ??= fingerprintOf(this.root);
    return this.#fingerprint;
  }
}
