"use client";

import { createContext, type KeyboardEvent, type ReactNode, useContext, useId } from "react";
import { classNames } from "@/components/ui/class-names";

type TabsState = { id: string; value: string; onValueChange: (value: string) => void };
const TabsContext = createContext<TabsState | null>(null);

type TabsProps = { value: string; onValueChange: (value: string) => void; children: ReactNode };

/** Panels of which one shows. Written by hand because the usual primitive puts style attributes into server HTML, which the CSP refuses. */
export function Tabs({ value, onValueChange, children }: TabsProps) {
  const id = useId();
  return (
    <TabsContext value={{ id, value, onValueChange }}>
      <div>{children}</div>
    </TabsContext>
  );
}

/** The row of tabs: one stop for Tab, arrows, Home and End move and choose. */
export function TabList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div
      role="tablist"
      aria-label={label}
      onKeyDown={moveFocus}
      className="flex gap-1 overflow-x-auto border-border border-b"
    >
      {children}
    </div>
  );
}

export function Tab({ value, children }: { value: string; children: ReactNode }) {
  const tabs = useTabs();
  const selected = tabs.value === value;
  return (
    <button
      type="button"
      role="tab"
      id={`${tabs.id}-tab-${value}`}
      aria-controls={`${tabs.id}-panel-${value}`}
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      onClick={() => tabs.onValueChange(value)}
      className={classNames(
        "-mb-px h-9 shrink-0 border-transparent border-b-2 px-3 text-text-muted -outline-offset-2 hover:text-text",
        "aria-selected:border-accent-text aria-selected:font-medium aria-selected:text-text",
        "forced-colors:border-[Canvas] forced-colors:aria-selected:border-[Highlight]",
      )}
    >
      {children}
    </button>
  );
}

/** Hidden panels stay in the document, so that what was typed in them is kept. */
export function TabPanel({ value, children }: { value: string; children: ReactNode }) {
  const tabs = useTabs();
  return (
    <div
      role="tabpanel"
      id={`${tabs.id}-panel-${value}`}
      aria-labelledby={`${tabs.id}-tab-${value}`}
      hidden={tabs.value !== value}
      className="pt-4"
    >
      {children}
    </div>
  );
}

function useTabs(): TabsState {
  const tabs = useContext(TabsContext);
  if (!tabs) throw new Error("A Tab or TabPanel stands outside of Tabs.");
  return tabs;
}

const STEP: Record<string, (index: number, last: number) => number> = {
  ArrowRight: (index, last) => (index === last ? 0 : index + 1),
  ArrowLeft: (index, last) => (index === 0 ? last : index - 1),
  Home: () => 0,
  End: (_, last) => last,
};

function moveFocus(event: KeyboardEvent<HTMLDivElement>): void {
  const step = STEP[event.key];
  if (!step) return;
  const tabs = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("[role=tab]:not(:disabled)")];
  const index = tabs.findIndex((tab) => tab.matches(":focus"));
  const next = tabs[step(index, tabs.length - 1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.click();
}
