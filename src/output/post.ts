/** One HTTP request with bounds on everything: time to connect, time in all, bytes of the answer. No redirect is followed. */
import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import type { Socket } from "node:net";
import type { Millis } from "../model.ts";

/** What of an answer's text is looked at; whatever follows is not read. */
const QUOTED = 512;
const MOST_READ = 65_536;
/** How long the rest of an answer may take: what counts has come with its head. */
const REST_MILLIS = 1_000;

export interface Post {
  url: URL;
  agent: Agent;
  headers: Record<string, string>;
  body: Uint8Array;
  connectMillis: Millis;
  totalMillis: Millis;
}

/** The head of an answer, and the beginning of its text. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Sends the request; rejects with whatever went wrong before the answer's head was there. */
export function post({ url, agent, headers, body, connectMillis, totalMillis }: Post): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === "https:";
    const sending = (secure ? secureRequest : plainRequest)(url, {
      method: "POST",
      agent,
      headers: { ...headers, "content-length": String(body.length) },
    });
    const give = (why: string) => () => sending.destroy(new Error(why));
    const connecting = setTimeout(give(`no connection within ${connectMillis / 1_000} s`), connectMillis);
    const total = setTimeout(give(`no answer within ${totalMillis / 1_000} s`), totalMillis);
    const settled = () => {
      clearTimeout(connecting);
      clearTimeout(total);
    };
    sending.on("socket", (socket: Socket) => {
      const connected = () => clearTimeout(connecting);
      if (socket.connecting) socket.once(secure ? "secureConnect" : "connect", connected);
      else connected();
    });
    sending.on("error", (error) => {
      settled();
      reject(error);
    });
    let answered = false;
    sending.on("close", () => {
      settled();
      if (!answered) reject(new Error("the connection was closed before an answer"));
    });
    sending.on("response", (response) => {
      answered = true;
      settled();
      beginning(response).then((text) =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sending.end(body);
  });
}

/** The beginning of an answer's text; an answer that is long, or slow, is cut with its connection. */
function beginning(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let read = 0;
    const cut = setTimeout(() => response.destroy(), REST_MILLIS);
    response.on("data", (part: Buffer) => {
      if (read < QUOTED) parts.push(part.subarray(0, QUOTED - read));
      read += part.length;
      if (read > MOST_READ) response.destroy();
    });
    response.on("error", () => {});
    response.on("close", () => {
      clearTimeout(cut);
      resolve(Buffer.concat(parts).toString("utf8"));
    });
  });
}
