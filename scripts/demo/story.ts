import { firstRun } from "@/lib/organizations/first-run";
import { type DemoKey, KEYS, type Turn } from "@/scripts/demo/keys";
import { type Members, membersOf, refusedSignIn } from "@/scripts/demo/members";
import type { Past } from "@/scripts/demo/past";
import { INVITED, ORGANIZATION, PEOPLE, type PersonName, REGIONS, SUBACCOUNTS } from "@/scripts/demo/people";

const KEYS_PATH = "/v4/account/api-keys";
const HOUR = 3_600;
const DAY = 24 * HOUR;

type Step = { secondsAgo: number; run: () => Promise<unknown> };
type Story = { past: Past; members: Members; regions: Map<string, string>; subaccounts: Map<string, string> };

/** Lives through the organization's last four months, one call of the API after the other. */
export async function tellStory(past: Past): Promise<void> {
  const story: Story = { past, members: membersOf(), regions: new Map(), subaccounts: new Map() };
  const steps = [...foundation(story), ...changesOfSettings(story), ...refusals(story)];
  for (const [index, key] of KEYS.entries()) steps.push(...lifeOf(key, index, story));
  steps.sort((a, b) => b.secondsAgo - a.secondsAgo);
  for (const step of steps) {
    await past.moveTo(step.secondsAgo);
    story.members.setClock(step.secondsAgo);
    await step.run();
  }
}

/** So many days ago, at an hour of work; `index` spreads what has none of its own over the day. */
function momentOf(days: number, index = 0): number {
  if (days < 1) return Math.round(days * DAY);
  const sinceMidnight = Math.floor(Date.now() / 1000) % DAY;
  const share = days % 1 === 0 ? ((index * 7_919) % 480) / 480 : 1 - (days % 1);
  return Math.floor(days) * DAY + sinceMidnight - Math.round((9 + 8 * share) * HOUR);
}

function foundation({ members, regions, subaccounts }: Story): Step[] {
  const setUp = async () => {
    const { setupUrl } = await firstRun();
    await members.setUp(ORGANIZATION, new URL(setupUrl ?? "").searchParams.get("token") ?? "");
    await members.call("ada", "POST", "/v4/account/bootstrap");
    const [first] = (await members.call("ada", "GET", "/v4/account/regions")).data;
    await members.call("ada", "PATCH", `/v4/account/regions/${first.id}`, REGIONS.eu);
    regions.set("eu", first.id);
  };
  const people = Object.keys(PEOPLE) as PersonName[];
  return [
    { secondsAgo: momentOf(PEOPLE.ada.joined), run: setUp },
    ...people.slice(1).map((name, index) => ({
      secondsAgo: momentOf(PEOPLE[name].joined, index + 1),
      run: () => members.join(name),
    })),
    ...made("us", 118.4),
    ...made("ap", 72.5),
    ...Object.entries(SUBACCOUNTS).map(([name, body], index) => ({
      secondsAgo: momentOf(114 - index * 3, index),
      run: async () => subaccounts.set(name, (await members.call("tomas", "POST", "/v4/account/subaccounts", body)).id),
    })),
  ];

  function made(name: "us" | "ap", days: number): Step[] {
    const run = async () =>
      regions.set(name, (await members.call("ada", "POST", "/v4/account/regions", REGIONS[name])).id);
    return [{ secondsAgo: momentOf(days), run }];
  }
}

function changesOfSettings({ members }: Story): Step[] {
  const unlocker = { id: "web_unlocker", title: "Web unlocker", description: "Pages behind challenges." };
  const at = (days: number, by: PersonName, method: "POST" | "PATCH", path: string, body?: unknown): Step => ({
    secondsAgo: momentOf(days),
    run: () => members.call(by, method, path, body),
  });
  return [
    at(58.4, "ada", "POST", "/v4/account/products", { ...unlocker, actions: ["read", "write"] }),
    at(40.6, "ada", "POST", "/v4/account/signing-keys/rotate"),
    at(14.3, "ada", "PATCH", "/v4/account/products/residential_unlimited", { retired: true }),
    at(1.6, "tomas", "POST", "/v4/account/members", INVITED),
    { secondsAgo: momentOf(11.6), run: () => members.deactivate("tomas", "sam") },
    ...[61.7, 36.9, 22.8, 9.9, 4.7, 1.9].map((days) => ({
      secondsAgo: momentOf(days),
      run: () => members.signIn("ada"),
    })),
    ...[50.8, 27.7, 12.8, 5.9].map((days) => ({ secondsAgo: momentOf(days), run: () => members.signIn("priya") })),
  ];
}

/** What the organization's rules held up, which the audit log keeps too. */
function refusals({ members }: Story): Step[] {
  const monitoring = { name: "Monitoring", permissions: ["account:audit:read"] };
  return [
    { secondsAgo: momentOf(26.4), run: () => members.refused("jonas", "POST", KEYS_PATH, monitoring) },
    { secondsAgo: momentOf(9.2), run: () => members.refused("mei", "POST", KEYS_PATH, monitoring) },
    { secondsAgo: momentOf(8.5), run: () => refusedSignIn("sam", PEOPLE.sam.ip) },
    { secondsAgo: momentOf(2.7), run: () => refusedSignIn("ada", "192.0.2.250") },
  ];
}

function lifeOf(key: DemoKey, index: number, story: Story): Step[] {
  const { past, members } = story;
  const secondsAgo = momentOf(key.age, index);
  let id = "";
  const create = async () => {
    id = (await members.call(key.by, "POST", KEYS_PATH, bodyOf(key, past.now - secondsAgo, story))).id;
  };
  const turns = (key.turns ?? []).map((turn) => ({
    secondsAgo: momentOf(turn.ago, index),
    run: () => live(turn, `${KEYS_PATH}/${id}`, turn.by ?? key.by, members),
  }));
  return [{ secondsAgo, run: create }, ...turns];
}

function bodyOf(key: DemoKey, createdAt: number, { regions, subaccounts }: Story) {
  const region_id = regions.get(key.region ?? "eu");
  const { name, description, permissions, scopes = [] } = key;
  return {
    ...{ name, permissions, scopes, region_id, environment: key.environment ?? "production" },
    ...(description ? { description } : {}),
    ...(key.ips ? { allowed_ips: key.ips } : {}),
    ...(key.subaccounts ? { allowed_subaccounts: key.subaccounts.map((one) => subaccounts.get(one)) } : {}),
    ...(key.lives ? { expires_at: createdAt + key.lives * DAY } : {}),
  };
}

function live(turn: Turn, path: string, by: PersonName, { call }: Members): Promise<unknown> {
  if (turn.do === "revoke") return call(by, "DELETE", path);
  if (turn.do === "edit") return call(by, "PATCH", path, turn.fields);
  if (turn.do === "regenerate") {
    return call(by, "POST", `${path}/regenerate`, { grace_period_seconds: (turn.overlapHours ?? 0) * HOUR });
  }
  return call(by, "PATCH", path, { is_active: turn.do === "reactivate" });
}
