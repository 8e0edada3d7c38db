import type { Incompatibility } from "../compat/index.ts";
import { type DecodeError, Unreadable } from "../errors.ts";
import type { Node } from "../schema.ts";

/** What is thrown, as far as it is about one incompatibility. A decoder tells every reason at once. */
export function messageOf(error: Unreadable | DecodeError, reader: Node, incompatibility: Incompatibility): string {
  if (!(error instanceof Unreadable)) return error.message;
  const place = placeOf(reader, incompatibility.readerPath);
  const inside = incompatibility.type === "MISSING_UNION_BRANCH";
  const reasons = error.reasons.filter((reason) => isAt(reason, place, inside));
  return reasons.length === 0 ? error.message : new Unreadable(reasons).message;
}

/** A reason begins with its place and a colon; what is about the root has no place. */
function isAt(reason: string, place: string, inside: boolean): boolean {
  if (place === "") return inside || !reason.startsWith("/");
  return reason.startsWith(`${place}: `) || (inside && reason.startsWith(`${place}/`));
}

/** Where something stands in the reader's schema, as reasons write it: `/items/[]/price`. */
function placeOf(root: Node, path: readonly string[]): string {
  let place = "";
  let node: Node | undefined = root;
  for (let at = 0; node !== undefined && at < path.length; at++) {
    const key = path[at];
    if (node.type === "record" && key === "fields") {
      const field: { readonly name: string; readonly type: Node } | undefined = node.fields[Number(path[at + 1])];
      place += `/${field?.name ?? ""}`;
      node = field?.type;
      at += 2;
    } else if (node.type === "array" && key === "items") {
      place += "/[]";
      node = node.items;
    } else if (node.type === "map" && key === "values") {
      place += "/{}";
      node = node.values;
    } else {
      node = node.type === "union" ? node.branches[Number(key)] : undefined;
    }
  }
  return place;
}
