import type { ReactNode } from "react";
import { ProductMark } from "@/components/shell/product-mark";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center gap-6 px-4 py-10">
      <p className="flex items-center gap-3 font-semibold text-xl">
        <ProductMark size="lg" />
        Latchkey
      </p>
      {children}
    </main>
  );
}
