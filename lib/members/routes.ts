import { toUnixSeconds } from "@/lib/clock";
import { type Answer, type Endpoint, endpoint, publicEndpoint } from "@/lib/http/endpoint";
import { acceptInvitation } from "@/lib/members/invitations";
import {
  deleteMember,
  getMember,
  inviteMember,
  keepKeyToReview,
  listKeysToReview,
  listMembers,
  renewInvitation,
  updateMember,
} from "@/lib/members/operations";
import type { MemberRow } from "@/lib/members/repository";
import {
  acceptInvitationSchema,
  invitationParams,
  invitationSchema,
  invitedMemberSchema,
  memberPageSchema,
  memberSchema,
} from "@/lib/members/schema";
import { keyToReviewPageSchema, toKeyToReview, toMember } from "@/lib/members/view";
import { mapPage } from "@/lib/paging";
import { etagOf } from "@/lib/versions";

const LIST = "/v4/account/members";
const ONE = `${LIST}/{id}`;
const tag = "Members";

const answer = (row: MemberRow): Answer => ({ body: toMember(row), headers: { etag: etagOf(row.version) } });

export const memberEndpoints: Endpoint[] = [
  endpoint({
    method: "GET",
    path: LIST,
    tag,
    summary: "List members",
    description: "Oldest first, invited and deactivated ones included.",
    status: 200,
    response: memberPageSchema,
    operation: listMembers,
    answer: (page) => ({ body: mapPage(page, toMember) }),
  }),
  endpoint({
    method: "POST",
    path: LIST,
    tag,
    summary: "Invite a member",
    description:
      "The answer holds the invitation link, once. Only an owner invites owners. 409 `name_taken` if the e-mail has an account.",
    status: 201,
    response: invitedMemberSchema,
    operation: inviteMember,
    answer: ({ row, url }) => ({
      body: { ...toMember(row), invitation_url: url },
      headers: { etag: etagOf(row.version), location: `${LIST}/${row.id}` },
    }),
  }),
  endpoint({
    method: "GET",
    path: "/v4/account/keys-to-review",
    tag,
    summary: "List keys to review",
    description:
      "Active keys whose creator was removed, was deactivated or may not create such a key any more, oldest first. They go on working; each is listed until someone disables or keeps it.",
    status: 200,
    response: keyToReviewPageSchema,
    operation: listKeysToReview,
    answer: (page) => ({ body: mapPage(page, toKeyToReview) }),
  }),
  endpoint({
    method: "POST",
    path: "/v4/account/keys-to-review/{id}/keep",
    tag,
    summary: "Keep a key to review",
    description:
      "It goes on working and is off the list, until something else happens to its creator. 404 if it is not listed.",
    status: 204,
    response: null,
    operation: keepKeyToReview,
  }),
  endpoint({
    method: "GET",
    path: ONE,
    tag,
    summary: "Read a member",
    status: 200,
    response: memberSchema,
    operation: getMember,
    answer,
  }),
  endpoint({
    method: "PATCH",
    path: ONE,
    tag,
    summary: "Change a member",
    description:
      "Another role or `status: deactivated` ends the member's sessions at once; their keys go on working. 409 `last_owner` if no active owner would be left. Nobody changes their own role, status or limits.",
    status: 200,
    response: memberSchema,
    operation: updateMember,
    answer,
  }),
  endpoint({
    method: "DELETE",
    path: ONE,
    tag,
    summary: "Remove a member",
    description: "Ends their sessions and open invitation. Keys that they created stay.",
    status: 204,
    response: null,
    operation: deleteMember,
  }),
  endpoint({
    method: "POST",
    path: `${ONE}/invitation`,
    tag,
    summary: "Make a new invitation link",
    description: "For a member who has not accepted yet. Older links end.",
    status: 201,
    response: invitationSchema,
    operation: renewInvitation,
    answer: ({ url, expiresAt }) => ({ body: { invitation_url: url, expires_at: toUnixSeconds(expiresAt) } }),
  }),
  publicEndpoint({
    method: "POST",
    path: "/v4/invitations/{invitation_token}/accept",
    tag,
    summary: "Accept an invitation",
    description: "Single use. 404 for a link that was used, has expired or was never issued.",
    status: 204,
    response: null,
    input: { params: invitationParams, body: acceptInvitationSchema },
    example: { name: "Grace Hopper", password: "four unrelated wooden spoons" },
    call: async ({ raw, ip, requestId }) => {
      await acceptInvitation(raw, { ip, requestId });
      return {};
    },
  }),
];
