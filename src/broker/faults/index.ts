/** Faults on purpose, for tests: what is to go wrong, for which requests, and how often. */
export interface Faults {
  close(): void;
}
