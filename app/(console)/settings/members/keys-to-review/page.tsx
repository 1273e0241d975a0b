import type { Metadata } from "next";
import { loadList } from "@/app/(console)/settings/load";
import { requireMember } from "@/app/session";
import { readAll } from "@/components/read-all";
import { MembersRefused } from "@/components/settings/members/members-refused";
import { ReviewPanel } from "@/components/settings/members/review-panel";
import { mayAccess } from "@/lib/auth/roles";
import { listKeysToReview } from "@/lib/members/operations";
import { toKeyToReview } from "@/lib/members/view";
import { listRegions } from "@/lib/regions/operations";

export const metadata: Metadata = { title: "Keys to review" };

export default async function KeysToReviewPage({ searchParams }: PageProps<"/settings/members/keys-to-review">) {
  const context = await requireMember("/settings/members/keys-to-review");
  const { principal } = context;
  if (!mayAccess(principal, listKeysToReview.access)) return <MembersRefused role={principal.role} />;
  const [list, regions] = await Promise.all([
    loadList(searchParams, (query) => listKeysToReview(context, { query }), toKeyToReview),
    readAll((query) => listRegions(context, { query })),
  ]);
  const regionNames = Object.fromEntries(regions.map(({ id, name }) => [id, name]));
  return <ReviewPanel list={list} regionNames={regionNames} now={Math.floor(Date.now() / 1000)} />;
}
