import { defineHandler } from "../parts.ts";
import { ERROR_CODES, MESSAGES, type ResponseInput } from "../protocol/index.ts";
import { isCoordinator } from "./group-node.ts";

/** From this version on, a new member is given its id first, and joins with that (KIP-394). */
const KNOWN_ID_SINCE = 4;
const NO_PROTOCOL_SINCE = 7;
const SKIP_ASSIGNMENT_SINCE = 9;

/** Makes the caller a member of its group; answered when the next generation begins. */
export const joinGroup = defineHandler(
  MESSAGES.joinGroup,
  async (context, request): Promise<ResponseInput<typeof MESSAGES.joinGroup>> => {
    const { version, groups, signal, clientId, clientHost } = context;
    const { groupId, memberId, sessionTimeoutMs, protocolType } = request;
    const nothing = version < NO_PROTOCOL_SINCE ? "" : null;
    if (!isCoordinator(context, groupId)) {
      const errorCode = ERROR_CODES.NOT_COORDINATOR;
      return { throttleTimeMs: 0, errorCode, protocolName: nothing, leader: "", memberId, members: [] };
    }
    const { error, leaderId, protocolName, ...answer } = await groups.join(
      groupId,
      {
        memberId,
        instanceId: request.groupInstanceId,
        clientId: clientId ?? "",
        clientHost,
        sessionTimeoutMs,
        // Version 0 has one time for both.
        rebalanceTimeoutMs: version === 0 ? sessionTimeoutMs : request.rebalanceTimeoutMs,
        protocolType,
        protocols: copied(request.protocols),
        needsKnownId: version >= KNOWN_ID_SINCE,
        canSkipAssignment: version >= SKIP_ASSIGNMENT_SINCE,
      },
      signal,
    );
    return {
      throttleTimeMs: 0,
      errorCode: ERROR_CODES[error],
      leader: leaderId,
      protocolName: protocolName ?? nothing,
      ...answer,
    };
  },
);

/** Out of the frame, which would be kept with them otherwise. Of two with one name, the first counts. */
function copied(protocols: readonly { readonly name: string; readonly metadata: Buffer }[]) {
  const byName = new Map<string, Buffer>();
  for (const { name, metadata } of protocols) if (!byName.has(name)) byName.set(name, Buffer.from(metadata));
  return [...byName].map(([name, metadata]) => ({ name, metadata }));
}
