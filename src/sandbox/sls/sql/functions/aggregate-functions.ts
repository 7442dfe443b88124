import { duckType } from '../sql-type.ts'
import { type FunctionSpec, functionsOf } from './function-spec.ts'

/** One value from many rows. Approximations are exact here, which lies within what the service promises. */
export const AGGREGATE_FUNCTIONS: readonly FunctionSpec[] = [
  ...functionsOf('SLS "General aggregate functions"', 'aggregate', [
    ['count() bigint', 'count(*)#'],
    ['count(T) bigint', 'count(@$1)#'],
    ['count_if(boolean) bigint', 'count(case when $1 then 1 end)#'],
    ['sum(bigint) bigint', 'cast(sum(@$1)# as bigint)'],
    ['sum(double) double', 'sum(@$1)#'],
    ['avg(bigint) double', 'avg(@$1)#'],
    ['avg(double) double', 'avg(@$1)#'],
    ['min(T) T', 'min($1)#'],
    ['max(T) T', 'max($1)#'],
    ['min(T, bigint) array(T)', 'min($1, $2)#'],
    ['max(T, bigint) array(T)', 'max($1, $2)#'],
    // DuckDB's arg_max passes over rows whose first argument is NULL, Presto's does not.
    ['max_by(T, K) T', 'arg_max_null($1, $2)#'],
    ['min_by(T, K) T', 'arg_min_null($1, $2)#'],
    ['max_by(T, K, bigint) array(T)', 'list_transform(arg_max(struct_pack(v := $1), $2, $3)#, lambda e: e.v)'],
    ['min_by(T, K, bigint) array(T)', 'list_transform(arg_min(struct_pack(v := $1), $2, $3)#, lambda e: e.v)'],
    ['arbitrary(T) T', 'any_value($1)#'],
    ['bool_and(boolean) boolean', 'bool_and($1)#'],
    ['every(boolean) boolean', 'bool_and($1)#'],
    ['bool_or(boolean) boolean', 'bool_or($1)#'],
    ['geometric_mean(double) double', 'geometric_mean($1)#'],
    ['bitwise_and_agg(bigint) bigint', 'bit_and($1)#'],
    ['bitwise_or_agg(bigint) bigint', 'bit_or($1)#'],
    ['array_agg(T) array(T)', 'list(@$1)#']
  ]),
  ...functionsOf('SLS "Approximate functions"', 'aggregate', [
    ['approx_distinct(T) bigint', 'count(distinct $1)#'],
    ['approx_distinct(T, double) bigint', 'count(distinct $1)#'],
    ['approx_percentile(bigint, double) bigint', 'quantile_disc($1, $2)#'],
    ['approx_percentile(double, double) double', 'quantile_disc($1, $2)#'],
    ['approx_percentile(bigint, array(double)) array(bigint)', 'quantile_disc($1, $2)#'],
    ['approx_percentile(double, array(double)) array(double)', 'quantile_disc($1, $2)#']
  ]),
  ...functionsOf('SLS "Map mapping functions and operators"', 'aggregate', [
    ['histogram(T) map(T, bigint)', ({ suffix, result }, x) => `cast(histogram(${x})${suffix} as ${duckType(result)})`],
    ['map_agg(K, V) map(K, V)', '_first_entries(list(struct_pack(k := $1, v := $2))#)'],
    ['multimap_agg(K, V) map(K, array(V))', '_grouped_entries(list(struct_pack(k := $1, v := $2))#)']
  ]),
  ...functionsOf('SLS "Mathematical statistics functions"', 'aggregate', [
    ['corr(double, double) double', 'corr($1, $2)#'],
    ['covar_pop(double, double) double', 'covar_pop($1, $2)#'],
    ['covar_samp(double, double) double', 'covar_samp($1, $2)#'],
    ['regr_intercept(double, double) double', 'regr_intercept($1, $2)#'],
    ['regr_slope(double, double) double', 'regr_slope($1, $2)#'],
    ['stddev(double) double', 'stddev_samp($1)#'],
    ['stddev_samp(double) double', 'stddev_samp($1)#'],
    ['stddev_pop(double) double', 'stddev_pop($1)#'],
    ['variance(double) double', 'var_samp($1)#'],
    ['var_samp(double) double', 'var_samp($1)#'],
    ['var_pop(double) double', 'var_pop($1)#']
  ])
]

/** Functions that need OVER. */
export const WINDOW_FUNCTIONS: readonly FunctionSpec[] = functionsOf('SLS "Window functions"', 'window', [
  ['row_number() bigint', 'row_number()#'],
  ['rank() bigint', 'rank()#'],
  ['dense_rank() bigint', 'dense_rank()#'],
  ['percent_rank() double', 'percent_rank()#'],
  ['cume_dist() double', 'cume_dist()#'],
  ['ntile(bigint) bigint', 'ntile($1)#'],
  ['lag(T) T', 'lag($1)#'],
  ['lag(T, bigint) T', 'lag($1, $2)#'],
  ['lag(T, bigint, T) T', 'lag($1, $2, $3)#'],
  ['lead(T) T', 'lead($1)#'],
  ['lead(T, bigint) T', 'lead($1, $2)#'],
  ['lead(T, bigint, T) T', 'lead($1, $2, $3)#'],
  ['first_value(T) T', 'first_value($1)#'],
  ['last_value(T) T', 'last_value($1)#'],
  ['nth_value(T, bigint) T', 'nth_value($1, $2)#']
])
