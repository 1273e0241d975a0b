import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { requireMember } from "@/app/session";
import { Shell } from "@/components/shell/shell";
import { THEME_COOKIE, themeOf } from "@/components/shell/theme";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { principal } = await requireMember();
  const theme = themeOf((await cookies()).get(THEME_COOKIE)?.value);

  return (
    <Shell
      organizationName={principal.organization_name}
      memberName={principal.name}
      memberEmail={principal.email}
      role={principal.role}
      bootstrapped={principal.bootstrapped}
      theme={theme}
    >
      {children}
    </Shell>
  );
}
