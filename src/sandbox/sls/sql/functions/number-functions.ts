import { type FunctionSpec, functionsOf } from './function-spec.ts'

const ONE_TO_ONE = [
  'sqrt',
  'exp',
  'ln',
  'log2',
  'log10',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'radians',
  'degrees'
]

/** Numbers (SLS "Mathematical calculation functions") and bits. */
export const NUMBER_FUNCTIONS: readonly FunctionSpec[] = [
  ...functionsOf('SLS "Mathematical calculation functions"', 'scalar', [
    ...ONE_TO_ONE.map((name) => [`${name}(double) double`, `${name}($1)`] as const),
    ['abs(bigint) bigint', 'abs($1)'],
    ['cbrt(double) double', '_cbrt($1, cbrt($1))'],
    ['abs(double) double', 'abs($1)'],
    ['atan2(double, double) double', 'atan2($1, $2)'],
    ['ceil(bigint) bigint', '$1'],
    ['ceil(double) double', 'ceil($1)'],
    ['ceiling(bigint) bigint', '$1'],
    ['ceiling(double) double', 'ceil($1)'],
    ['floor(bigint) bigint', '$1'],
    ['floor(double) double', 'floor($1)'],
    ['e() double', 'exp(1.0)'],
    ['pi() double', 'pi()'],
    ['infinity() double', "cast('Infinity' as double)"],
    ['nan() double', "cast('NaN' as double)"],
    ['is_nan(double) boolean', 'isnan($1)'],
    ['is_finite(double) boolean', 'isfinite($1)'],
    ['is_infinite(double) boolean', 'isinf($1)'],
    ['log(double, double) double', '(ln($2) / ln($1))'],
    ['mod(bigint, bigint) bigint', '($1 % $2)'],
    ['mod(double, double) double', 'fmod($1, $2)'],
    ['pow(double, double) double', 'pow($1, $2)'],
    ['power(double, double) double', 'pow($1, $2)'],
    ['rand() double', 'random()'],
    ['random() double', 'random()'],
    ['random(bigint) bigint', 'cast(floor(random() * $1) as bigint)'],
    ['round(bigint) bigint', '$1'],
    ['round(double) double', '_round($1, 0)'],
    ['round(bigint, bigint) bigint', 'case when $2 >= 0 then $1 else cast(_round($1, $2) as bigint) end'],
    ['round(double, bigint) double', '_round($1, $2)'],
    ['sign(bigint) bigint', 'cast(sign($1) as bigint)'],
    ['sign(double) double', 'cast(sign($1) as double)'],
    ['truncate(double) double', 'trunc($1)'],
    ['from_base(varchar, bigint) bigint', '_from_base($1, $2)'],
    ['to_base(bigint, bigint) varchar', 'lower(to_base($1, cast($2 as integer)))'],
    ['greatest(T, T...) T', (_, ...args) => extreme('greatest', args)],
    ['least(T, T...) T', (_, ...args) => extreme('least', args)]
  ]),
  ...functionsOf('SLS "Bitwise functions"', 'scalar', [
    ['bit_count(bigint, bigint) bigint', 'cast(bit_count($1) as bigint)'],
    ['bitwise_and(bigint, bigint) bigint', '($1 & $2)'],
    ['bitwise_or(bigint, bigint) bigint', '($1 | $2)'],
    ['bitwise_xor(bigint, bigint) bigint', 'xor($1, $2)'],
    ['bitwise_not(bigint) bigint', '(~ $1)']
  ])
]

/** DuckDB's pass over NULLs, Presto's answer NULL. */
function extreme(name: string, args: readonly string[]): string {
  return `case when ${args.map((arg) => `${arg} is not null`).join(' and ')} then ${name}(${args.join(', ')}) end`
}
