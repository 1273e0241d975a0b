"use client";

import { useEffect, useRef } from "react";
import { type Command, GROUPS } from "@/components/palette/commands";
import { classNames } from "@/components/ui/class-names";

type PaletteListProps = {
  id: string;
  commands: readonly Command[];
  current: Command | undefined;
  onActive: (index: number) => void;
  onChoose: (command: Command) => void;
};

/** The commands under their groups. The pointer chooses too, without taking the focus from the field. */
export function PaletteList({ id, commands, current, onActive, onChoose }: PaletteListProps) {
  const list = useRef<HTMLDivElement>(null);
  const currentId = current?.id;
  useEffect(() => {
    if (currentId) list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [currentId]);
  if (commands.length === 0) return null;

  return (
    <div
      ref={list}
      id={`${id}-list`}
      role="listbox"
      aria-label="Results"
      className="min-h-0 flex-1 overflow-y-auto p-2 sm:max-h-96"
    >
      {GROUPS.map((group) => {
        const members = commands.filter((command) => command.group === group);
        if (members.length === 0) return null;
        const titleId = `${id}-group-${group.replace(" ", "-")}`;
        return (
          // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
          <div key={group} role="group" aria-labelledby={titleId}>
            <div id={titleId} className="px-2.5 pt-2 pb-1 text-text-muted text-xs">
              {group}
            </div>
            {members.map((command) => (
              <Option
                key={command.id}
                id={`${id}-${command.id}`}
                command={command}
                isCurrent={command === current}
                onActive={() => onActive(commands.indexOf(command))}
                onChoose={() => onChoose(command)}
              />
            ))}
          </div>
        );
      })}
    </div>
  );
}

type OptionProps = { id: string; command: Command; isCurrent: boolean; onActive: () => void; onChoose: () => void };

function Option({ id, command, isCurrent, onActive, onChoose }: OptionProps) {
  const { icon: Icon, label, detail, refusal } = command;
  const beside = refusal ?? detail;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field that owns the list handles the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field, aria-activedescendant points here
    <div
      id={id}
      role="option"
      aria-selected={isCurrent}
      aria-disabled={refusal ? true : undefined}
      onPointerMove={() => (isCurrent ? undefined : onActive())}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onChoose}
      className={classNames(
        "flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1 pointer-coarse:min-h-11",
        "aria-disabled:cursor-not-allowed aria-selected:bg-surface-hover aria-selected:outline-2 aria-selected:outline-transparent aria-selected:-outline-offset-2",
      )}
    >
      <Icon aria-hidden className="shrink-0 text-text-muted" />
      <span className="min-w-0 truncate">{label}</span>
      {beside ? <span className="ml-auto max-w-[60%] shrink-0 truncate text-sm text-text-muted">{beside}</span> : null}
    </div>
  );
}
