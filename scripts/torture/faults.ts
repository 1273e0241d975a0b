import { setTimeout as sleep } from "node:timers/promises";
import type { FaultStage } from "@/lib/testing/fault-stage";
import type { Random } from "@/lib/testing/random";
import type { SmallDisk } from "@/lib/testing/small-disk";
import type { Workload } from "@/lib/testing/workload";

export type Scene = { stage: FaultStage; workload: Workload; random: Random; disk: SmallDisk | null };
type Happening = (scene: Scene) => Promise<void>;

/** What happens under load. Each leaves the stage as it was, except for what has to recover by itself. */
export const FAULTS: Record<string, Happening> = {
  "the instance is killed": async ({ stage, workload, random }) => {
    workload.mayLoseAnswers = true;
    stage.killInstance();
    await sleep(random.below(1_000));
    await stage.startInstance();
    workload.mayLoseAnswers = false;
  },
  "PostgreSQL is killed": async ({ stage }) => stage.killPostgres(),
  "both are killed": async ({ stage, workload }) => {
    workload.mayLoseAnswers = true;
    stage.killPostgres();
    stage.killInstance();
    await stage.startInstance();
    workload.mayLoseAnswers = false;
  },
  "the process of one connection is killed": async ({ stage, random }) => {
    const pid = await someBackend(stage, random);
    if (pid) process.kill(pid, "SIGKILL");
  },
  "connections are lost before COMMIT": (scene) => cutAtCommit(scene, "has_not_seen_it"),
  "connections are lost after COMMIT": (scene) => cutAtCommit(scene, "has_done_it"),
  "the database is away": async ({ stage, random }) => {
    await stage.proxy.close();
    await sleep(random.below(8_000));
    await stage.proxy.open();
  },
  "the network is slow": async ({ stage, random }) => {
    stage.proxy.fault = { kind: "slow", ms: 5 + random.below(700) };
    await sleep(2_000 + random.below(5_000));
    stage.proxy.fault = { kind: "none" };
  },
  "the network is silent": async ({ stage, random }) => {
    stage.proxy.fault = { kind: "silent" };
    await sleep(random.below(20_000));
    stage.proxy.fault = { kind: "none" };
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

async function cutAtCommit({ stage, random }: Scene, server: "has_not_seen_it" | "has_done_it"): Promise<void> {
  for (let i = 0; i < 5; i++) {
    stage.proxy.fault = { kind: "cut_at_commit", server };
    await sleep(50 + random.below(300));
    stage.proxy.fault = { kind: "none" };
    await sleep(random.below(400));
  }
}

async function someBackend(stage: FaultStage, random: Random): Promise<number | null> {
  return stage.asSuperuser(async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'latchkey%' AND datname = 'latchkey'",
    );
    return rows[random.below(rows.length)]?.pid ?? null;
  });
}
