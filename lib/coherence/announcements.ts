/** Where the database's triggers announce what changes, and changes announce that they are complete. */
export const CHANGES = "latchkey_changes";

/** Where a process is told what the instances have taken in. */
export const acknowledgementsFor = (process: string): string => `latchkey_acks_${process}`;

/** What stands for all that is cached: a table was emptied. */
const EVERYTHING = "everything";

export type Announcement =
  /** What was changed: by its id, or by the name of its kind. */
  | { kind: "subject"; subject: string }
  | { kind: "everything" }
  /** All that this change changes has been announced before. */
  | { kind: "marker"; change: string; writer: string };

/** What a change sends last in its transaction: announcements of one transaction arrive in order, and together. */
export const markerText = (change: string, writer: string): string => `change:${change}:${writer}`;

export function readAnnouncement(payload: string): Announcement {
  if (payload === EVERYTHING) return { kind: "everything" };
  const [kind, change, writer] = payload.split(":");
  if (kind === "change" && change && writer) return { kind: "marker", change, writer };
  // Its kind stands before its id, which is unique without it.
  return { kind: "subject", subject: payload.slice(payload.indexOf(":") + 1) };
}

/** Many acknowledgements in one notification, which may have 8,000 bytes. */
const CHANGES_IN_ONE = 100;

/** The notifications by which `instance` acknowledges changes to a writer. */
export function acknowledgementTexts(instance: string, changes: readonly string[]): string[] {
  const texts: string[] = [];
  for (let i = 0; i < changes.length; i += CHANGES_IN_ONE) {
    texts.push(`ack:${instance}:${changes.slice(i, i + CHANGES_IN_ONE).join(",")}`);
  }
  return texts;
}

/** What another instance says to this one: changes that it has taken in, or that the line works. Null for neither. */
export function readAcknowledgement(payload: string): { instance: string; changes: string[] } | null {
  const [kind, instance, changes] = payload.split(":");
  return kind === "ack" && instance && changes ? { instance, changes: changes.split(",") } : null;
}
