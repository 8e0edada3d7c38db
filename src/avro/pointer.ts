/** A JSON pointer (RFC 6901): `~` and `/` inside a key are written `~0` and `~1`. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
