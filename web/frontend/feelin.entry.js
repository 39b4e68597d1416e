// The FEEL engine behind workflows/engine/feel.py: one door, `run`, text in and text out.
import { isZoned, parseDate, parseDateTime } from 'feelin';

import { compile, examine, shapes } from './feel-compile.js';
import { checkedKey, exact } from './feel-strict.js';
import { Failed, TooCostly, kindOf, kindNames, quote } from './feel-words.js';

const KEPT = 4000; // compiled expressions remembered before starting anew
const LONGEST_ANSWER = 1_000_000; // characters, an item of a list counts as one

// values in, values out ///////////////////////////////////////////////////////////////////////

const readers = { date: parseDate, 'date and time': parseDateTime };

function feelFacts(facts, types) {
  for (const [name, type] of Object.entries(types)) {
    if (type in readers && facts[name] !== null) {
      facts[name] = readers[type](facts[name]);
      if (!facts[name]) throw new Failed(`事实“${name}”不是有效的${kindNames[type]}`);
    }
  }
  return facts;
}

/** A FEEL value as JSON; room.left is how much of it may still follow. */
function plain(value, room = { left: LONGEST_ANSWER }) {
  const kind = kindOf(value);
  room.left -= kind === 'string' ? value.length : 1;
  if (room.left < 0) throw new TooCostly('结果过大');
  switch (kind) {
    case 'null': return null;
    case 'number': return exact(value);
    case 'boolean': return value;
    case 'string':
      if (!value.isWellFormed()) throw new Failed('文本含有残缺的字符');
      return value;
    case 'date': case 'date and time': case 'time': case 'duration': return value.toString();
    case 'list': return value.map((one) => plain(one, room));
    case 'context':
      return Object.fromEntries(Object.entries(value).map(([key, one]) => {
        checkedKey(key);
        return [key, plain(one, room)];
      }));
    default: throw new Failed('结果是区间或者函数，不是数据');
  }
}

function coerce(value, type, what) {
  if (value === null || value === undefined) return null;
  if (type === 'any') return value;
  if (type in readers && typeof value === 'string') {
    const read = readers[type](value);
    if (read && (type === 'date' || isZoned(read))) return read;
  }
  const kind = kindOf(value);
  if (kind !== type) {
    const got = kind === 'string' || kind === 'number' ? ` ${quote(value)}` : '';
    throw new Failed(`${what}应为${kindNames[type]}，得到${kindNames[kind]}${got}`);
  }
  return value;
}

// evaluation //////////////////////////////////////////////////////////////////////////////////

const kept = new Map();

function remembered(key, make) {
  let found = kept.get(key);
  if (found === undefined) {
    if (kept.size >= KEPT) kept.clear();
    found = make();
    kept.set(key, found);
  }
  return found;
}

const compiled = (kind, text, types, signature, tested = 'any') =>
  remembered(`${kind} ${tested} ${signature} ${text}`, () => compile(kind, text, types, tested));

function valueOf(expression, facts) {
  expression.warnings.length = 0;
  const value = expression.root(facts);
  if (expression.warnings.length) throw Failed.of(expression.warnings[0]);
  return value ?? null;
}

function passes(test, facts, value) {
  if (value === null && test.rangeNegated) return false;
  test.warnings.length = 0;
  const result = test.root(facts)(value);
  if (test.warnings.length) throw Failed.of(test.warnings[0]);
  return result === true;
}

function withPlace(place, step) {
  try {
    return step();
  } catch (error) {
    error.place ??= place;
    throw error;
  }
}

function evaluate({ expressions, facts, types, mode }, signature) {
  const known = feelFacts(facts, types);
  const values = [];
  for (const [index, text] of expressions.entries()) {
    const value = withPlace(text, () =>
      plain(valueOf(compiled('expression', text, types, signature), known)));
    if (mode !== 'values' && typeof value !== 'boolean') {
      throw Object.assign(
        new Failed(`条件的结果应为真或者假，得到${kindNames[kindOf(value)]}`), { place: text });
    }
    if (mode === 'first' && value) return index;
    values.push(value);
  }
  return mode === 'first' ? null : values;
}

function tests({ cells, facts, types, value, tested }, signature) {
  const known = feelFacts(facts, types);
  const input = coerce(value, tested, '输入值');
  const context = { ...known, '?': input };
  return cells.map((text) => withPlace(text, () =>
    passes(compiled('tests', text, types, signature, tested), context, input)));
}

function compiledTable(text, types, signature) {
  return remembered(`table ${signature} ${text}`, () => {
    const { inputs, outputs, rules, first } = JSON.parse(text);
    const one = (place, kind, source, tested) =>
      withPlace(place, () => compiled(kind, source, types, signature, tested));
    const column = ({ id, label, expression, type, allowed }) => ({
      id, label, type,
      expression: expression && one(id, 'expression', expression),
      allowed: allowed && one(id, 'tests', allowed, type),
    });
    const columns = inputs.map(column);
    return {
      first,
      inputs: columns,
      outputs: outputs.map(column),
      rules: rules.map(({ id, tests: cells, results }) => ({
        id,
        tests: cells.map((cell, at) =>
          cell === '-' ? null : one(id, 'tests', cell, columns[at].type)),
        results: results.map((cell) => one(id, 'expression', cell)),
      })),
    };
  });
}

function checkedAllowed(column, value, facts, what) {
  if (!column.allowed || value === null) return;
  for (const one of Array.isArray(value) ? value : [value]) {
    if (!passes(column.allowed, { ...facts, '?': one }, one)) {
      throw new Failed(`${what} ${quote(plain(one))} 不在允许的取值之内`);
    }
  }
}

function decide({ table, facts, types }, signature) {
  const known = feelFacts(facts, types);
  const { inputs, outputs, rules, first } = compiledTable(table, types, signature);
  const columns = inputs.map((column) => withPlace(column.id, () => {
    const what = `输入“${column.label}”`;
    const value = coerce(valueOf(column.expression, known), column.type, what);
    checkedAllowed(column, value, known, what);
    return { value, context: { ...known, '?': value } };
  }));
  const hits = [];
  for (const [index, rule] of rules.entries()) {
    withPlace(rule.id, () => {
      const hit = rule.tests.every(
        (test, at) => test === null || passes(test, columns[at].context, columns[at].value));
      if (!hit) return;
      const values = rule.results.map((result, at) => {
        const what = `输出“${outputs[at].label}”`;
        const value = coerce(valueOf(result, known), outputs[at].type, what);
        checkedAllowed(outputs[at], value, known, what);
        return plain(value);
      });
      hits.push([index, values]);
    });
    if (first && hits.length) break;
  }
  return hits;
}

// the door ////////////////////////////////////////////////////////////////////////////////////

const acts = {
  evaluate,
  tests,
  decide,
  examine: ({ items, types }) => items.map((item) => examine(item, item.types ?? types)),
  shapes: ({ cells }) => cells.map(shapes),
};

/** Do what the JSON request asks; answer with JSON: {value} or {kind, why, place}. */
export function run(request) {
  try {
    const { act, signature, ...rest } = JSON.parse(request);
    return JSON.stringify({ value: acts[act](rest, signature) });
  } catch (error) {
    // A RangeError is V8's own limit: a stack, a string or an array too large.
    const { kind, message } = error instanceof RangeError ? new TooCostly() : error;
    const why = message.toWellFormed();
    return JSON.stringify({ kind: kind ?? 'failed', why, place: error.place ?? '' });
  }
}
