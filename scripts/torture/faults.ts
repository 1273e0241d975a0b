import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "@/lib/testing/database-proxy";
import type { FaultStage } from "@/lib/testing/fault-stage";
import type { Random } from "@/lib/testing/random";
import type { SmallDisk } from "@/lib/testing/small-disk";
import type { StagedInstance } from "@/lib/testing/staged-instance";
import type { Workload } from "@/lib/testing/workload";

export type Scene = { stage: FaultStage; workload: Workload; random: Random; disk: SmallDisk | null };
type Happening = (scene: Scene) => Promise<void>;

/** What happens under load. Each leaves the stage as it was, except for what has to recover by itself. */
export const FAULTS: Record<string, Happening> = {
  "an instance is killed": async ({ stage, workload, random }) => {
    const instance = random.pick(stage.instances);
    workload.mayLoseAnswers.add(instance.url);
    instance.kill();
    await sleep(random.below(8_000));
    await instance.restart();
    workload.mayLoseAnswers.clear();
  },
  "an instance is stopped and started": async ({ stage, workload, random }) => {
    const instance = random.pick(stage.instances);
    workload.mayLoseAnswers.add(instance.url);
    await instance.restart();
    workload.mayLoseAnswers.clear();
  },
  "an instance stands still": async (scene) => {
    const { stage, random } = scene;
    const instance = random.pick(stage.instances);
    instance.pause();
    await lasting(scene, [instance], random.below(12_000));
    instance.resume();
  },
  "PostgreSQL is killed": async ({ stage }) => stage.killPostgres(),
  "everything is killed": async ({ stage, workload }) => {
    for (const { url } of stage.instances) workload.mayLoseAnswers.add(url);
    stage.killPostgres();
    for (const instance of stage.instances) instance.kill();
    for (const instance of stage.instances) await instance.restart();
    workload.mayLoseAnswers.clear();
  },
  "the process of one connection is killed": async ({ stage, random }) => {
    const pid = await someBackend(stage, random);
    if (pid) process.kill(pid, "SIGKILL");
  },
  "connections are lost before COMMIT": (scene) => cutAtCommit(scene, "has_not_seen_it"),
  "connections are lost after COMMIT": (scene) => cutAtCommit(scene, "has_done_it"),
  "the database is away": async (scene) => {
    const { stage, random } = scene;
    const cut = some(stage, random);
    for (const { proxy } of cut) await proxy.close();
    await lasting(scene, cut, random.below(8_000));
    for (const { proxy } of cut) await proxy.open();
  },
  "the network is slow": async (scene) => {
    const { stage, random } = scene;
    await during(scene, some(stage, random), { kind: "slow", ms: 5 + random.below(700) }, 2_000 + random.below(5_000));
  },
  "the network is silent": async (scene) => {
    const { stage, random } = scene;
    await during(scene, some(stage, random), { kind: "silent" }, random.below(20_000));
  },
  "the process of one connection stands still": async ({ stage, random }) => {
    const pid = await someBackend(stage, random);
    if (!pid) return;
    process.kill(pid, "SIGSTOP");
    await sleep(random.below(16_000));
    process.kill(pid, "SIGCONT");
  },
  "a table is locked": async ({ stage, random }) => {
    await stage.asSuperuser(async (client) => {
      await client.query("BEGIN");
      await client.query(`LOCK TABLE ${random.pick(["api_keys", "token_digests", "audit_events"])}`);
      await sleep(random.below(12_000));
      await client.query("COMMIT");
    });
  },
  "the disk is full": async ({ stage, disk, random }) => {
    if (!disk) return;
    await disk.fill();
    await sleep(500 + random.below(2_000));
    if (random.below(2) === 0) {
      await stage.asSuperuser((client) => client.query("SELECT pg_switch_wal()")).catch(() => undefined);
    }
    await sleep(random.below(3_000));
    await disk.makeRoom();
  },
};

async function cutAtCommit(scene: Scene, server: "has_not_seen_it" | "has_done_it"): Promise<void> {
  const { stage, random } = scene;
  for (let i = 0; i < 5; i++) {
    await during(scene, some(stage, random), { kind: "cut_at_commit", server }, 50 + random.below(300));
    await sleep(random.below(400));
  }
}

/** One instance at least, and sometimes all. What the others acknowledge meanwhile must hold on these too. */
function some({ instances }: FaultStage, random: Random): StagedInstance[] {
  if (random.below(4) === 0) return [...instances];
  const first = random.below(instances.length);
  return instances.filter((_, i) => i === first || random.below(3) === 0);
}

async function during(scene: Scene, instances: StagedInstance[], fault: Fault, ms: number): Promise<void> {
  for (const { proxy } of instances) proxy.fault = fault;
  await lasting(scene, instances, ms);
  for (const { proxy } of instances) proxy.fault = { kind: "none" };
}

/** A lease, the time to acknowledge before it, and a machine that all of them share: changes wait for no longer. */
const CHANGES_MEANWHILE_MS = 10_000;

/** What has struck `struck` lasts for `ms`. Those that it spared must go on having changes acknowledged. */
async function lasting({ stage, workload }: Scene, struck: readonly StagedInstance[], ms: number): Promise<void> {
  const spared = stage.instances.filter((instance) => !struck.includes(instance));
  const changed = stage.changesAgain(spared).catch((error: unknown) => {
    workload.violations.push(`while others were struck: ${error instanceof Error ? error.message : error}`);
    return 0;
  });
  await sleep(ms);
  const took = await changed;
  if (took > CHANGES_MEANWHILE_MS)
    workload.violations.push(`while others were struck, a change took ${Math.round(took)} ms`);
}

async function someBackend(stage: FaultStage, random: Random): Promise<number | null> {
  return stage.asSuperuser(async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'latchkey%' AND datname = 'latchkey'",
    );
    return rows[random.below(rows.length)]?.pid ?? null;
  });
}
