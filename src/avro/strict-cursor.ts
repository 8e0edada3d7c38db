import { Cursor } from "./cursor.ts";
import { DecodeError } from "./errors.ts";
import { shortened } from "./shown.ts";
import { isUuid } from "./uuid.ts";

/**
 * Reads bytes that are about to be stored: text must be UTF-8, and a uuid one. What is stored already is read by a plain
 * Cursor, which takes both as they are, as Avro's other readers do: a worker could only refuse what nobody can change.
 */
export class StrictCursor extends Cursor {
  override readString(): string {
    const bytes = this.readBytes();
    const text = bytes.toString();
    // What was no UTF-8 has become U+FFFD, which is other bytes.
    if (bytes.equals(Buffer.from(text))) return text;
    throw new DecodeError("CORRUPT", `a string is not UTF-8: \`${shortened(text)}\``);
  }

  override readUuid(): string {
    const text = this.readString();
    if (isUuid(text)) return text;
    throw new DecodeError("INVALID_UUID", `expected a UUID, found the string \`${shortened(text)}\``);
  }
}
