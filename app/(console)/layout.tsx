import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { requireMember } from "@/app/session";
import { Shell } from "@/components/shell/shell";
import { THEME_COOKIE, themeOf } from "@/components/shell/theme";
import { SHORTCUTS_COOKIE, shortcutsEnabled } from "@/components/shortcuts/shortcuts";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { principal } = await requireMember();
  const remembered = await cookies();
  const theme = themeOf(remembered.get(THEME_COOKIE)?.value);

  return (
    <Shell
      organizationName={principal.organization_name}
      memberName={principal.name}
      memberEmail={principal.email}
      role={principal.role}
      bootstrapped={principal.bootstrapped}
      theme={theme}
      shortcuts={shortcutsEnabled(remembered.get(SHORTCUTS_COOKIE)?.value)}
    >
      {children}
    </Shell>
  );
}
