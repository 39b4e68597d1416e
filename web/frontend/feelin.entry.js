// The FEEL engine behind workflows/engine/feel.py: one door, `run`, text in and text out.
// It is feelin made strict: a warning is an error, values of different types do not compare.
import {
  FeelDate,
  FeelDateTime,
  FeelDuration,
  FeelRange,
  FeelTime,
  builtins,
  getType,
  isRange,
  isZoned,
  parseDate,
  parseDateTime,
} from 'feelin';

import { compile, examine, shapes } from './feel-compile.js';
import { Failed, kindOf, kindNames, quote } from './feel-words.js';

const KEPT = 4000; // compiled expressions remembered before starting anew
const LONGEST_ANSWER = 1_000_000; // characters

// feelin made strict //////////////////////////////////////////////////////////////////////////

// The clock of the process is no fact of the case; the rest is not implemented by feelin.
for (const name of ['now', 'today', 'overlaps before', 'overlaps after', 'finishes', 'finished by',
  'during', 'starts', 'started by', 'coincides']) {
  delete builtins[name];
}

// feelin answers null to unfit arguments without a warning.
const unknown = (value) =>
  value === null || value === undefined ||
  (Array.isArray(value) && (value.length === 0 || value.some(unknown)));
for (const [name, original] of Object.entries(builtins)) {
  const strict = (...args) => {
    const result = original(...args);
    if (result === null && name !== 'get value' && args.length && !args.some(unknown)) {
      throw new Failed(`函数 ${name} 的参数类型或者个数不对`);
    }
    return finite(result);
  };
  builtins[name] = Object.assign(strict, { $args: original.$args });
}

const { pow } = Math;
Math.pow = (base, exponent) => finite(pow(base, exponent));

// JavaScript compares 1 with "1", and an instant without offset as if it were UTC.
const { includes } = FeelRange.prototype;
FeelRange.prototype.includes = function strictIncludes(value) {
  const bound = this.start ?? this.end;
  if (value !== null && value !== undefined && bound !== null && !isRange(value)) {
    if (getType(value) !== this.valueType) {
      throw new Failed(`不能比较${kindNames[kindOf(value)]}与${kindNames[kindOf(bound)]}`);
    }
    if (isZoned(value) !== isZoned(bound)) throw new Failed('不能比较有时区与无时区的时间');
  }
  return includes.call(this, value);
};

// A name from a diagram must not leave anything behind for the next expression.
for (const { prototype } of [Object, Array, String, Number, Boolean, Function, FeelDate,
  FeelDateTime, FeelTime, FeelDuration, FeelRange]) {
  Object.preventExtensions(prototype);
}

// values in, values out ///////////////////////////////////////////////////////////////////////

function finite(value) {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Failed('数值过大或者不是数');
  return value;
}

const readers = { date: parseDate, 'date and time': parseDateTime };

function feelFacts(facts, types) {
  for (const [name, reader] of Object.entries(readers)) {
    for (const fact of Object.keys(types)) {
      if (types[fact] === name && facts[fact] !== null) facts[fact] = reader(facts[fact]);
    }
  }
  return facts;
}

function plain(value) {
  switch (kindOf(value)) {
    case 'null': return null;
    case 'number':
      if (Math.abs(finite(value)) > Number.MAX_SAFE_INTEGER) {
        throw new Failed('数值过大，无法精确表示');
      }
      return value;
    case 'string': case 'boolean': return value;
    case 'date': case 'date and time': case 'time': case 'duration': return value.toString();
    case 'list': return value.map(plain);
    case 'context':
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
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
  return finite(value) ?? null;
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
      withPlace(place, () => compile(kind, source, types, tested));
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
    const answer = JSON.stringify({ value: acts[act](rest, signature) });
    if (answer.length > LONGEST_ANSWER) throw new RangeError();
    return answer;
  } catch (error) {
    const kind = error.kind ?? (error instanceof RangeError ? 'costly' : 'failed');
    return JSON.stringify({ kind, why: String(error.message), place: error.place ?? '' });
  }
}
