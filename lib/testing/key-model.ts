/** What one key may be, as far as its answers so far tell. `token` counts the tokens that were seen; null: another. */
export type World = { status: "active" | "disabled" | "revoked"; name: string; token: number | null; version: number };

export type Change =
  | { kind: "disable" | "reactivate" | "revoke" }
  | { kind: "rename"; name: string }
  | { kind: "regenerate"; token: number | null };

/** What an answer says of the key. */
export type Told = { status: string; name: string };

/**
 * A key under changes of which some were never answered: the set of all states that it can be in. The changes of a key
 * take turns in the database, so an acknowledged one is in force after all those that were sent before it.
 */
export class KeyModel {
  private worlds: World[];

  constructor(name: string, token: number | null) {
    this.worlds = [{ status: "active", name, token, version: 1 }];
  }

  get possible(): readonly World[] {
    return this.worlds;
  }

  /** Whether the change is one in every state that the key can be in: then it leaves an event. */
  changesSomething(change: Change): boolean {
    return this.worlds.filter(isThere).every((world) => apply(world, change).version > world.version);
  }

  /** The change was answered with success. Says what is wrong with that, or null. */
  acknowledged(change: Change, told: Told | null): string | null {
    const after = this.worlds.filter(isThere).map((world) => apply(world, change));
    return this.becomes(told ? after.filter((world) => agrees(world, told)) : after, `${change.kind} was acknowledged`);
  }

  /** The change was answered with 404: only a revoked key is gone. */
  notFound(change: Change): string | null {
    return this.becomes(
      this.worlds.filter((world) => !isThere(world)),
      `${change.kind} found no key`,
    );
  }

  /** No answer, or one that leaves open whether the change was made. */
  unknown(change: Change): void {
    const made = this.worlds.filter(isThere).map((world) => apply(world, change));
    const all = new Map([...this.worlds, ...made].map((world) => [JSON.stringify(world), world]));
    this.worlds = [...all.values()];
  }

  /** Every decision about a token that is right now. */
  decisions(token: number): Set<string> {
    return new Set(this.worlds.map((world) => (world.token === token ? DECISION[world.status] : "NOT_FOUND")));
  }

  /** Says what is wrong if the key is found to be like this in the end. */
  settled(told: Told & { version: number }): string | null {
    const found = this.worlds.filter((world) => agrees(world, told) && world.version === told.version);
    return this.becomes(found, `found as ${JSON.stringify(told)}`);
  }

  private becomes(worlds: World[], what: string): string | null {
    if (worlds.length === 0) return `${what}, but it could only be one of ${JSON.stringify(this.worlds)}`;
    this.worlds = worlds;
    return null;
  }
}

const DECISION = { active: "VALID", disabled: "DISABLED", revoked: "REVOKED" } as const;

const isThere = (world: World): boolean => world.status !== "revoked";
const agrees = (world: World, told: Told): boolean => world.status === told.status && world.name === told.name;

function apply(world: World, change: Change): World {
  const after = changed(world, change);
  // Writing what is there already is no change.
  return JSON.stringify(after) === JSON.stringify(world) && change.kind !== "regenerate"
    ? world
    : { ...after, version: world.version + 1 };
}

function changed(world: World, change: Change): World {
  switch (change.kind) {
    case "disable":
      return { ...world, status: "disabled" };
    case "reactivate":
      return { ...world, status: "active" };
    case "revoke":
      return { ...world, status: "revoked" };
    case "rename":
      return { ...world, name: change.name };
    case "regenerate":
      return { ...world, token: change.token };
  }
}
