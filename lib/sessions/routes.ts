import { type Endpoint, endpoint } from "@/lib/http/endpoint";
import { changePassword } from "@/lib/sessions/operations/change-password";
import { endOtherOwnSessions, endOwnSession, listSessions } from "@/lib/sessions/operations/sessions";
import { endedSessionsSchema, sessionListSchema } from "@/lib/sessions/schema";

const LIST = "/v4/account/sessions";
const tag = "Sessions";

export const sessionEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: LIST,
    tag,
    summary: "List your own sessions",
    description: "Where the signed-in member is signed in now. A session's own; no key has any.",
    status: 200,
    response: sessionListSchema,
    operation: listSessions,
  }),
  endpoint({
    method: "POST",
    path: `${LIST}/end-others`,
    tag,
    summary: "Sign out everywhere else",
    description: "Ends every session of the member but the one that asks, at once.",
    status: 200,
    response: endedSessionsSchema,
    operation: endOtherOwnSessions,
  }),
  endpoint({
    method: "DELETE",
    path: `${LIST}/{id}`,
    tag,
    summary: "End one of your own sessions",
    status: 204,
    response: null,
    operation: endOwnSession,
  }),
  endpoint({
    method: "POST",
    path: "/v4/account/password",
    tag,
    summary: "Change your own password",
    description:
      "Ends the member's other sessions. A wrong current password is 422 and counts as a failed sign-in; too many are 429.",
    status: 204,
    response: null,
    operation: changePassword,
  }),
];
