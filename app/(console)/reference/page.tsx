import { Download } from "lucide-react";
import type { Metadata } from "next";
import { loadReference } from "@/app/(console)/reference/load";
import { requireMember } from "@/app/session";
import { Basics } from "@/components/reference/basics";
import { OperationIndex } from "@/components/reference/operation-index";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { getEnv } from "@/lib/env";

export const metadata: Metadata = { title: "API reference" };

export default async function ReferencePage() {
  await requireMember("/reference");
  return (
    <>
      <PageHeader
        title="API reference"
        description="What the console does, and more, for scripts and services: JSON over HTTP, with a key's token."
        actions={
          <Button asChild>
            <a href="/v4/openapi.json" download="latchkey-openapi.json">
              <Download aria-hidden />
              Download OpenAPI
            </a>
          </Button>
        }
      />
      <Basics origin={getEnv().url} />
      <div className="mt-6 flex flex-col gap-4">
        {loadReference().map((section) => (
          <OperationIndex key={section.slug} section={section} />
        ))}
      </div>
    </>
  );
}
