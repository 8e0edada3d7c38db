import { InvalidArgumentError } from "commander";

/** What options take, for commands that have the same ones. Each throws in words that follow the option's name. */

export function portIn(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new InvalidArgumentError("It is a number up to 65535.");
}

interface NamedPassword {
  readonly username: string;
  readonly password: string;
}

/** Each `name:password` is one more. */
export function userIn(text: string, before: readonly NamedPassword[]): readonly NamedPassword[] {
  const [, username, password] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (username !== undefined && password !== undefined) return [...before, { username, password }];
  throw new InvalidArgumentError("It is a name and a password with a colon between them.");
}
