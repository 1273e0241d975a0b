import type { Metadata } from "next";
import { ConsoleFrame } from "@/app/console-frame";
import { currentMember } from "@/app/session";
import { NotFoundMessage } from "@/components/shell/not-found-message";
import { PublicHeader } from "@/components/shell/public-header";

export const metadata: Metadata = { title: "Not found" };

/** Within the console for who is signed in. Whoever is not learns nothing of what there is. */
export default async function NotFound() {
  // Without the database the address is wrong all the same.
  const member = await currentMember().catch(() => null);
  if (member) {
    return (
      <ConsoleFrame principal={member.principal}>
        <NotFoundMessage />
      </ConsoleFrame>
    );
  }
  return (
    <>
      <PublicHeader isSignedIn={false} />
      <main>
        <NotFoundMessage />
      </main>
    </>
  );
}
