import { type Answer, type Endpoint, endpoint, publicEndpoint } from "@/lib/http/endpoint";
import {
  deleteOrganization,
  getOrganization,
  listSigningKeys,
  retireSigningKey,
  rotateSigningKey,
  setUpApiKeys,
  updateOrganization,
} from "@/lib/organizations/operations";
import type { OrganizationRow } from "@/lib/organizations/repository";
import { organizationSchema, setupSchema, signingKeyListSchema, signingKeySchema } from "@/lib/organizations/schema";
import { setUp } from "@/lib/organizations/setup";
import { toOrganization, toRetired, toSigningKeys } from "@/lib/organizations/view";
import { etagOf } from "@/lib/versions";

const ONE = "/v4/account/organization";
const SIGNING_KEYS = "/v4/account/signing-keys";

const answer = (row: OrganizationRow): Answer => ({
  body: toOrganization(row),
  headers: { etag: etagOf(row.version) },
});

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
    example: {
      setup_token: "…",
      organization: "Acme",
      name: "Ada Byron",
      email: "ada@example.com",
      password: "four unrelated wooden spoons",
    },
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
  endpoint({
    method: "GET",
    path: ONE,
    tag: "Organization",
    summary: "Read the organization",
    status: 200,
    response: organizationSchema,
    operation: getOrganization,
    answer,
  }),
  endpoint({
    method: "PATCH",
    path: ONE,
    tag: "Organization",
    summary: "Rename the organization",
    description: "`If-Match` guards against a stale edit.",
    status: 200,
    response: organizationSchema,
    operation: updateOrganization,
    answer,
  }),
  endpoint({
    method: "DELETE",
    path: ONE,
    tag: "Organization",
    summary: "Delete the organization",
    description:
      "An owner's session, with the organization's name in the body. Ends every key, session and member at once and for good; the audit log stays. When it has more than can be deleted in a request, every key has stopped, the answer is 503, and who repeats the request goes on.",
    status: 204,
    response: null,
    operation: deleteOrganization,
  }),
  endpoint({
    method: "GET",
    path: SIGNING_KEYS,
    tag: "Organization",
    summary: "List the versions of the signing key",
    description: "Newest first, with the number of tokens under each. The keys themselves are never shown.",
    status: 200,
    response: signingKeyListSchema,
    operation: listSigningKeys,
    answer: (rows) => ({ body: { data: toSigningKeys(rows) } }),
  }),
  endpoint({
    method: "POST",
    path: `${SIGNING_KEYS}/rotate`,
    tag: "Organization",
    summary: "Rotate the signing key",
    description:
      "The session of an owner or admin. New tokens are digested under a new key; existing tokens go on working. Versions that no token is left under are retired.",
    status: 201,
    response: signingKeySchema,
    operation: rotateSigningKey,
    answer: (row) => ({ body: toSigningKeys([row])[0] }),
  }),
  endpoint({
    method: "POST",
    path: `${SIGNING_KEYS}/{version}/retire`,
    tag: "Organization",
    summary: "Retire a version of the signing key",
    description:
      "An owner's session. A token moves to the current version when it is used, so an older version empties by itself. While tokens are under it, or could still be made under it because it was replaced less than an hour ago: 409 `signing_key_in_use`, unless `end_tokens` confirms that they stop working. In force at the next request; it cannot be taken back. Retiring it again changes nothing.",
    status: 200,
    response: signingKeySchema,
    operation: retireSigningKey,
    answer: (row) => ({ body: toRetired(row) }),
  }),
];
