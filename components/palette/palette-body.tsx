"use client";

import { Search } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { searchKindOf } from "@/components/api-keys/list-view";
import { type Command, matchingCommands, nextIndex } from "@/components/palette/commands";
import { PaletteList } from "@/components/palette/palette-list";
import { useCommands } from "@/components/palette/use-commands";
import { useKeySearch } from "@/components/palette/use-key-search";
import type { Viewer } from "@/components/shell/places";
import type { ShortcutAction } from "@/components/shortcuts/shortcuts";

type PaletteBodyProps = {
  viewer: Viewer;
  onRun: (action: ShortcutAction) => void;
  onChoose: (run: () => void) => void;
};

/** A combobox with its listbox (ARIA APG): the focus stays in the field, the arrows move through the list. */
export function PaletteBody({ viewer, onRun, onChoose }: PaletteBodyProps) {
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const { commands, keyCommand } = useCommands(viewer, onRun);
  const search = useKeySearch(query, viewer.bootstrapped);
  const kind = searchKindOf(query);
  const isToken = kind === "token" || kind === "part";
  const shown = isToken ? [] : [...matchingCommands(commands, query), ...search.keys.map(keyCommand)];
  const current = shown[Math.min(active, shown.length - 1)];

  const type = (text: string) => {
    setQuery(text);
    setActive(0);
  };
  const choose = (command: Command | undefined) => {
    if (command && !command.refusal) onChoose(command.run);
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const from = Math.min(active, Math.max(shown.length - 1, 0));
    if (event.key === "ArrowDown") setActive(nextIndex(from, 1, shown.length));
    else if (event.key === "ArrowUp") setActive(nextIndex(from, -1, shown.length));
    else if (event.key === "Enter") choose(current);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div className="relative border-border border-b">
        <Search aria-hidden className="pointer-events-none absolute inset-y-0 left-4 my-auto text-text-muted" />
        <input
          role="combobox"
          aria-label="Search pages, actions and API keys"
          aria-autocomplete="list"
          aria-expanded={shown.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={current ? `${id}-${current.id}` : undefined}
          placeholder="Search pages, actions and API keys"
          value={query}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => type(event.target.value)}
          onKeyDown={press}
          className="h-11 w-full bg-transparent pr-12 pl-11 text-base outline-none placeholder:text-text-muted pointer-coarse:text-lg"
        />
      </div>
      <PaletteList id={id} commands={shown} current={current} onActive={setActive} onChoose={choose} />
      <p role="status" className={shown.length > 0 ? "sr-only" : "px-5 py-8 text-center text-text-muted"}>
        {statusText(kind, shown.length, search)}
      </p>
    </>
  );
}

function statusText(
  kind: ReturnType<typeof searchKindOf>,
  count: number,
  { searching, failed }: { searching: boolean; failed: boolean },
) {
  if (kind === "part")
    return "This looks like a part of a token. Only a whole token finds its key, in the search of the API Keys page. Search by name or id instead.";
  if (kind === "token")
    return "This looks like a token. Paste it into the search of the API Keys page, which finds its key without putting it into an address.";
  if (searching) return "Searching the API keys…";
  if (failed) return `${count} results. The API keys could not be searched.`;
  return count === 0 ? "Nothing has this name or id." : count === 1 ? "1 result" : `${count} results`;
}
