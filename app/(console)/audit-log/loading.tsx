import { PageLoading } from "@/components/shell/page-loading";

export default function AuditLogLoading() {
  return <PageLoading title="Audit log" cards={["h-12", "h-96"]} />;
}
