// The words in which an expression is complained about.
import { getType } from 'feelin';

export const kindNames = {
  null: '空值',
  string: '文本',
  number: '数字',
  boolean: '真假值',
  date: '日期',
  'date and time': '日期时间',
  time: '时刻',
  duration: '时长',
  list: '列表',
  context: '对象',
  function: '函数',
  range: '区间',
  any: '任意值',
};

/** The FEEL type of a value, under the name a DMN typeRef gives it. */
export function kindOf(value) {
  const type = getType(value);
  if (type === 'nil') return 'null';
  if (type === 'date time') return 'date and time';
  return type in kindNames ? type : 'function';
}

const LONGEST_QUOTE = 60;

/** A value as shown in a complaint. */
export function quote(value) {
  const text = JSON.stringify(value);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}

const warningWords = {
  NO_VARIABLE_FOUND: '没有这个事实',
  NO_CONTEXT_ENTRY_FOUND: '对象中没有这一项',
  NO_PROPERTY_FOUND: '没有这个属性',
  NOT_COMPARABLE: '两边的值不能比较',
  INVALID_TYPE: '参与运算的值为空或者类型不符',
  INVALID_ARGUMENTS: '函数的参数不合要求',
  NO_FUNCTION_FOUND: '没有这个函数',
  FUNCTION_INVOCATION_FAILURE: '函数的参数个数或者名称不对',
  UNSUPPORTED: '不支持的写法',
};

/** An expression that could not be evaluated. */
export class Failed extends Error {
  kind = 'failed';

  static of(warning) {
    return new Failed(`${warningWords[warning.type] ?? '无法求值'}（${warning.message}）`);
  }
}

/** An expression that must not be deployed. */
export class Refused extends Error {
  kind = 'refused';
}

/** An expression that grows beyond what an expression may. */
export class TooCostly extends Error {
  kind = 'costly';
}
