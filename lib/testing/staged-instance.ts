import { type DatabaseProxy, startDatabaseProxy } from "@/lib/testing/database-proxy";
import { freePort, startInstance } from "@/lib/testing/instance";

/** An instance at one address, whatever becomes of its processes, with a proxy of its own before the database. */
export type StagedInstance = {
  url: string;
  proxy: DatabaseProxy;
  /** kill -9. */
  kill: () => void;
  /** It stands still, without being told: a virtual machine that is moved, a process that is stopped. */
  pause: () => void;
  resume: () => void;
  /** At the same address. One that still runs is stopped first, as an upgrade does. */
  restart: () => Promise<void>;
  stop: () => Promise<void>;
};

/** @param env what it is started with beside its own address and its way to the database. */
export async function startStagedInstance(databaseUrl: string, env: Record<string, string>): Promise<StagedInstance> {
  const proxy = await startDatabaseProxy(databaseUrl);
  const settings = { ...env, DATABASE_URL: proxy.url, PORT: String(await freePort()) };
  let instance = await startInstance({ env: settings });
  return {
    url: instance.url,
    proxy,
    kill: () => process.kill(instance.pid, "SIGKILL"),
    pause: () => process.kill(instance.pid, "SIGSTOP"),
    resume: () => process.kill(instance.pid, "SIGCONT"),
    async restart() {
      await instance.stop();
      instance = await startInstance({ env: settings });
    },
    async stop() {
      await instance.stop();
      await proxy.close();
    },
  };
}
