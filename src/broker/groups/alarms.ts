/** The longest that one timer of the runtime can wait. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Wakes groups when something is due in them. A process may end while alarms are set. */
export class Alarms {
  readonly #now: () => number;
  readonly #set = new Map<string, { readonly at: number; readonly timer: ReturnType<typeof setTimeout> }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Sets the alarm of a group, unless an earlier one is set: that does no harm, and only looks when the next is due. */
  set(groupId: string, at: number, ring: () => void): void {
    const alarm = this.#set.get(groupId);
    if (alarm && alarm.at <= at) return;
    this.silence(groupId);
    if (at === Number.POSITIVE_INFINITY) return;
    const inMs = Math.min(Math.max(at - this.#now(), 0), TIMER_MS_MAX);
    const timer = setTimeout(() => {
      this.#set.delete(groupId);
      ring();
    }, inMs);
    timer.unref();
    this.#set.set(groupId, { at, timer });
  }

  silence(groupId: string): void {
    clearTimeout(this.#set.get(groupId)?.timer);
    this.#set.delete(groupId);
  }

  close(): void {
    for (const groupId of [...this.#set.keys()]) this.silence(groupId);
  }
}
