import type { Choice, Choices, Walk } from "./choice.ts";
import { DEPTH_MAX } from "./cursor.ts";
import type { ValueProblem } from "./errors.ts";
import type { Refusal } from "./leaf.ts";
import { pointerOf } from "./pointer.ts";
import { shortened, shown } from "./shown.ts";

/** How many problems of one value are listed. */
export const PROBLEMS_MAX = 100;

/** How much of a key a pointer shows: the keys are the sender's, and each may be as long as the body. */
const KEY_LENGTH_MAX = 200;

/** Finds all that is wrong with a value and says where. Runs only once a value was found not to fit. */
export type Check = (value: unknown, problems: Collector) => void;

/** Gathers problems while a check walks through a value. */
export class Collector implements Walk {
  readonly problems: ValueProblem[] = [];
  readonly choices: Choices;
  depth: number;
  /** How many problems there are; counted up to one more than PROBLEMS_MAX, where looking further is of no use. */
  count = 0;
  readonly #path: (string | number)[] = [];
  readonly #countsOnly: boolean;

  /** Of a value; or, within a walk through it, of a part that is tried, whose problems are only counted. */
  constructor(walk?: Walk) {
    this.choices = walk?.choices ?? new Map();
    this.depth = walk?.depth ?? 0;
    this.#countsOnly = walk !== undefined;
  }

  /** There are more problems than are listed. */
  get full(): boolean {
    return this.count > PROBLEMS_MAX;
  }

  /** Checks what stands under a key. */
  at(key: string | number, check: Check, value: unknown): void {
    this.#path.push(key);
    check(value, this);
    this.#path.pop();
  }

  /** Checks a value of a recursive type, unless it is nested too deep. */
  deeper(check: () => void, value: unknown): void {
    if (++this.depth > DEPTH_MAX) {
      this.add(`at most ${DEPTH_MAX} levels`, value, `nested deeper than ${DEPTH_MAX} levels`);
    } else check();
    this.depth--;
  }

  /** Whether the problems of a choice need not be looked for: they are only to be counted, and have been. */
  counts({ problems }: Choice): boolean {
    if (!this.#countsOnly || problems === undefined) return false;
    this.count += problems;
    return true;
  }

  refuse(expected: string, value: unknown, refusal: Refusal): void {
    this.add(expected, value, refusal.message ?? `expected ${expected}, found ${shown(value)}`);
  }

  add(expected: string, value: unknown, message: string, ...keys: string[]): void {
    this.count++;
    if (this.#countsOnly || this.full) return;
    const path = [...this.#path, ...keys].map((key) => shortened(String(key), KEY_LENGTH_MAX));
    this.problems.push({ pointer: pointerOf(path), expected, found: shown(value), message });
  }
}
