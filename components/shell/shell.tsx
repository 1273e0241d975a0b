import type { ReactNode } from "react";
import { SetUpNotice } from "@/components/shell/set-up-notice";
import { SidebarNav } from "@/components/shell/sidebar-nav";
import { SkipLink } from "@/components/shell/skip-link";
import type { Theme } from "@/components/shell/theme";
import { TopBar } from "@/components/shell/top-bar";
import { Shortcuts } from "@/components/shortcuts/shortcut-keys";
import type { Role } from "@/lib/principal";

export type ShellProps = {
  organizationName: string;
  memberName: string;
  memberEmail: string;
  role: Role;
  bootstrapped: boolean;
  theme: Theme;
  /** False: this browser remembers that single-key shortcuts were turned off. */
  shortcuts: boolean;
};

/** The frame of every page of the console: top bar, sidebar and the page. */
export function Shell({ children, ...props }: ShellProps & { children: ReactNode }) {
  const { role, bootstrapped } = props;
  return (
    <Shortcuts viewer={{ role, bootstrapped }} enabled={props.shortcuts}>
      <SkipLink />
      <TopBar {...props} />
      <div className="flex">
        <aside className="sticky top-12 h-[calc(100dvh-3rem)] w-56 shrink-0 overflow-y-auto border-border border-r bg-surface-sunken p-3 max-md:hidden">
          <SidebarNav viewer={{ role, bootstrapped }} />
        </aside>
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 px-4 py-6 outline-none sm:px-6 lg:px-8">
          <div className="mx-auto max-w-[90rem]">
            {role === "owner" && !bootstrapped ? <SetUpNotice /> : null}
            {children}
          </div>
        </main>
      </div>
    </Shortcuts>
  );
}
