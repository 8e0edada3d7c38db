import { RegistryFault } from "./faults.ts";
import { NUMBER_MAX } from "./model.ts";
import { contextNamed, DEFAULT_CONTEXT, subjectOf, textOf, within } from "./names.ts";

interface CallParts {
  /** Of the path, decoded. */
  readonly params: Readonly<Record<string, string | null | undefined>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined where the method has no body. */
  readonly body: unknown;
}

/** A request, as an endpoint sees it. */
export class Call {
  readonly body: unknown;
  /** From the path; the default one where the path names none. */
  readonly context: string;
  /** The path names a context. */
  readonly inContext: boolean;
  readonly #params: CallParts["params"];
  readonly #query: URLSearchParams;

  constructor({ params, query, body }: CallParts) {
    const { context } = params;
    this.#params = params;
    this.#query = query;
    this.body = body;
    this.inContext = context !== undefined;
    this.context = context === undefined ? DEFAULT_CONTEXT : contextNamed(this.param("context"));
  }

  /** The subject of the path, with its context; the context itself where the path has none. */
  get subject(): string {
    if (this.#params.subject === undefined) return textOf({ context: this.context, name: "" });
    return within(this.context, this.param("subject"));
  }

  /** A part of the path. */
  param(name: string): string {
    const found = this.#params[name];
    // Null stands for what is not encoded well.
    if (found === null || found === undefined)
      throw new RegistryFault("BAD_REQUEST", `The path's ${name} is not readable`);
    return found;
  }

  /** A number of the path. Another text is another path, which is not there. */
  int(name: string): number {
    const text = this.param(name);
    if (!/^\d{1,10}$/.test(text) || Number(text) > NUMBER_MAX) throw notFound();
    return Number(text);
  }

  /** The version of the path; -1 for the latest. */
  version(): number {
    const text = this.param("version").trim();
    if (text.toLowerCase() === "latest" || text === "-1") return -1;
    if (/^\+?\d{1,12}$/.test(text) && Number(text) >= 1 && Number(text) <= NUMBER_MAX) return Number(text);
    throw new RegistryFault(
      "INVALID_VERSION",
      `The specified version '${text}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
    );
  }

  /** A text of the query. */
  text(name: string): string | undefined {
    return this.#query.get(name) ?? undefined;
  }

  texts(name: string): string[] {
    return this.#query.getAll(name);
  }

  flag(name: string): boolean {
    return this.text(name)?.toLowerCase() === "true";
  }

  /** The subject that the query names, in the context of the path. */
  subjectAsked(): string | undefined {
    const text = this.text("subject");
    if (text !== undefined) return within(this.context, text);
    return this.inContext ? textOf({ context: this.context, name: "" }) : undefined;
  }

  /** What subjects are to begin with: `:*:` for any context, no context for the default one. */
  prefixAsked(otherwise: string): { readonly context: string | undefined; readonly name: string } {
    const text = this.text("subjectPrefix") ?? (this.inContext ? "" : otherwise);
    const { context, name } = subjectOf(within(this.context, text));
    return { context: context === "*" ? undefined : context, name };
  }

  /** The part of a list that is asked for. */
  page<Item>(items: readonly Item[], { max = NUMBER_MAX }: { readonly max?: number } = {}): Item[] {
    const offset = Math.max(0, this.#number("offset", 0));
    const asked = this.#number("limit", -1);
    const limit = asked > 0 && asked <= max ? asked : max;
    return items.slice(offset, offset + limit);
  }

  #number(name: string, otherwise: number): number {
    const text = this.text(name);
    if (text === undefined || text === "") return otherwise;
    if (!/^[+-]?\d{1,10}$/.test(text) || Math.abs(Number(text)) > NUMBER_MAX) throw notFound();
    return Number(text);
  }
}

/** What JAX-RS answers where a number is none. */
export function notFound(): RegistryFault {
  return new RegistryFault("NOT_FOUND", "HTTP 404 Not Found");
}
