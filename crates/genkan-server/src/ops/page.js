// Reads /metrics again and again, and shows what happened in between.
"use strict";

const EVERY_MS = 2000;

/** The series of the Prometheus text format. */
function read(text) {
  const series = [];
  for (const line of text.split("\n")) {
    const parts = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (!parts) continue;
    const labels = {};
    for (const [, name, value] of (parts[2] ?? "").matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      labels[name] = value;
    }
    series.push({ name: parts[1], labels, value: Number(parts[3]) });
  }
  return series;
}

/** The sum over the series of this name whose labels fit; `undefined` if there are none. */
function sum(series, name, fits = () => true) {
  const found = series.filter((one) => one.name === name && fits(one.labels));
  return found.length ? found.reduce((sum, one) => sum + one.value, 0) : undefined;
}

/** How much a counter grew in a second. */
function rate(before, now, seconds, name, fits) {
  const grown = (sum(now, name, fits) ?? 0) - (sum(before, name, fits) ?? 0);
  return Math.max(grown, 0) / seconds;
}

/** The bound of the bucket that holds the 95th percentile, in seconds; `undefined` without any. */
function p95(series, name, fits = () => true) {
  const buckets = new Map();
  for (const { labels, value } of series.filter((one) => one.name === name + "_bucket" && fits(one.labels))) {
    const bound = labels.le === "+Inf" ? Infinity : Number(labels.le);
    buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  const sorted = [...buckets].sort(([one], [other]) => one - other);
  const count = sorted.at(-1)?.[1] ?? 0;
  return count ? sorted.find(([, below]) => below >= 0.95 * count)[0] : undefined;
}

function number(value, unit = "") {
  if (value === undefined) return "–";
  const digits = Math.abs(value) < 10 ? 1 : 0;
  return value.toLocaleString("en", { maximumFractionDigits: digits }) + unit;
}

function time(seconds) {
  if (seconds === undefined) return "–";
  return seconds === Infinity ? "over 60 s" : `≤ ${number(seconds * 1000, " ms")}`;
}

/** What is shown: names with their numbers, and a row for each tool that was called. */
function overview(before, now, seconds) {
  const failed = (labels) => labels.status === "failure";
  const broken = (labels) => labels.status.startsWith("5");
  const gauge = (name, unit) => number(sum(now, name), unit);
  const per_second = (name, fits) => number(rate(before, now, seconds, name, fits));
  const tools = new Set(now.map((one) => one.labels.tool_name).filter(Boolean));
  const row = (tool) => {
    const fits = (labels) => labels.tool_name === tool;
    return {
      tool,
      calls: sum(now, "mcp_tool_calls_total", fits) ?? 0,
      failed: sum(now, "mcp_tool_calls_total", (labels) => fits(labels) && failed(labels)) ?? 0,
      p95: time(p95(now, "mcp_tool_duration_seconds", fits)),
    };
  };
  return {
    numbers: [
      ["Calls of tools per second", per_second("mcp_tool_calls_total")],
      ["Failed per second", per_second("mcp_tool_calls_total", failed)],
      ["Requests per second", per_second("http_requests_total")],
      ["Answered with 5xx per second", per_second("http_requests_total", broken)],
      ["P95 of requests", time(p95(now, "http_request_duration_seconds"))],
      ["Calls under way", gauge("genkan_calls_under_way")],
      ["Waiting to be written", gauge("genkan_store_queue_length")],
      ["Database connections in use", gauge("database_connections_active")],
      ["Redis connections", gauge("redis_connections_active")],
      ["Processors", gauge("system_cpu_usage_percent", " %")],
      ["Memory of the machine", gauge("system_memory_usage_percent", " %")],
    ],
    tools: [...tools].map(row).filter(({ calls }) => calls > 0).sort((one, other) => other.calls - one.calls),
  };
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function show({ numbers, tools }) {
  const items = numbers.map(([name, value]) => {
    const item = document.createElement("div");
    item.append(element("dt", name), element("dd", value));
    return item;
  });
  document.getElementById("numbers").replaceChildren(...items);
  const rows = tools.map(({ tool, calls, failed, p95 }) => {
    const row = document.createElement("tr");
    row.append(...[tool, number(calls), number(failed), p95].map((text) => element("td", text)));
    return row;
  });
  document.getElementById("tools").replaceChildren(...rows);
}

async function tell() {
  const ready = await fetch("ready");
  const { status, warnings, errors } = await ready.json();
  const troubles = Object.values({ ...warnings, ...errors }).map(({ message }) => message);
  document.getElementById("state").textContent = [status.replace("_", " "), ...troubles].join("; ");
}

async function start() {
  let before;
  for (;;) {
    try {
      const answer = await fetch("metrics");
      if (!answer.ok) throw new Error(`/metrics: status ${answer.status}`);
      const now = { series: read(await answer.text()), at: performance.now() };
      const seconds = before ? (now.at - before.at) / 1000 : 1;
      show(overview((before ?? now).series, now.series, seconds));
      before = now;
      await tell();
    } catch (error) {
      document.getElementById("state").textContent = `no answer: ${error.message}`;
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

if (typeof document !== "undefined") start();
