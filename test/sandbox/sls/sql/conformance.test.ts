import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FUNCTIONS } from '../../../../src/sandbox/sls/sql/functions/function-catalogue.ts'
import { encodeGroup, putGroup, SLS_INDEX, type SlsSandbox, startSls } from '../../../support/sls-sandbox.ts'

// 2026-11-22 10:00:00.250 UTC, a Sunday; 18:00 in the service's time zone
const NOW_MS = 1_795_341_600_250
const NOW_S = Math.floor(NOW_MS / 1000)

/** An expression of the service's dialect over three logs, and the text that it answers; several rows by a comma. */
type Row = readonly [expression: string, answer: string]

/**
 * What each function answers, by the vendor's page that documents it. The logs: x = 1, 2, 3; y = 10, null, 30;
 * w = 'a', 'b', 'a'; t = __time__ = 0, 60, 120 s after NOW_S.
 */
const PAGES: Readonly<Record<string, readonly Row[]>> = {
  'SLS "General aggregate functions"': [
    ['count(*)', '3'],
    ['count(1)', '3'],
    ['count(y)', '2'],
    ['count(distinct w)', '2'],
    ['count(*) filter (where x > 1)', '2'],
    ['count_if(x > 1)', '2'],
    ['count_if(y > 100)', '0'],
    ['sum(x)', '6'],
    ['sum(distinct length(w))', '1'],
    ['sum(y)', '40'],
    ['sum(x / 2.0)', '3.0'],
    ['sum(case when x > 9 then x end)', 'null'],
    ['avg(x)', '2.0'],
    ['avg(y)', '20.0'],
    ['avg(x / 2.0)', '1.0'],
    ['min(w)', 'a'],
    ['max(w)', 'b'],
    ['max(y)', '30'],
    ['min(x, 2)', '[1,2]'],
    ['max(x, 2)', '[3,2]'],
    // The row with the greatest x, even where y is NULL there.
    ['max_by(w, x)', 'a'],
    ['max_by(y, case when x < 3 then x end)', 'null'],
    ['min_by(w, x)', 'a'],
    ['max_by(y, -x)', '10'],
    ['max_by(w, x, 2)', '["a","b"]'],
    ['min_by(y, x, 2)', '[10,null]'],
    ['arbitrary(case when x = 2 then w end)', 'b'],
    ['bool_and(x > 0)', 'true'],
    ['bool_or(x > 3)', 'false'],
    ['every(x > 1)', 'false'],
    ['geometric_mean(x * x)', '3.3019272488946263'],
    ['bitwise_and_agg(x)', '0'],
    ['bitwise_or_agg(x)', '3'],
    ['array_sort(array_agg(w))', '["a","a","b"]'],
    ['array_sort(array_agg(distinct w))', '["a","b"]'],
    ['cardinality(array_agg(y))', '3']
  ],
  'SLS "Approximate functions"': [
    ['approx_distinct(w)', '2'],
    ['approx_distinct(w, 0.01)', '2'],
    ['approx_percentile(x, 0.5)', '2'],
    ['approx_percentile(x / 2.0, 0.9)', '1.5'],
    ['approx_percentile(x, array[0.1, 0.9])', '[1,3]'],
    ['approx_percentile(x / 2.0, array[0.1])', '[0.5]']
  ],
  'SLS "Map mapping functions and operators"': [
    ['histogram(w)', '{"a":2,"b":1}'],
    ["map_agg(w, x) ['b']", '2'],
    ['map_keys(map_agg(w, x))', '["a","b"]'],
    ['multimap_agg(w, y)', '{"a":[10,30],"b":[null]}'],
    ['cardinality(histogram(w))', '2'],
    ["element_at(map(array['k'], array[7]), 'k')", '7'],
    ["element_at(map(array['k'], array[7]), 'z')", 'null'],
    ["map(array['k'], array[7])['k']", '7'],
    ["try(map(array['k'], array[7])['z'])", 'null'],
    ['map()', '{}'],
    ["map(array['a', 'b'], array[1.5, 2])", '{"a":1.5,"b":2.0}'],
    ["map_concat(map(array['a'], array[1]), map(array['a', 'b'], array[3, 2]))", '{"a":3,"b":2}'],
    ["map_values(map(array['a', 'b'], array[1, 2]))", '[1,2]'],
    ["map_entries(map(array['a'], array[1]))", '[["a",1]]'],
    ["map_filter(map(array['a', 'b'], array[1, 2]), (k, v) -> v > 1)", '{"b":2}'],
    ["transform_keys(map(array['a'], array[1]), (k, v) -> concat(k, 'x'))", '{"ax":1}'],
    ["transform_values(map(array['a'], array[1]), (k, v) -> v + 0.5)", '{"a":1.5}']
  ],
  'SLS "Mathematical statistics functions"': [
    ['stddev(x)', '1.0'],
    ['stddev_samp(x)', '1.0'],
    ['stddev_pop(x)', '0.816496580927726'],
    ['variance(x)', '1.0'],
    ['var_samp(x)', '1.0'],
    ['var_pop(x)', '0.6666666666666666'],
    ['corr(x, 2 * x)', '1.0'],
    ['covar_pop(x, x)', '0.6666666666666666'],
    ['covar_samp(x, x)', '1.0'],
    ['regr_slope(2 * x, x)', '2.0'],
    ['regr_intercept(2 * x + 1, x)', '1.0']
  ],
  'SLS "Window functions"': [
    ['row_number() over (order by x desc)', '3,2,1'],
    ['rank() over (order by w)', '1,3,1'],
    ['dense_rank() over (order by w)', '1,2,1'],
    ['percent_rank() over (order by x)', '0.0,0.5,1.0'],
    ['cume_dist() over (order by w)', '0.6666666666666666,1.0,0.6666666666666666'],
    ['ntile(2) over (order by x)', '1,1,2'],
    ['lag(x) over (order by x)', 'null,1,2'],
    ['lag(x, 2) over (order by x)', 'null,null,1'],
    ['lead(x, 1, 0) over (order by x)', '2,3,0'],
    ['lead(x) over (partition by w order by x)', '3,null,null'],
    ['lead(x, 2) over (order by x)', '3,null,null'],
    ['lag(x, 1, 9) over (order by x)', '9,1,2'],
    ['first_value(x) over (partition by w order by x desc)', '3,2,3'],
    [
      'last_value(x) over (partition by w order by x rows between unbounded preceding and unbounded following)',
      '3,2,3'
    ],
    ['nth_value(x, 2) over (order by x rows between unbounded preceding and unbounded following)', '2'],
    ['sum(x) over (order by x)', '1,3,6'],
    ['sum(x) over (order by x rows between 1 preceding and current row)', '1,3,5'],
    ['count(*) over ()', '3'],
    ['max_by(w, x) over (partition by w)', 'a,b,a'],
    ['row_number() over (order by y)', '1,3,2'],
    ['row_number() over (order by y desc)', '2,3,1']
  ],
  'SLS "String functions"': [
    ['chr(65)', 'A'],
    ["codepoint('A')", '65'],
    ["concat('a', 'b', 'c')", 'abc'],
    ["concat('a', null)", 'null'],
    ["'a' || 'b'", 'ab'],
    ["from_utf8(to_utf8('ü'))", 'ü'],
    ["length('héllo')", '5'],
    ["levenshtein_distance('kitten', 'sitting')", '3'],
    ["hamming_distance('abc', 'abd')", '1'],
    ["lower('ABC')", 'abc'],
    ["upper('abc')", 'ABC'],
    ["lpad('7', 3, '0')", '007'],
    ["lpad('12345', 3, '0')", '123'],
    ["rpad('7', 3, '0')", '700'],
    ["trim('  a ')", 'a'],
    ["'[' || ltrim(' a ') || ']'", '[a ]'],
    ["'[' || rtrim(' a ') || ']'", '[ a]'],
    ["replace('aXbX', 'X')", 'ab'],
    ["replace('aXbX', 'X', '-')", 'a-b-'],
    ["reverse('abc')", 'cba'],
    ["split('a,b,c', ',')", '["a","b","c"]'],
    ["split('a,b,c', ',', 2)", '["a","b,c"]'],
    ["split_part('a/b/c', '/', 2)", 'b'],
    ["split_part('a/b', '/', 3)", 'null'],
    ["split_to_map('a=1,b=2', ',', '=')", '{"a":"1","b":"2"}'],
    ["strpos('abcb', 'b')", '2'],
    ["strpos('abc', 'x')", '0'],
    ["position('b' in 'abc')", '2'],
    ["substr('abcdef', 2)", 'bcdef'],
    ["substr('abcdef', 2, 3)", 'bcd'],
    ["substr('abcdef', -2)", 'ef'],
    ["substr('abc', 0)", ''],
    ["substring('abcdef', 3, 2)", 'cd'],
    ["substring('abcdef', 3)", 'cdef'],
    ["translate('abc', 'ab', 'xy')", 'xyc']
  ],
  'SLS "Regular expression functions"': [
    ["regexp_like('1a 2b', '\\d+b')", 'true'],
    ["regexp_like('abc', '^b')", 'false'],
    ["regexp_extract('1a 2b 14m', '\\d+')", '1'],
    ["regexp_extract('abc', '\\d+')", 'null'],
    ["regexp_extract('1a 2b 14m', '(\\d+)([a-z]+)', 2)", 'a'],
    ["regexp_extract_all('1a 2b 14m', '\\d+')", '["1","2","14"]'],
    ["regexp_extract_all('1a 2b 14m', '(\\d+)([a-z]+)', 2)", '["a","b","m"]'],
    ["regexp_replace('1a 2b 14m', '\\d+[ab] ')", '14m'],
    ["regexp_replace('1a 2b', '(\\d)([ab])', '3c$2')", '3ca 3cb'],
    ["regexp_split('1a 2b 14m', '\\s*[a-z]+\\s*')", '["1","2","14",""]']
  ],
  'SLS "URL functions"': [
    ["url_encode('a b/é~*')", 'a+b%2F%C3%A9%7E*'],
    ["url_decode('a+b%2Fc')", 'a b/c'],
    ["url_extract_protocol('https://u@h.example:8080/p/q?a=1&b=x%20y#frag')", 'https'],
    ["url_extract_host('https://u@h.example:8080/p/q?a=1')", 'h.example'],
    ["url_extract_port('https://h.example:8080/p')", '8080'],
    ["url_extract_port('https://h.example/p')", 'null'],
    ["url_extract_path('https://h.example:8080/p/q?a=1')", '/p/q'],
    ["url_extract_query('https://h.example/p?a=1&b=2#f')", 'a=1&b=2'],
    ["url_extract_fragment('https://h.example/p#frag')", 'frag'],
    ["url_extract_parameter('https://h/p?a=1&b=x%20y#f', 'b')", 'x y'],
    ["url_extract_parameter('https://h/p?a=1', 'z')", 'null']
  ],
  'Presto "Binary functions"': [
    ["to_hex(md5(to_utf8('a')))", '0CC175B9C0F1B6A831C399E269772661'],
    ["to_hex(sha1(to_utf8('a')))", '86F7E437FAA5A7FCE15D1DDCB9EAEAEA377667B8'],
    ["lower(to_hex(sha256(to_utf8('a'))))", 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
    ["from_utf8(from_hex('616263'))", 'abc'],
    ["to_base64(to_utf8('abc'))", 'YWJj'],
    ["from_utf8(from_base64('YWJj'))", 'abc']
  ],
  'SLS "IP functions"': [
    ["ip_to_domain('192.168.1.1')", 'intranet'],
    ["ip_to_domain('172.32.0.1')", 'internet'],
    ["is_subnet_of('10.1.0.0/16', '10.1.2.3')", 'true'],
    ["is_subnet_of('10.1.0.0/16', '10.2.2.3')", 'false']
  ],
  'SLS "Mathematical calculation functions"': [
    ['abs(-3)', '3'],
    ['abs(-3.5)', '3.5'],
    ['ceil(1.2)', '2.0'],
    ['ceil(1)', '1'],
    ['ceiling(-1.2)', '-1.0'],
    ['ceiling(7)', '7'],
    ['floor(-1.2)', '-2.0'],
    ['floor(7)', '7'],
    ['sqrt(16)', '4.0'],
    ['cbrt(27)', '3.0'],
    ['exp(0)', '1.0'],
    ['ln(1)', '0.0'],
    ['log2(8)', '3.0'],
    ['log10(1000)', '3.0'],
    ['round(log(2, 8), 6)', '3.0'],
    ['sin(0)', '0.0'],
    ['cos(0)', '1.0'],
    ['tan(0)', '0.0'],
    ['asin(0)', '0.0'],
    ['acos(1)', '0.0'],
    ['atan(0)', '0.0'],
    ['atan2(0, 1)', '0.0'],
    ['sinh(0)', '0.0'],
    ['cosh(0)', '1.0'],
    ['tanh(0)', '0.0'],
    ['round(degrees(pi()), 3)', '180.0'],
    ['round(radians(180), 5)', '3.14159'],
    ['round(e(), 4)', '2.7183'],
    ['infinity()', 'Infinity'],
    ['nan()', 'NaN'],
    ['is_nan(nan())', 'true'],
    ['is_finite(1)', 'true'],
    ['is_infinite(infinity())', 'true'],
    ['mod(7, 3)', '1'],
    ['mod(-7, 3)', '-1'],
    ['mod(5.5, 2)', '1.5'],
    ['pow(2, 10)', '1024.0'],
    ['power(2, -1)', '0.5'],
    ['rand() < 1', 'true'],
    ['random() >= 0', 'true'],
    ['random(1)', '0'],
    ['round(2.5)', '3.0'],
    ['round(-2.5)', '-3.0'],
    ['round(7)', '7'],
    ['round(1.005, 2)', '1.0'],
    ['round(66.66666, 1)', '66.7'],
    ['round(127, -1)', '130'],
    ['sign(-7)', '-1'],
    ['sign(2.5)', '1.0'],
    ['truncate(-1.9)', '-1.0'],
    ["from_base('ff', 16)", '255'],
    ['to_base(255, 16)', 'ff'],
    ['greatest(1, 3, 2)', '3'],
    ['greatest(1, null)', 'null'],
    ["least('b', 'a')", 'a'],
    ['least(1, 0.5)', '0.5'],
    // Whole numbers divide to whole numbers, towards zero.
    ['7 / 2', '3'],
    ['-7 / 2', '-3'],
    ['-7 % 3', '-1'],
    ['7 / 2.0', '3.5'],
    ['1.0 / 0', 'Infinity'],
    ['try(1 / (x - x))', 'null'],
    ['1 + 2 * 3 - -4', '11'],
    ['2 * x + y', '12,null,36']
  ],
  'SLS "Bitwise functions"': [
    ['bit_count(7, 64)', '3'],
    ['bitwise_and(6, 3)', '2'],
    ['bitwise_or(6, 3)', '7'],
    ['bitwise_xor(6, 3)', '5'],
    ['bitwise_not(0)', '-1']
  ],
  'SLS "Date and time functions"': [
    ['now()', '2026-11-22 18:00:00.250 Asia/Shanghai'],
    ['current_timestamp', '2026-11-22 18:00:00.250 Asia/Shanghai'],
    ['localtimestamp', '2026-11-22 18:00:00.250'],
    ['current_date', '2026-11-22'],
    ['current_timezone()', 'Asia/Shanghai'],
    ['from_unixtime(1592374067)', '2020-06-17 14:07:47.000'],
    ['from_unixtime(1592374067.5)', '2020-06-17 14:07:47.500'],
    ["from_unixtime(1592374067, 'UTC')", '2020-06-17 06:07:47.000 UTC'],
    ["from_unixtime(1592374067.5, 'America/New_York')", '2020-06-17 02:07:47.500 America/New_York'],
    ["at_timezone(now(), 'UTC')", '2026-11-22 10:00:00.250 UTC'],
    ["now() at time zone 'Europe/Berlin'", '2026-11-22 11:00:00.250 Europe/Berlin'],
    ["from_iso8601_date('2020-05-03')", '2020-05-03'],
    ["to_iso8601(date '2020-05-03')", '2020-05-03'],
    ["to_unixtime(from_iso8601_timestamp('2020-05-03T17:30:08Z'))", '1.588527008E9'],
    ["to_unixtime(from_iso8601_timestamp('2020-05-03T17:30:08.5+08:00'))", '1.5884982085E9'],
    ["to_unixtime(from_iso8601_timestamp('2020-05-03T17:30:08'))", '1.588498208E9'],
    ["to_unixtime(timestamp '1970-01-01 08:00:01')", '1.0'],
    ["to_unixtime('2017-05-17 09:45:00.848')", '1.494985500848E9'],
    ['cast(to_unixtime(now()) as bigint)', String(NOW_S)],
    ["date_format(1592374067, '%Y-%m-%d %H:%i:%s')", '2020-06-17 14:07:47'],
    [
      "date_format(from_unixtime(1592374067), '%y %c %e %b %M %a %W %j %k %l %h %I %p')",
      '20 6 17 Jun June Wed Wednesday 169 14 2 02 02 PM'
    ],
    ["date_format(from_unixtime(1592374067, 'UTC'), '%T %r %f %%')", '06:07:47 06:07:47 AM 000000 %'],
    ["date_format(date '2020-06-17', '%x-%v %w')", '2020-25 3'],
    ["date_format('2020-06-17 01:02:03', '%H')", '01'],
    ["date_parse('2017-05-17 09:45:00', '%Y-%m-%d %H:%i:%s')", '2017-05-17 09:45:00.000'],
    ["date_parse('17/5/2017', '%d/%c/%Y')", '2017-05-17 00:00:00.000'],
    ["try(date_parse('soon', '%Y'))", 'null'],
    [
      "format_datetime(timestamp '2020-06-17 04:05:06.789', 'yyyy-MM-dd''T''HH:mm:ss.SSS EEE')",
      '2020-06-17T04:05:06.789 Wed'
    ],
    ["parse_datetime('2020/06/17', 'yyyy/MM/dd')", '2020-06-17 00:00:00.000'],
    ["date_trunc('second', timestamp '2001-08-22 03:04:05.321')", '2001-08-22 03:04:05.000'],
    ["date_trunc('minute', timestamp '2001-08-22 03:04:05.321')", '2001-08-22 03:04:00.000'],
    ["date_trunc('hour', timestamp '2001-08-22 03:04:05.321')", '2001-08-22 03:00:00.000'],
    ["date_trunc('day', timestamp '2001-08-22 03:04:05.321')", '2001-08-22 00:00:00.000'],
    ["date_trunc('week', timestamp '2001-08-22 03:04:05.321')", '2001-08-20 00:00:00.000'],
    ["date_trunc('month', timestamp '2001-08-22 03:04:05.321')", '2001-08-01 00:00:00.000'],
    ["date_trunc('quarter', timestamp '2001-08-22 03:04:05.321')", '2001-07-01 00:00:00.000'],
    ["date_trunc('year', timestamp '2001-08-22 03:04:05.321')", '2001-01-01 00:00:00.000'],
    ["date_trunc('day', 1592374067)", '2020-06-17 00:00:00.000'],
    ["date_trunc('day', from_unixtime(1592353000, 'UTC'))", '2020-06-17 00:00:00.000 UTC'],
    ["date_trunc('month', date '2020-06-17')", '2020-06-01'],
    ["date_add('day', -7, timestamp '2018-08-09 00:00:00')", '2018-08-02 00:00:00.000'],
    ["date_add('day', -7, '2018-08-09 00:00:00')", '2018-08-02 00:00:00.000'],
    ["date_add('month', 1, date '2020-01-31')", '2020-02-29'],
    ["date_add('millisecond', 5, timestamp '2020-01-01 00:00:00')", '2020-01-01 00:00:00.005'],
    ["date_add('quarter', 1, timestamp '2020-01-01 00:00:00')", '2020-04-01 00:00:00.000'],
    ["date_add('hour', 1, from_unixtime(0, 'UTC'))", '1970-01-01 01:00:00.000 UTC'],
    ["date_diff('day', '2018-08-02 00:00:00', '2018-08-09 00:00:00')", '7'],
    // Whole units, not borders crossed.
    ["date_diff('day', timestamp '2020-01-01 23:00:00', timestamp '2020-01-02 01:00:00')", '0'],
    ["date_diff('hour', timestamp '2020-01-01 23:59:00', timestamp '2020-01-02 01:00:00')", '1'],
    ["date_diff('month', date '2020-01-31', date '2020-02-29')", '1'],
    ["date_diff('second', from_unixtime(0, 'UTC'), from_unixtime(90, 'UTC'))", '90'],
    ["date('2020-06-17')", '2020-06-17'],
    ["date(timestamp '2020-06-17 01:00:00')", '2020-06-17'],
    ["last_day_of_month(date '2020-02-03')", '2020-02-29'],
    ["year(date '2020-06-17')", '2020'],
    ["quarter(date '2020-06-17')", '2'],
    ["month(date '2020-06-17')", '6'],
    ["week(date '2020-06-17')", '25'],
    ["week_of_year(date '2020-06-17')", '25'],
    ["day(date '2020-06-17')", '17'],
    ["day_of_month(date '2020-06-17')", '17'],
    ["day_of_week(date '2020-06-21')", '7'],
    ["dow(date '2020-06-17')", '3'],
    ["day_of_year(date '2020-06-17')", '169'],
    ["doy(date '2020-06-17')", '169'],
    ['hour(from_unixtime(0))', '8'],
    ["hour(from_unixtime(0, 'UTC'))", '0'],
    ["minute(timestamp '2020-06-17 01:02:03.456')", '2'],
    ["second(timestamp '2020-06-17 01:02:03.456')", '3'],
    ["millisecond(timestamp '2020-06-17 01:02:03.456')", '456'],
    ["year_of_week(date '2021-01-01')", '2020'],
    ["yow(date '2021-01-01')", '2020'],
    ["extract(hour from timestamp '2020-06-17 01:02:03')", '1'],
    ["timestamp '2020-01-01 00:00:00' + interval '2' day", '2020-01-03 00:00:00.000'],
    ["date '2020-01-31' + interval '1' month", '2020-02-29'],
    ["timestamp '2020-01-02 00:00:00' - timestamp '2020-01-01 12:00:00'", '0 12:00:00.000'],
    ["timestamp '2020-01-02 00:00:00' > date '2020-01-01'", 'true']
  ],
  'SLS "JSON functions"': [
    [`json_extract_scalar('{"a":{"b":"x"},"n":7,"t":true,"l":[1,2]}', '$.a.b')`, 'x'],
    [`json_extract_scalar('{"n":7}', '$.n')`, '7'],
    [`json_extract_scalar('{"t":true}', '$["t"]')`, 'true'],
    [`json_extract_scalar('{"a":{"b":1}}', '$.a')`, 'null'],
    [`json_extract_scalar('{"a":null}', '$.a')`, 'null'],
    [`json_extract_scalar('{"l":[1,2]}', '$.l[1]')`, '2'],
    [`json_extract_scalar('{"a b":1}', '$["a b"]')`, '1'],
    [`json_extract_scalar('no json', '$.a')`, 'null'],
    [`json_extract_scalar(json_parse('{"a":1}'), '$.a')`, '1'],
    [`json_extract('{"a":{"b":[1, 2]}}', '$.a')`, '{"b":[1,2]}'],
    [`json_extract('no json', '$.a')`, 'null'],
    [`json_size('{"a":[1,2,3],"b":{"c":1},"d":5}', '$.a')`, '3'],
    [`json_size('{"b":{"c":1}}', '$.b')`, '1'],
    [`json_size('{"d":5}', '$.d')`, '0'],
    [`json_array_length('[1,2]')`, '2'],
    [`json_array_length('{"a":1}')`, 'null'],
    [`json_array_get('["a","b"]', 1)`, '"b"'],
    [`json_array_get('["a","b"]', -1)`, '"b"'],
    [`json_array_contains('[1,2]', 2)`, 'true'],
    [`json_array_contains('["a"]', 'b')`, 'false'],
    [`json_array_contains('[true]', true)`, 'true'],
    [`json_format(json_parse('{"a": 1}'))`, '{"a":1}'],
    [`is_json_scalar('1')`, 'true'],
    [`is_json_scalar('[1]')`, 'false'],
    [`cast(json_parse('["a","b"]') as array(varchar))`, '["a","b"]'],
    [`cast(json_parse('{"a":"1","b":"2"}') as map(varchar, varchar))['b']`, '2']
  ],
  'SLS "Array functions and operators"': [
    ['array[1, 2][2]', '2'],
    ['try(array[1, 2][3])', 'null'],
    ['array[1, 2] || array[3]', '[1,2,3]'],
    ['array_distinct(array[3, 1, 3, null, null])', '[3,1,null]'],
    ['array_except(array[1, 2, 2, 3], array[3])', '[1,2]'],
    ['array_intersect(array[1, 2, 2, 3], array[3, 2])', '[2,3]'],
    ["array_join(array['a', null, 'c'], '-')", 'a-c'],
    ["array_join(array['a', null, 'c'], '-', '?')", 'a-?-c'],
    ["array_join(array[1, 2], '')", '12'],
    ["array_join(array[1.5, 2.0], ' ')", '1.5 2.0'],
    ['array_max(array[1, 3, 2])', '3'],
    ['array_min(array[1, null])', 'null'],
    ["array_position(array['a', 'b'], 'b')", '2'],
    ["array_position(array['a', 'b'], 'z')", '0'],
    ['array_remove(array[1, 2, 1], 1)', '[2]'],
    ['array_sort(array[3, null, 1])', '[1,3,null]'],
    ['array_union(array[1, 2], array[2, 3])', '[1,2,3]'],
    ['arrays_overlap(array[1, 2], array[2, 3])', 'true'],
    ['cardinality(array[1, null])', '2'],
    ['concat(array[1], array[2], array[3])', '[1,2,3]'],
    ['contains(array[1, 2], 2)', 'true'],
    ['contains(array[1, null], 2)', 'null'],
    ['contains(array[1], 2)', 'false'],
    ['element_at(array[1, 2], 3)', 'null'],
    ['element_at(array[1, 2], -1)', '2'],
    ['flatten(array[array[1], array[2, 3]])', '[1,2,3]'],
    ["repeat('x', 3)", '["x","x","x"]'],
    ['reverse(array[1, 2])', '[2,1]'],
    ['sequence(1, 3)', '[1,2,3]'],
    ['sequence(3, 1)', '[3,2,1]'],
    ['sequence(0, 10, 5)', '[0,5,10]'],
    ["sequence(date '2020-01-01', date '2020-01-03', interval '1' day)", '["2020-01-01","2020-01-02","2020-01-03"]'],
    ["cardinality(sequence(timestamp '2020-01-01 00:00:00', timestamp '2020-01-01 03:00:00', interval '1' hour))", '4'],
    ['slice(array[1, 2, 3, 4], 2, 2)', '[2,3]'],
    ['slice(array[1, 2, 3, 4], -2, 2)', '[3,4]'],
    ["zip(array[1, 2], array['a'])", '[[1,"a"],[2,null]]'],
    ['transform(array[1, 2], x -> x * 2)', '[2,4]'],
    ['transform(array[1, 2], z -> z + x)', '[2,3],[3,4],[4,5]'],
    ["transform(array['a'], s -> transform(array[1, 2], i -> s || cast(i as varchar)))", '[["a1","a2"]]'],
    ['filter(array[1, 2, 3], z -> z > 1)', '[2,3]'],
    ['reduce(array[1, 2, 3], 0, (s, z) -> s + z, s -> s * 10)', '60'],
    ["reduce(array['a', 'b'], '', (s, z) -> s || z, s -> s)", 'ab'],
    ['any_match(array[1, 2], z -> z > 1)', 'true'],
    ['all_match(array[1, 2], z -> z > 1)', 'false'],
    ['none_match(array[1, 2], z -> z > 2)', 'true'],
    ['zip_with(array[1, 2], array[10, 20], (a, b) -> a + b)', '[11,22]']
  ],
  'SLS "Conditional expressions"': [
    ["case when x > 2 then 'big' when x > 1 then 'mid' else 'small' end", 'small,mid,big'],
    ["case x when 1 then 'one' end", 'one,null,null'],
    ["if(x > 1, 'yes', 'no')", 'no,yes,yes'],
    ['if(x > 1, x)', 'null,2,3'],
    ['coalesce(y, 0)', '10,0,30'],
    ['coalesce(null, null, x)', '1,2,3'],
    ["nullif(w, 'a')", 'null,b,null'],
    ["try(cast('x' as bigint))", 'null']
  ],
  'SLS "Type conversion functions"': [
    ["cast('12' as bigint) + 1", '13'],
    ["try_cast('12.5' as bigint)", 'null'],
    ["try_cast(' 12' as bigint)", 'null'],
    ["try_cast('1_000' as bigint)", 'null'],
    ["try_cast('' as bigint)", 'null'],
    ["try_cast('1e3' as double)", '1000.0'],
    ["try_cast('x' as double)", 'null'],
    ['cast(2.5 as bigint)', '3'],
    ['cast(-2.5 as bigint)', '-3'],
    ['cast(7 as varchar)', '7'],
    ['cast(1.0 as varchar)', '1.0'],
    ['cast(12345678.9 as varchar)', '1.23456789E7'],
    ['cast(100000000.0 as varchar)', '1.0E8'],
    ['cast(0.00012 as varchar)', '1.2E-4'],
    ['cast(-1e20 as varchar)', '-1.0E20'],
    ['cast(true as varchar)', 'true'],
    ["cast('TRUE' as boolean)", 'true'],
    ['cast(1 as boolean)', 'true'],
    ["cast('abc' as varchar(2))", 'ab'],
    ["cast('2020-06-17' as date)", '2020-06-17'],
    ["cast('2020-06-17 01:02:03' as timestamp)", '2020-06-17 01:02:03.000'],
    ["try_cast('2020-06-17T01:02:03Z' as timestamp)", 'null'],
    ["cast(timestamp '2020-06-17 01:02:03' as date)", '2020-06-17'],
    ["cast(timestamp '2020-06-17 01:02:03' as varchar)", '2020-06-17 01:02:03.000'],
    ["cast(array['1', '2'] as array(bigint))", '[1,2]'],
    ['cast(map(array[1], array[2]) as json)', '{"1":2}'],
    ['typeof(x / 2.0)', 'double'],
    ["typeof(array['a'])", 'array(varchar)']
  ],
  'SLS "Comparison operators"': [
    ['x between 2 and 3', 'false,true,true'],
    ['x not between 2 and 3', 'true,false,false'],
    ["w in ('a', 'c')", 'true,false,true'],
    ["w not in ('a')", 'false,true,false'],
    ['x in (select max(x) from log)', 'false,false,true'],
    ["w like 'a%'", 'true,false,true'],
    ["'50%' like '50!%' escape '!'", 'true'],
    ["'a_c' not like 'a!_c' escape '!'", 'false'],
    ['y is null', 'false,true,false'],
    ['y is not null', 'true,false,true'],
    ['y is distinct from null', 'true,false,true'],
    ['x <> 2 and not x = 3 or x != x', 'true,false,false'],
    ['x = 1.0', 'true,false,false'],
    ["'B' < 'a'", 'true'],
    ['exists (select 1 from log where x = 9)', 'false'],
    ['(select sum(x) from log)', '6']
  ]
}

/** Pages whose expressions give one value for all logs, or the same one for each. */
const AGGREGATES = new Set([
  'SLS "General aggregate functions"',
  'SLS "Approximate functions"',
  'SLS "Map mapping functions and operators"',
  'SLS "Mathematical statistics functions"'
])

let sls: SlsSandbox
beforeAll(async () => {
  const long = { type: 'long', doc_value: true }
  const keys = { x: long, y: long, w: { type: 'text', token: [], doc_value: true } }
  sls = await startSls({ now: () => NOW_MS }, { ...SLS_INDEX, keys })
  const logs: Array<Record<string, string>> = [
    { x: '1', y: '10', w: 'a' },
    { x: '2', w: 'b' },
    { x: '3', y: '30', w: 'a' }
  ]
  const group = encodeGroup(logs.map((fields, i) => ({ time: NOW_S + 60 * i, fields })))
  expect((await putGroup(sls.server.port, group, { dateMs: NOW_MS })).status).toBe(200)
})
afterAll(() => sls.close())

/** The values for the three logs by x, one where they are all the same. */
async function answer(expression: string, page: string): Promise<string> {
  const sql = AGGREGATES.has(page)
    ? `select ${expression} as v from log`
    : `select v from (select x, ${expression} as v from log) order by x`
  const query = { from: NOW_S - 60, to: NOW_S + 3600, query: `* | ${sql}` }
  const { rows } = await sls.service.query('my-audit', 'ecs-events', query)
  const values = rows.map((row) => row['v'] ?? 'missing')
  return new Set(values).size === 1 ? (values[0] ?? '') : values.join()
}

describe.each(Object.entries(PAGES))('%s', (page, rows) => {
  test.each(rows)('%s is %s', async (expression, expected) => {
    expect(await answer(expression, page)).toBe(expected)
  })

  test('every function of the page is asked', () => {
    const asked = new Set(
      rows.flatMap(([expression]) => [...expression.matchAll(/\w+/g)].map(([word]) => word.toLowerCase()))
    )
    const documented = [...FUNCTIONS].filter(([, overloads]) => overloads.some((overload) => overload.page === page))
    expect(documented.map(([name]) => name).filter((name) => !asked.has(name))).toEqual([])
  })
})

test('every function that is served has a page here', () => {
  const pages = new Set([...FUNCTIONS.values()].flatMap((overloads) => overloads.map(({ page }) => page)))
  expect([...pages].filter((page) => PAGES[page] === undefined)).toEqual([])
})
