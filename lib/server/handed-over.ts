import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Readies a server that does not listen itself: node begins to watch its time limits when it is told that it does. */
export function serveHandedOver(server: Server): void {
  server.emit("listening");
}

/** Serves a connection that another process accepted without reading from it. */
export function takeOver(server: Server, socket: Socket): void {
  server.emit("connection", socket);
  socket.resume();
}
