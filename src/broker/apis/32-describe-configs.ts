import { brokerValues, describeBroker, describeTopic } from "../configs/index.ts";
import { defineHandler, type RequestContext } from "../parts.ts";
import { MESSAGES, type RequestOf, type ResponseInput } from "../protocol/index.ts";
import { assertBroker, attempt, existingTopic, RESOURCES, unknownResource } from "./resources.ts";

type Request = RequestOf<typeof MESSAGES.describeConfigs>;
type Asked = Request["resources"][number];
type Entries = ResponseInput<typeof MESSAGES.describeConfigs>["results"][number]["configs"];

/** Tells the settings of topics and of the node that is asked. */
export const describeConfigs = defineHandler(
  MESSAGES.describeConfigs,
  (context, request) => ({
    throttleTimeMs: 0,
    results: request.resources.map((asked) => {
      const { resourceType, resourceName } = asked;
      const answer = (errorCode: number, errorMessage: string, configs: Entries) => ({
        errorCode,
        errorMessage,
        resourceType,
        resourceName,
        configs,
      });
      return attempt(
        () => answer(0, "", entriesOf(context, asked, request)),
        ({ code, message }) => answer(code, message, []),
      );
    }),
  }),
  { leftOut: ["settings of groups and client metrics, loggers, settings of the broker that have no meaning here"] },
);

function entriesOf(
  context: RequestContext,
  { resourceType, resourceName, configurationKeys: names }: Asked,
  { includeSynonyms: synonyms, includeDocumentation: documentation }: Request,
): Entries {
  const options = { names, synonyms, documentation };
  switch (resourceType) {
    case RESOURCES.TOPIC:
      return describeTopic(existingTopic(resourceName, context).configs, options);
    case RESOURCES.BROKER:
      // The empty name means what was set for all nodes at once, which here is nothing.
      if (resourceName === "") return [];
      assertBroker(resourceName, context, " or empty string");
      return describeBroker(brokerValues(context, context.nodeId), options);
    default:
      throw unknownResource(resourceType);
  }
}
