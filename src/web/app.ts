/** What is answered over HTTP: whether Telltale lives, whether it does its work, and its figures. GET only, no bodies. */
import { createHash, timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { formatMetrics, METRICS_TYPE, type Metric } from "./metrics.ts";

/** Whether one part does its work; `problem` says what is wrong, null when nothing is. */
export interface Check {
  name: string;
  problem: string | null;
}

/** What the answers are made of, asked for with each request. */
export interface Answers {
  /** Whether the program lives: what is wrong here a restart may cure. */
  alive(): Check[];
  /** Whether it receives, judges and stores. */
  ready(): Check[];
  metrics(): Metric[];
}

/** The routes; with `token`, nothing is told without it. */
export function webApp(answers: Answers, token: string | null): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    if (token !== null && !isToken(context.req.header("authorization"), token)) {
      return context.text("A bearer token is needed.\n", 401, { "www-authenticate": "Bearer" });
    }
    await next();
    context.header("cache-control", "no-store");
    context.header("x-content-type-options", "nosniff");
  });
  const checks = (path: string, ask: () => Check[]) =>
    app.get(path, (context) => {
      const found = ask();
      const bad = found.some(({ problem }) => problem !== null);
      return context.json(
        {
          status: bad ? "failing" : "ok",
          checks: Object.fromEntries(found.map(({ name, problem }) => [name, problem ?? "ok"])),
        },
        bad ? 503 : 200,
      );
    });
  checks("/healthz", answers.alive);
  checks("/readyz", answers.ready);
  app.get("/metrics", (context) =>
    context.body(formatMetrics(answers.metrics()), 200, { "content-type": METRICS_TYPE }),
  );
  app.notFound((context) => context.text("There is /healthz, /readyz and /metrics.\n", 404));
  return app;
}

/** Compares in a time that says nothing of how much was right. */
function isToken(header: string | undefined, token: string): boolean {
  const given = /^Bearer (.+)$/.exec(header ?? "")?.[1];
  if (given === undefined) return false;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
