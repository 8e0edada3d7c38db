/** A base that can't be compared with: what is missing, and the command or setting that mends it. */
export class BaseError extends Error {
  override readonly name = "BaseError";
  /** What to run or to write; empty where the message says it all. */
  readonly remedy: string;

  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(remedy === "" ? problem : `${problem}\n${remedy}`, options);
    this.remedy = remedy;
  }
}
