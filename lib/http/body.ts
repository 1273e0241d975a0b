import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { AppError } from "@/lib/errors";
import type { ApiRequest } from "@/lib/http/request";

const KIB = 1024;
const MAX_BYTES = 64 * KIB;

/**
 * The JSON body, or undefined when there is none. 413 past the limit (64 KiB unless said) without reading on, 415 and
 * 400 as the HTTP contract says.
 */
export function readJsonBody(request: ApiRequest, maxBytes = MAX_BYTES): unknown | Promise<unknown> {
  const { header, incoming } = request;
  const length = header("content-length");
  if (header("content-encoding") !== undefined) {
    throw new AppError("unsupported_media_type", "Send the body as it is, without Content-Encoding.");
  }
  if (length === "0" || (length === undefined && header("transfer-encoding") === undefined && incoming)) {
    return undefined;
  }
  if (length !== undefined && Number(length) > maxBytes) throw tooLarge(maxBytes);
  const arrived = incoming ? readArrived(incoming, maxBytes) : null;
  if (arrived !== null) return readJson(arrived, header);
  const arriving = incoming ? readNode(incoming, maxBytes) : readWeb(request.stream(), maxBytes);
  return arriving.then((bytes) => readJson(bytes, header));
}

function readJson(bytes: Buffer, header: ApiRequest["header"]): unknown {
  if (bytes.length === 0) return undefined;
  requireJson(header("content-type"));
  return parseJson(bytes);
}

function requireJson(contentType: string | undefined): void {
  if (contentType === "application/json") return;
  const [type = "", ...parameters] = (contentType ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const charset = parameters
    .find((parameter) => parameter.startsWith("charset="))
    ?.slice(8)
    .replaceAll('"', "");
  if (type === "application/json" && (charset === undefined || charset === "utf-8")) return;
  throw new AppError("unsupported_media_type", "Send the body as Content-Type: application/json, in UTF-8.");
}

function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw invalidJson();
  let value: unknown;
  try {
    // A byte order mark is kept, and JSON.parse then refuses it as RFC 8259 section 8.1 allows.
    value = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw invalidJson(cause);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw invalidJson();
}

export const invalidJson = (cause?: unknown): AppError =>
  new AppError("invalid_json", "The body must be one JSON object, in UTF-8.", { cause });

const tooLarge = (maxBytes: number): AppError =>
  new AppError("body_too_large", `A body has at most ${maxBytes / KIB} KiB here.`);

/** The whole body where it came with the headers, as short ones do; null where it has to be waited for. */
function readArrived(incoming: IncomingMessage, maxBytes: number): Buffer | null {
  if (!incoming.complete || incoming.readableEnded) return null;
  const bytes: Buffer | null = incoming.read();
  if (bytes !== null && bytes.length > maxBytes) throw tooLarge(maxBytes);
  return bytes ?? Buffer.alloc(0);
}

function readNode(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // A request that broke off earlier sends no more events: nothing below would ever be called.
    if (incoming.destroyed) return reject(invalidJson());
    const chunks: Buffer[] = [];
    let size = 0;
    let isWhole = false;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) {
        incoming.off("data", onData);
        incoming.pause();
        reject(tooLarge(maxBytes));
        return;
      }
      chunks.push(chunk);
    };
    incoming.on("data", onData);
    incoming.on("end", () => {
      isWhole = true;
      const [only] = chunks;
      resolve(only && chunks.length === 1 ? only : Buffer.concat(chunks));
    });
    // Every request closes in the end. One that closes before its body was whole has broken off.
    incoming.on("close", () => {
      if (!isWhole) reject(invalidJson());
    });
  });
}

async function readWeb(stream: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Buffer> {
  if (!stream) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    if (size > maxBytes) {
      await reader.cancel();
      throw tooLarge(maxBytes);
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks);
}
