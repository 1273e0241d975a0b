import { PageLoading } from "@/components/shell/page-loading";

export default function UsageLoading() {
  return <PageLoading title="Usage" cards={["h-10", "h-72", "h-40"]} />;
}
