import type { ReactNode } from "react";

type MessagePageProps = { title: string; description: ReactNode; children: ReactNode };

/** A page that only says something: not found, or failed. */
export function MessagePage({ title, description, children }: MessagePageProps) {
  return (
    <div className="mx-auto flex min-h-[60dvh] max-w-md flex-col items-center justify-center px-4 py-10 text-center">
      <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
      <div className="mt-2 text-pretty text-text-muted">{description}</div>
      <div className="mt-6 flex flex-wrap justify-center gap-2">{children}</div>
    </div>
  );
}
