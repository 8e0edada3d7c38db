/** Where Apicurio 2.6 under `/apis/ccompat/v7` does otherwise than Confluent, by the titles of the API's contract. */
export const APICURIO: Readonly<Record<string, string>> = {
  "the schema of an id is answered alone, too": "there is no such path",
  "a version that is no number is 42202": "it answers 40402",
  "another doc makes another schema": "docs are left out of what it compares, and the first one is kept",
  '"string" and {"type":"string"} are one schema': "it keeps schemas as they are sent",
  "an empty schema is 42201": "it stores an empty schema, and fails with 500 without one",
  "deleting in the wrong order has numbers of its own": "the numbers are right, the status is 409",
  "what is no level is 42203": "it answers with the parser's own text",
  "a subject without a level is 40408, unless the global one is asked for":
    "it answers 40401, as Confluent did before 7.0",
  "a level is taken back": "what is taken back is NONE afterwards, and read as if it were set",
  "reasons come with `verbose` alone": "it adds `reason`, which is null, and gives no messages",
  "one version is compared whatever the level, without one the level decides which":
    "it adds `reason`, and compares all",
  "READONLY refuses what is new, and answers what is there": "modes are not enforced",
  "each context counts its own ids": "a subject's name says nothing of a context",
  "a registry says which release it is": "there is no such path",
};

const NOT_DELETED = "the stand-in deletes subjects as a whole, and never for good";
const NOT_PARSED = "the stand-in knows no Avro, only JSON";
const NOT_ASKED = "our client does not ask for it, and the stand-in is there for our client";

/** What the stand-in for Confluent leaves out. */
export const STAND_IN: Readonly<Record<string, string>> = {
  "the schema of an id is answered alone, too": NOT_ASKED,
  "a version has subject, version, id and schema": NOT_ASKED,
  "a version that is no number is 42202": NOT_ASKED,
  "one schema has one id under all subjects": NOT_ASKED,
  "the order of attributes and white space make no other schema": NOT_PARSED,
  '"string" and {"type":"string"} are one schema': NOT_PARSED,
  "an invalid schema is 42201": NOT_PARSED,
  "a default that does not fit is 42201": NOT_PARSED,
  "a deleted version is hidden, and its id still read": NOT_DELETED,
  "a subject is deleted, and then deleted for good": NOT_DELETED,
  "deleting in the wrong order has numbers of its own": NOT_DELETED,
  "what others refer to is 42206": NOT_DELETED,
  "what is no level is 42203": NOT_ASKED,
  "a subject without a level is 40408, unless the global one is asked for": NOT_ASKED,
  "a level is taken back": NOT_DELETED,
  "reasons come with `verbose` alone": NOT_ASKED,
  "one version is compared whatever the level, without one the level decides which": NOT_ASKED,
  "READONLY refuses what is new, and answers what is there": NOT_ASKED,
  "each context counts its own ids": NOT_ASKED,
  "a registry says which release it is": NOT_ASKED,
};
