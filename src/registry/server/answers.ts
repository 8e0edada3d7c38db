import { FAULTS, type RegistryFault } from "./faults.ts";
import type { Metadata } from "./metadata.ts";
import type { Reference, Settings, Version } from "./model.ts";
import type { LevelledSettings } from "./scope.ts";

/** A version as it is answered. The order of the attributes is Confluent's. */
export function versionAnswer(version: Version): object {
  const { subject, id } = version;
  return { subject, version: version.version, id, ...schemaPart(version) };
}

/** What is answered to a registration. */
export function registeredAnswer(version: Version): object {
  return { id: version.id, version: version.version, ...schemaPart(version) };
}

/** A schema that was asked for by its id, with the subject where one was named. */
export function schemaAnswer(
  version: Version,
  { named, maxId }: { readonly named: boolean; readonly maxId: number | undefined },
): object {
  const { subject, guid, text, references, metadata, ts, deleted } = version;
  return {
    ...(named && { subject, version: version.version }),
    guid,
    schemaType: "AVRO",
    schema: text,
    ...referencesPart(references),
    ...metadataPart(metadata),
    ...(maxId !== undefined && { maxId }),
    ts,
    deleted,
  };
}

/** A config as it is read: its level is called `compatibilityLevel`. */
export function settingsAnswer({
  alias,
  normalize,
  validateFields,
  validateNewSchemas,
  ...rest
}: LevelledSettings): object {
  const { compatibilityLevel, compatibilityGroup, defaultMetadata, overrideMetadata } = rest;
  return present({
    alias,
    normalize,
    validateFields,
    validateNewSchemas,
    compatibilityLevel,
    compatibilityGroup,
    defaultMetadata,
    overrideMetadata,
  });
}

/** A config as a change of it is echoed: its level is called `compatibility`. */
export function changedSettingsAnswer({
  alias,
  normalize,
  validateFields,
  validateNewSchemas,
  ...rest
}: Settings): object {
  const { compatibilityLevel: compatibility, compatibilityGroup, defaultMetadata, overrideMetadata } = rest;
  return present({
    alias,
    normalize,
    validateFields,
    validateNewSchemas,
    compatibility,
    compatibilityGroup,
    defaultMetadata,
    overrideMetadata,
  });
}

export function faultAnswer({ kind, message }: RegistryFault): object {
  return { error_code: FAULTS[kind].code, message };
}

function schemaPart({ guid, references, metadata, text, ts, deleted }: Version): object {
  return {
    guid,
    schemaType: "AVRO",
    ...referencesPart(references),
    ...metadataPart(metadata),
    schema: text,
    ts,
    deleted,
  };
}

function referencesPart(references: readonly Reference[]): object {
  return references.length === 0 ? {} : { references };
}

function metadataPart(metadata: Metadata | undefined): object {
  return metadata === undefined ? {} : { metadata };
}

function present(given: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
