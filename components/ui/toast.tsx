"use client";

import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";

export type ToastMessage = { title: string; description?: string; tone?: "success" | "info" | "danger" };
type ShowToast = (message: ToastMessage) => void;
type ShownToast = ToastMessage & { id: number; open: boolean };

const ToastContext = createContext<ShowToast | null>(null);
const ICONS = { success: CircleCheck, info: Info, danger: CircleAlert };
const ICON_CLASSES = { success: "text-success-text", info: "text-accent-text", danger: "text-danger-text" };

/** Shows a message for some seconds, announced politely. Not for errors that need an answer: those belong into the form. */
export function useToast(): ShowToast {
  const show = useContext(ToastContext);
  if (!show) throw new Error("useToast needs a ToastProvider above it.");
  return show;
}

/** Holds the messages. The viewport appears with the first one: its server markup would carry a style attribute. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<ShownToast[]>([]);
  const nextId = useRef(1);
  const show = useCallback<ShowToast>((message) => {
    const id = nextId.current++;
    setToasts((shown) => [...shown.filter((toast) => toast.open), { ...message, id, open: true }]);
  }, []);
  const close = (id: number) =>
    setToasts((shown) => shown.map((toast) => (toast.id === id ? { ...toast, open: false } : toast)));

  return (
    <ToastContext value={show}>
      {children}
      {toasts.length > 0 ? (
        <Radix.Provider swipeDirection="right" duration={6000} label="Notification">
          {toasts.map((toast) => (
            <ToastCard key={toast.id} toast={toast} onClose={() => close(toast.id)} />
          ))}
          <Radix.Viewport className="fixed right-0 bottom-0 z-50 flex w-96 max-w-full flex-col gap-2 p-4 outline-none" />
        </Radix.Provider>
      ) : null}
    </ToastContext>
  );
}

function ToastCard({ toast, onClose }: { toast: ShownToast; onClose: () => void }) {
  const tone = toast.tone ?? "success";
  const Icon = ICONS[tone];
  return (
    <Radix.Root
      type="background"
      open={toast.open}
      onOpenChange={(open) => (open ? undefined : onClose())}
      className="flex items-start gap-2.5 rounded-lg border border-border bg-surface-raised py-2.5 pr-1.5 pl-3 shadow-overlay data-[state=closed]:animate-fade-out data-[state=open]:animate-rise-in"
    >
      <Icon aria-hidden className={classNames("mt-[3px]", ICON_CLASSES[tone])} />
      <div className="min-w-0 flex-1">
        <Radix.Title className="wrap-anywhere font-medium">{toast.title}</Radix.Title>
        {toast.description ? (
          <Radix.Description className="wrap-anywhere text-sm text-text-muted">{toast.description}</Radix.Description>
        ) : null}
      </div>
      <Radix.Close asChild>
        <Button variant="ghost" size="sm" aria-label="Dismiss" className="-my-0.5 w-7 px-0 pointer-coarse:w-9">
          <X aria-hidden />
        </Button>
      </Radix.Close>
    </Radix.Root>
  );
}
