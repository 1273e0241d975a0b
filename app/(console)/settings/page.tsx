import type { Metadata } from "next";
import { requireMember } from "@/app/session";
import { SectionCards } from "@/components/settings/section-cards";
import { SETTINGS_SECTIONS } from "@/components/settings/sections";
import { PageHeader } from "@/components/shell/page-header";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage() {
  const { principal } = await requireMember("/settings");
  const sections = SETTINGS_SECTIONS.filter((section) => !section.needsBootstrap || principal.bootstrapped);
  return (
    <>
      <PageHeader title="Settings" description={`How ${principal.organization_name} is set up, and who may do what.`} />
      <SectionCards sections={sections} />
    </>
  );
}
