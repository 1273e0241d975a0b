"use client";

import { Menu, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import type { Viewer } from "@/components/shell/places";
import { SidebarNav } from "@/components/shell/sidebar-nav";
import { Button } from "@/components/ui/button";
import { OVERLAY_CLASSES } from "@/components/ui/dialog";
import { IconButton } from "@/components/ui/icon-button";
import { returnFocus } from "@/components/ui/return-focus";

/** The sidebar on a phone: behind a button, as a drawer that closes with the choice. */
export function NavDrawer({ viewer, organizationName }: { viewer: Viewer; organizationName: string }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <IconButton label="Navigation" aria-expanded={open} onClick={() => setOpen(true)} className="-ml-1.5 md:hidden">
        <Menu aria-hidden />
      </IconButton>
      <Dialog.Portal>
        <Dialog.Overlay className={`${OVERLAY_CLASSES} md:hidden`} />
        <Dialog.Content
          {...returnFocus}
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-40 w-72 max-w-[85vw] overflow-y-auto border-border border-r bg-surface-sunken p-3 shadow-overlay outline-none data-[state=closed]:animate-fade-out data-[state=open]:animate-drawer-in md:hidden"
        >
          <div className="mb-3 flex items-center justify-between gap-2 pl-2.5">
            <Dialog.Title className="truncate font-semibold">{organizationName}</Dialog.Title>
            <Dialog.Close asChild>
              <Button variant="ghost" aria-label="Close" className="w-8 px-0 pointer-coarse:w-10">
                <X aria-hidden />
              </Button>
            </Dialog.Close>
          </div>
          <SidebarNav viewer={viewer} onNavigate={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
