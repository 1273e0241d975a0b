import { type Endpoint, endpoint, publicEndpoint } from "@/lib/http/endpoint";
import { setUpApiKeys } from "@/lib/organizations/operations";
import { setupSchema } from "@/lib/organizations/schema";
import { setUp } from "@/lib/organizations/setup";

export const organizationEndpoints: Endpoint[] = [
  publicEndpoint({
    method: "POST",
    path: "/v4/setup",
    tag: "Organization",
    summary: "Create the organization and its owner",
    description:
      "With the one-time link that the log of a new, empty instance shows. Answers 404 once any user exists.",
    status: 204,
    response: null,
    input: { body: setupSchema },
    call: async ({ raw, ip, requestId }) => {
      await setUp(raw, { ip, requestId });
      return {};
    },
  }),
  endpoint({
    method: "POST",
    path: "/v4/account/bootstrap",
    tag: "Organization",
    summary: "Set up API keys",
    description: "Makes the organization's signing key. An owner's session; doing it again changes nothing.",
    status: 204,
    response: null,
    operation: setUpApiKeys,
  }),
];
