import { Socket } from "node:net";
import { expect, test } from "vitest";
import { HandOver, type Taker } from "@/lib/server/hand-over";

/** A worker that keeps what it was sent, and says nothing by itself. */
function makeTaker(): Taker & { got: { connection: number; socket: Socket }[] } {
  const got: { connection: number; socket: Socket }[] = [];
  const send: Taker["send"] = (message, socket) => {
    if (message.latchkey === "connection") got.push({ connection: message.connection, socket });
  };
  return { got, send };
}

const makeSockets = (count: number) => Array.from({ length: count }, () => new Socket());

test("each connection goes to the next that serves, and is closed here only when that one has it", () => {
  const [handOver, one, two] = [new HandOver(), makeTaker(), makeTaker()];
  for (const taker of [one, two]) handOver.join(taker);
  const sockets = makeSockets(4);
  for (const socket of sockets) handOver.give(socket);
  expect(one.got.map(({ socket }) => sockets.indexOf(socket))).toEqual([0, 2]);
  expect(two.got.map(({ socket }) => sockets.indexOf(socket))).toEqual([1, 3]);
  handOver.taken(one, one.got[0]?.connection ?? -1);
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false, false, false]);
});

test("what one that ended did not say that it has goes to another one", () => {
  const [handOver, one, two] = [new HandOver(), makeTaker(), makeTaker()];
  handOver.join(one);
  const sockets = makeSockets(3);
  for (const socket of sockets) handOver.give(socket);
  handOver.join(two);
  handOver.leave(one);
  handOver.taken(one, one.got[0]?.connection ?? -1);
  handOver.end(one);
  expect(two.got.map(({ socket }) => sockets.indexOf(socket))).toEqual([1, 2]);
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
});

test("one that was lost on its way to a worker that lives is handed over again", () => {
  const [handOver, one] = [new HandOver(), makeTaker()];
  handOver.join(one);
  const [lost, taken] = [new Socket(), new Socket()];
  handOver.give(lost);
  handOver.give(taken);
  handOver.taken(one, one.got[1]?.connection ?? -1);
  expect(taken.destroyed).toBe(true);
  expect(one.got[2]?.socket).toBe(lost);
  handOver.taken(one, one.got[2]?.connection ?? -1);
  expect(lost.destroyed).toBe(true);
});

test("while nobody serves connections wait for who comes, but not without bound", () => {
  const [handOver, one] = [new HandOver(), makeTaker()];
  const sockets = makeSockets(600);
  for (const socket of sockets) handOver.give(socket);
  expect(sockets.filter(({ destroyed }) => destroyed)).toEqual(sockets.slice(511));
  handOver.join(one);
  expect(one.got.map(({ socket }) => socket)).toEqual(sockets.slice(0, 511));
});

test("once it is closed nobody waits, and who still serves is handed what comes", () => {
  const [handOver, one] = [new HandOver(), makeTaker()];
  const [early, late, last] = [new Socket(), new Socket(), new Socket()];
  handOver.give(early);
  handOver.close();
  handOver.give(late);
  expect([early.destroyed, late.destroyed]).toEqual([true, true]);
  handOver.join(one);
  handOver.give(last);
  expect(one.got[0]?.socket).toBe(last);
});
