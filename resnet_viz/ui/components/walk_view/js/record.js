// A walk as it was told, and what can be asked of it. Steps are numbers from 0; the columns of the record hold the rest.

const KEYFRAME = 64;

export function readWalk(payload, kind) {
  const { record, marks, growth } = payload.walks[kind];
  const { steps } = record;
  const walk = {
    kind,
    name: payload.name,
    net: payload.net,
    marks,
    growth,
    steps,
    length: steps.line.length,
    values: record.values,
    conditions: record.conditions,
    functions: record.functions,
    folds: record.folds,
    known: new Map(),
    files: new Map(record.files.map((file) => [file.file, { ...file, lines: file.text.split("\n") }])),
    made: new Map(),
    atLine: new Map(),
  };
  for (let at = 0; at < walk.length; at++) {
    for (const id of steps.node_ids[at]) walk.made.set(id, at);
    for (let line = steps.line[at]; line <= steps.end_line[at]; line++) {
      const key = `${fileOf(walk, at)}:${line}`;
      if (!walk.atLine.has(key)) walk.atLine.set(key, []);
      walk.atLine.get(key).push(at);
    }
  }
  return walk;
}

export function fileOf(walk, at) {
  return walk.functions[walk.steps.function[at]][0];
}

export function functionOf(walk, at) {
  return walk.functions[walk.steps.function[at]][1];
}

export function isCall(walk, at) {
  return walk.steps.before[at] === null;
}

// The statement as it stands in the file, its lines moved left together.
export function codeOf(walk, at) {
  const { lines } = walk.files.get(fileOf(walk, at));
  const own = lines.slice(walk.steps.line[at] - 1, walk.steps.end_line[at]);
  const indent = /^\s*/.exec(own[0] ?? "")[0].length;
  return own.map((line) => line.slice(Math.min(indent, /^\s*/.exec(line)[0].length)));
}

// What a step changed: pairs of a name and a value; null where the name is gone.
export function changesOf(walk, at) {
  const row = walk.steps.changed[at];
  const pairs = [];
  for (let i = 0; i < row.length; i += 2) pairs.push([row[i], row[i + 1] < 0 ? null : walk.values[row[i + 1]]]);
  return pairs;
}

// The values once a step has run, from the changes before it in the same call.
function valuesAfter(walk, at) {
  const way = [];
  let values = new Map();
  for (let step = at; step !== null; step = walk.steps.before[step]) {
    if (walk.known.has(step)) {
      values = new Map(walk.known.get(step));
      break;
    }
    way.push(step);
  }
  way.reverse().forEach((step, n) => {
    for (const [name, value] of changesOf(walk, step)) {
      if (value === null) values.delete(name);
      else values.set(name, value);
    }
    if (n % KEYFRAME === KEYFRAME - 1) walk.known.set(step, new Map(values));
  });
  return values;
}

// The values at the moment a step begins; at a call its arguments are there already.
export function valuesAt(walk, at) {
  return valuesAfter(walk, walk.steps.before[at] ?? at);
}

// A step and the statements that made the calls around it, innermost first.
export function stackOf(walk, at) {
  const stack = [];
  for (let step = at; step !== null; step = walk.steps.parent[step]) stack.push(step);
  return stack;
}

// The step after the last one of all that a step called.
export function endOf(walk, at) {
  const depth = isCall(walk, at) ? walk.steps.depth[at] - 1 : walk.steps.depth[at];
  return firstFrom(walk, at + 1, depth) ?? walk.length;
}

export function firstFrom(walk, start, depth) {
  for (let step = start; step < walk.length; step++) if (walk.steps.depth[step] <= depth) return step;
  return null;
}

export function overOf(walk, at) {
  return firstFrom(walk, at + 1, walk.steps.depth[at]);
}

export function outOf(walk, at) {
  return firstFrom(walk, at + 1, walk.steps.depth[at] - 1);
}

export function hasCalls(walk, at) {
  return at + 1 < walk.length && walk.steps.depth[at + 1] > walk.steps.depth[at];
}

// The part that a step belongs to, as in layer2; null before the first one.
export function markAt(walk, at) {
  let found = null;
  for (const mark of walk.marks) if (mark[0] <= at) found = mark;
  return found;
}

// The statement that made a node and those that called it, innermost first. Of a group or a run: what made its parts.
export function statementsOf(walk, id) {
  const own = walk.made.get(id) ?? walk.made.get(id.replace(/_\d+$/, ""));
  if (own !== undefined) return stackOf(walk, own);
  const grown = walk.growth[id];
  const at = grown ? madeWithin(walk, id, grown) : null;
  if (at === null) return [];
  const last = new Set(stackOf(walk, at.last));
  return stackOf(walk, at.first).filter((step) => last.has(step));
}

function madeWithin(walk, id, grown) {
  let [first, last] = [null, null];
  for (const [name, at] of walk.made) {
    if (!name.startsWith(`${id}.`)) continue;
    first = first === null ? at : Math.min(first, at);
    last = last === null ? at : Math.max(last, at);
  }
  // A stem, a head, an add: no module bears its name, so what was made when it began and when it was whole.
  return first === null ? { first: grown[0], last: Math.min(grown[1], walk.length - 1) } : { first, last };
}
