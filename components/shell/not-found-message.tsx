import Link from "next/link";
import { HOME } from "@/components/shell/home";
import { MessagePage } from "@/components/shell/message-page";
import { Button } from "@/components/ui/button";

export function NotFoundMessage() {
  return (
    <MessagePage title="There is nothing here" description="The address is wrong, or what it named is gone.">
      <Button asChild>
        <Link href={HOME}>Go to the console</Link>
      </Button>
    </MessagePage>
  );
}
