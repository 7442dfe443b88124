import { notServed } from '../sql-fault.ts'

/** MySQL's letters, as the service takes them (SLS "Date and time functions"), and DuckDB's for the same. */
const MYSQL: Readonly<Record<string, string>> = {
  a: '%a',
  b: '%b',
  c: '%-m',
  d: '%d',
  e: '%-d',
  f: '%f',
  H: '%H',
  h: '%I',
  I: '%I',
  i: '%M',
  j: '%j',
  k: '%-H',
  l: '%-I',
  M: '%B',
  m: '%m',
  p: '%p',
  r: '%I:%M:%S %p',
  S: '%S',
  s: '%S',
  T: '%H:%M:%S',
  v: '%V',
  W: '%A',
  w: '%w',
  x: '%G',
  Y: '%Y',
  y: '%y',
  '%': '%%'
}

/** Joda's letters (Presto "Date and time functions"), by run of letters. */
const JODA: Readonly<Record<string, string>> = {
  yyyy: '%Y',
  yy: '%y',
  MMMM: '%B',
  MMM: '%b',
  MM: '%m',
  M: '%-m',
  dd: '%d',
  d: '%-d',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  mm: '%M',
  ss: '%S',
  SSS: '%g',
  EEEE: '%A',
  EEE: '%a',
  E: '%a',
  a: '%p'
}

/**
 * A format of `date_format` or `date_parse` as DuckDB takes it.
 *
 * @throws SlsError NotImplemented for a letter that DuckDB has nothing for
 */
export function duckFormat(mysql: string): string {
  return mysql.replace(/%(.)/gs, (_, letter: string) => {
    const found = MYSQL[letter]
    if (found === undefined) throw notServed(`The time format %${letter}`)
    return found
  })
}

/** A format of `format_datetime` or `parse_datetime` as DuckDB takes it. */
export function duckJodaFormat(joda: string): string {
  return joda.replace(/'((?:[^']|'')*)'|([A-Za-z])\2*|%/g, (run, quoted: string | undefined) => {
    if (run === '%') return '%%'
    if (quoted !== undefined) return quoted === '' ? "'" : quoted.replaceAll("''", "'")
    const found = JODA[run]
    if (found === undefined) throw notServed(`The time format ${run}`)
    return found
  })
}
