// Evaluates FEEL with npm feelin. Arguments: path of the package's entry file, then a mode.
//   evaluate: stdin is a JSON list of {expression, context}; stdout a JSON list of {value} or {error}
//   measure:  stdin is one {expression, context, seconds}; stdout is microseconds per evaluation
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , entry, mode] = process.argv;
const { evaluate } = await import(pathToFileURL(entry));
const input = JSON.parse(readFileSync(0, "utf8"));

function plain(value) {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "number") return Number.isFinite(value) ? value : { special: String(value) };
  if (typeof value !== "object") return typeof value === "function" ? { special: "function" } : value;
  if (value.constructor.name === "FeelFunction") return { special: "function" };
  if (value.constructor.name === "FeelRange") {
    return { range: [plain(value.start), plain(value.end), value["start included"], value["end included"]] };
  }
  if (value.constructor.name.startsWith("Feel")) return value.iso;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

function answer({ expression, context }) {
  try {
    return { value: plain(evaluate(expression, context).value) };
  } catch (error) {
    return { error: String(error.message).slice(0, 200) };
  }
}

function measure({ expression, context, seconds }) {
  const end = performance.now() + seconds * 1000;
  for (let round = 0; round < 2000; round++) evaluate(expression, context);
  let best = Infinity;
  do {
    const started = performance.now();
    for (let round = 0; round < 500; round++) evaluate(expression, context);
    best = Math.min(best, (performance.now() - started) / 500);
  } while (performance.now() < end);
  return best * 1000;
}

console.log(JSON.stringify(mode === "measure" ? measure(input) : input.map(answer)));
