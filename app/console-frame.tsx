import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Shell } from "@/components/shell/shell";
import { THEME_COOKIE, themeOf } from "@/components/shell/theme";
import { SHORTCUTS_COOKIE, shortcutsEnabled } from "@/components/shortcuts/shortcuts";
import type { MemberPrincipal } from "@/lib/principal";

/** A page within the console, for who is signed in. */
export async function ConsoleFrame({ principal, children }: { principal: MemberPrincipal; children: ReactNode }) {
  const remembered = await cookies();
  return (
    <Shell
      organizationName={principal.organization_name}
      memberName={principal.name}
      memberEmail={principal.email}
      role={principal.role}
      bootstrapped={principal.bootstrapped}
      theme={themeOf(remembered.get(THEME_COOKIE)?.value)}
      shortcuts={shortcutsEnabled(remembered.get(SHORTCUTS_COOKIE)?.value)}
    >
      {children}
    </Shell>
  );
}
