/** A line without its end; no text where it was too long to be kept. Lines are counted from 1. */
export interface Line {
  readonly text: string | undefined;
  readonly number: number;
}

const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines of UTF-8. Holds no more than a line of `bytesMax` at a time, whatever comes. */
export async function* linesIn(stream: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let number = 0;
  let held: Uint8Array[] = [];
  let heldBytes = 0;

  const hold = (bytes: Uint8Array) => {
    heldBytes += bytes.length;
    // What is too long is counted on, and no longer kept.
    if (heldBytes > bytesMax) held = [];
    else if (bytes.length > 0) held.push(bytes);
  };
  const line = (): Line => {
    const [first] = held;
    const whole = held.length === 1 && first !== undefined ? first : Buffer.concat(held);
    const text = heldBytes > bytesMax ? undefined : decoder.decode(whole);
    held = [];
    heldBytes = 0;
    number++;
    return { text, number };
  };

  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      hold(chunk.subarray(start, end));
      yield line();
      start = end + 1;
    }
    hold(chunk.subarray(start));
  }
  if (heldBytes > 0) yield line();
}
