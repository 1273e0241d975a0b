import type { ReactNode } from "react";
import { ConsoleFrame } from "@/app/console-frame";
import { requireMember } from "@/app/session";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { principal } = await requireMember();
  return <ConsoleFrame principal={principal}>{children}</ConsoleFrame>;
}
