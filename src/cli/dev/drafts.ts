import { type Registry, RegistryError, type SchemaStep } from "../../registry/index.ts";
import type { Tell } from "./news.ts";

export interface DraftsOptions {
  readonly registry: Registry;
  /** How many records a topic has ever had; undefined for what is no topic. */
  readonly written: (topic: string) => bigint | undefined;
}

/**
 * The versions that were registered since the start because somebody saved a file. A worker does not start while there is
 * a version that it cannot read: one that is given up again, and that no event was written with, has to go.
 */
export interface Drafts {
  /** Remembers what these steps registered, and takes back what is newer than what they went back to. */
  follow(steps: readonly SchemaStep[], tell: Tell): Promise<void>;
}

export function createDrafts({ registry, written }: DraftsOptions): Drafts {
  /** How many records the topic had when a version came, by subject and id. */
  const known = new Map<string, bigint | undefined>();

  return {
    async follow(steps, tell) {
      for (const step of steps) {
        if (step.kind !== "register" || step.version !== undefined || step.id === undefined) continue;
        known.set(keyOf(step.subject, step.id), written(topicOf(step.subject)));
      }
      // What is referred to comes first in the list, and can only go after those that refer to it.
      for (const step of steps.toReversed()) {
        if (step.kind !== "register" || step.status !== "rolled back" || step.version === undefined) continue;
        await takeBack(step.subject, step.version, tell);
      }
    },
  };

  async function takeBack(subject: string, to: number, tell: Tell): Promise<void> {
    const about = topicOf(subject);
    const newer = (await registry.versions(subject)).filter((version) => version > to);
    for (const version of newer.toReversed()) {
      const id = (await registry.version(subject, version))?.id;
      const key = id === undefined ? "" : keyOf(subject, id);
      // Somebody else's, or from before the start.
      if (!known.has(key)) continue;
      if (known.get(key) !== written(about)) {
        const text = `version ${version} stays: events were sent since it was registered, and may be written with it`;
        const advice =
          "Where a worker cannot read it: give what it lacks a `default` or an alias, or begin anew: start `sluice dev` again, with another --data or none.";
        tell({ event: "schema.kept", level: "warn", about, text, details: [advice] });
      } else if (await isDeleted(subject, version)) {
        const text = `version ${version} is taken back: no event was written with it`;
        tell({ event: "schema.taken_back", level: "info", about, text });
      }
    }
  }

  /** What others refer to stays. */
  async function isDeleted(subject: string, version: number): Promise<boolean> {
    try {
      await registry.deleteVersion(subject, version);
      return true;
    } catch (error) {
      if (error instanceof RegistryError && error.kind === "REFERENCED") return false;
      throw error;
    }
  }
}

const keyOf = (subject: string, id: number): string => `${id} ${subject}`;
const topicOf = (subject: string): string => subject.replace(/-value$/, "");
