import { CommandFailed } from "../exit.ts";

/** Where the embedded parts listen, and nobody else's machine hears of it. */
export const LOOPBACK = "127.0.0.1";

/** A port that is wanted: by an option that names it, or because it is the one that everybody expects. */
export interface WantedPort {
  /** How messages call it, `--kafka-port`. */
  readonly option: string;
  /** As the option gives it; 0 is any free one. Undefined where nobody asked for a certain port. */
  readonly given: number | undefined;
  readonly usual: number;
}

/** A port that was free a moment ago. */
export interface ChosenPort {
  readonly port: number;
  /** The port that was expected, where another had to be taken. */
  readonly instead: number | undefined;
}

/** How far from the usual port another is looked for, before any will do. */
const NEXT_PORTS = 100;

/**
 * Chooses a port for each wish, no port twice. The usual port moves on to the next free one where it is taken.
 * @throws CommandFailed where a port is taken that an option names.
 */
export function choosePorts<Name extends string>(wanted: Readonly<Record<Name, WantedPort>>): Record<Name, ChosenPort> {
  const taken = new Set<number>();
  const free = (port: number) => !taken.has(port) && isFree(port);
  const choose = ({ option, given, usual }: WantedPort): ChosenPort => {
    if (given === 0) return { port: 0, instead: undefined };
    if (given !== undefined) {
      if (free(given)) return { port: given, instead: undefined };
      throw new CommandFailed(`${option} ${given}: the port is taken; 0 picks a free one.`);
    }
    for (let port = usual; port < usual + NEXT_PORTS; port++) {
      if (free(port)) return { port, instead: port === usual ? undefined : usual };
    }
    return { port: 0, instead: usual };
  };
  const entries = Object.entries<WantedPort>(wanted).map(([name, wish]) => {
    const chosen = choose(wish);
    taken.add(chosen.port);
    return [name, chosen] as const;
  });
  // One entry for each wish, by its name.
  return Object.fromEntries(entries) as Record<Name, ChosenPort>;
}

function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: LOOPBACK, port, exclusive: true, socket: { data() {} } }).stop(true);
    return true;
  } catch {
    return false; // Whatever the reason, it is not for us.
  }
}
