import { AGGREGATE_FUNCTIONS, WINDOW_FUNCTIONS } from './aggregate-functions.ts'
import { COLLECTION_FUNCTIONS } from './collection-functions.ts'
import type { FunctionSpec } from './function-spec.ts'
import { JSON_FUNCTIONS } from './json-functions.ts'
import { NUMBER_FUNCTIONS } from './number-functions.ts'
import { TEXT_FUNCTIONS } from './text-functions.ts'
import { TIME_FUNCTIONS } from './time-functions.ts'

const ALL: readonly FunctionSpec[] = [
  ...AGGREGATE_FUNCTIONS,
  ...WINDOW_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...COLLECTION_FUNCTIONS
]

/** Every function that the sandbox serves, by name; each with its overloads. */
export const FUNCTIONS: ReadonlyMap<string, readonly FunctionSpec[]> = new Map(
  ALL.map(({ name }) => [name, ALL.filter((spec) => spec.name === name)])
)

/** Functions of the service that the sandbox can't answer as the service would: geography, machine learning, sketches. */
export const KNOWN_ELSEWHERE: ReadonlySet<string> = new Set(
  `ip_to_city ip_to_city_geo ip_to_country ip_to_country_code ip_to_geo ip_to_provider ip_to_province ip_prefix ip_subnet_min
   ip_subnet_max ip_subnet_range is_prefix_subnet_of security_check_ip security_check_domain security_check_url geohash
   time_series ts_compare checksum numeric_histogram current_time localtime date_parse_joda
   normalize sha512 crc32 xxhash64 shuffle ngrams combinations multimap_from_entries map_union row_field width_bucket
   regexp_count regexp_position word_stem to_milliseconds human_readable_seconds parse_duration cosine_similarity
   anomaly_compare ts_predicate_simple ts_predicate_arma ts_smooth_simple ts_cp_detect_simple url_classify`.split(/\s+/)
)
