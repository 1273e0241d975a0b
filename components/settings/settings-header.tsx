import Link from "next/link";
import type { ReactNode } from "react";
import { PageHeader } from "@/components/shell/page-header";

type SettingsHeaderProps = { title: string; description: ReactNode; actions?: ReactNode };

/** The heading of a section, with the way back to the index. */
export function SettingsHeader(props: SettingsHeaderProps) {
  const breadcrumb = (
    <Link href="/settings" className="rounded-sm underline-offset-2 hover:text-text hover:underline">
      Settings
    </Link>
  );
  return <PageHeader {...props} breadcrumb={breadcrumb} />;
}
