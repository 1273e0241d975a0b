import { PageLoading } from "@/components/shell/page-loading";

export default function KeyLoading() {
  return <PageLoading title="API key" cards={["h-20", "h-28", "h-72"]} />;
}
