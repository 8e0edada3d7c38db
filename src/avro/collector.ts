import type { Choices, Walk } from "./choice.ts";
import { DEPTH_MAX } from "./cursor.ts";
import type { ValueProblem } from "./errors.ts";
import type { Refusal } from "./leaf.ts";
import { pointerOf } from "./pointer.ts";
import { shown } from "./shown.ts";

/** How many problems of one value are listed. */
export const PROBLEMS_MAX = 100;

/** Finds all that is wrong with a value and says where. Runs only once a value was found not to fit. */
export type Check = (value: unknown, problems: Collector) => void;

/** Gathers problems while a check walks through a value. */
export class Collector implements Walk {
  readonly problems: ValueProblem[] = [];
  /** There were more than PROBLEMS_MAX. */
  more = false;
  readonly choices: Choices;
  depth: number;
  readonly #path: (string | number)[] = [];

  /** Of a value, or of a part of it that is tried in the course of a walk. */
  constructor(walk?: Walk) {
    this.choices = walk?.choices ?? new Map();
    this.depth = walk?.depth ?? 0;
  }

  /** No use to look further. */
  get full(): boolean {
    return this.more;
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

  refuse(expected: string, value: unknown, refusal: Refusal): void {
    this.add(expected, value, refusal.message ?? `expected ${expected}, found ${shown(value)}`);
  }

  add(expected: string, value: unknown, message: string, ...keys: string[]): void {
    if (this.problems.length >= PROBLEMS_MAX) {
      this.more = true;
      return;
    }
    this.problems.push({ pointer: pointerOf([...this.#path, ...keys]), expected, found: shown(value), message });
  }
}
