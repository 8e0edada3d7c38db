/**
 * Registries of Sluice's own that serve one machine, by what they call their cluster. What they have is no news to anybody
 * else: drafts that were saved, not merged.
 */
export const OWN_REGISTRIES = {
  "sluice-dev": "it is `sluice dev`'s own",
  "sluice-in-memory": "it is kept in memory, and ends with its process",
} as const satisfies Readonly<Record<string, string>>;

export type OwnRegistry = keyof typeof OWN_REGISTRIES;

/** Whether a registry that calls itself so serves one machine. */
export const isOwnRegistry = (name: string | undefined): name is OwnRegistry =>
  name !== undefined && Object.hasOwn(OWN_REGISTRIES, name);
