import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { loadReference } from "@/app/(console)/reference/load";
import { requireMember } from "@/app/session";
import { ObjectEntry } from "@/components/reference/object-entry";
import { OperationEntry } from "@/components/reference/operation-entry";
import { PageContents } from "@/components/reference/page-contents";
import { SectionNav } from "@/components/reference/section-nav";
import { PageHeader } from "@/components/shell/page-header";

type Props = PageProps<"/reference/[section]">;

async function sectionOf({ params }: Props) {
  const { section: slug } = await params;
  return loadReference().find((section) => section.slug === slug);
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  return { title: `${(await sectionOf(props))?.title ?? "Not found"} · API reference` };
}

export default async function ReferenceSectionPage(props: Props) {
  await requireMember("/reference");
  const section = await sectionOf(props);
  if (!section) notFound();
  const { slug, title, operations, objects } = section;
  return (
    <>
      <PageHeader
        breadcrumb={
          <Link href="/reference" className="underline underline-offset-4 hover:text-text">
            API reference
          </Link>
        }
        title={title}
      />
      <SectionNav sections={loadReference()} current={slug} />
      <PageContents section={section} />
      <div>
        {operations.map((operation) => (
          <OperationEntry key={operation.id} operation={operation} />
        ))}
      </div>
      {objects.length > 0 ? (
        <section aria-labelledby="objects" className="border-border border-t pt-8">
          <h2 id="objects" className="scroll-mt-16 font-semibold text-lg">
            What is answered
          </h2>
          {objects.map((object) => (
            <ObjectEntry key={object.name} object={object} />
          ))}
        </section>
      ) : null}
    </>
  );
}
