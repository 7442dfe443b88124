import type { Language } from './format.ts'

/** Every text of the page itself, in both languages. */
const WORDS = {
  product: ['ecs-audit', 'ecs-audit'],
  skip: ['Skip to the content', '跳到内容'],
  dashboards: ['Dashboards', '仪表盘'],
  search: ['Find an instance', '查找实例'],
  searchHint: ['Instance id, name or address', '实例 ID、名称或地址'],
  searchKey: ['Press / to search', '按 / 搜索'],
  found: ['Instances found', '找到的实例'],
  foundNothing: ['No instance found', '未找到实例'],
  range: ['Time range', '时间范围'],
  rangeDefault: ['As each chart says', '各图表默认'],
  rangeHour: ['Last hour', '最近 1 小时'],
  rangeDay: ['Last 24 hours', '最近 24 小时'],
  rangeWeek: ['Last 7 days', '最近 7 天'],
  rangeMonth: ['Last 30 days', '最近 30 天'],
  rangeLast: ['Last', '最近'],
  rangeCustom: ['From … to …', '自定义'],
  from: ['From', '从'],
  to: ['To', '到'],
  apply: ['Apply', '应用'],
  refresh: ['Refresh', '刷新'],
  refreshOff: ['Refresh: off', '自动刷新：关'],
  refreshEvery: ['Refresh by itself', '自动刷新'],
  language: ['Language', '语言'],
  theme: ['Colours', '配色'],
  themeAuto: ['Colours: auto', '配色：自动'],
  zone: ['Time zone', '时区'],
  zoneLocal: ['local', '本地'],
  themeLight: ['Light', '浅色'],
  themeDark: ['Dark', '深色'],
  all: ['All', '全部'],
  auto: ['Auto', '自动'],
  clear: ['Clear', '清除'],
  filterHint: ['Type to narrow', '输入以筛选'],
  addValue: ['Filter by', '筛选'],
  moreValues: ['more: type to narrow', '更多：请输入以筛选'],
  loading: ['Loading', '加载中'],
  empty: ['Nothing in this time range', '该时间范围内没有数据'],
  failed: ['This chart could not be loaded', '无法加载该图表'],
  failedAlike: ['Could not be loaded, see above', '无法加载，见上方'],
  troubleTitle: ['The logstore could not be asked', '无法查询日志库'],
  nothingTitle: ['The log tells nothing of this time', '该时间范围内没有任何日志'],
  nothingHint: [
    'Choose a longer time range or fewer filters. On a new installation: events appear here once “ecs-audit run” has received the first ones.',
    '请选择更长的时间范围或减少筛选条件。新安装时，“ecs-audit run”收到首批事件后才会显示。'
  ],
  retry: ['Try again', '重试'],
  incomplete: ['Incomplete', '结果不完整'],
  incompleteHint: [
    'The service had not read every log when it answered: refresh, or choose a shorter time.',
    '服务返回时尚未读完所有日志：请刷新或缩短时间范围。'
  ],
  cut: ['Cut', '已截断'],
  cutHint: ['There may be more rows than the query allows.', '结果可能超过查询允许的行数。'],
  unknownChart: ['Only the SLS console draws charts of this type', '该类型的图表只能在 SLS 控制台中查看'],
  badColumns: ['The answer lacks a column that this chart names', '查询结果缺少该图表所需的列'],
  asTable: ['Show as a table', '以表格显示'],
  asChart: ['Show as a chart', '以图表显示'],
  showQuery: ['Query', '查询语句'],
  download: ['Download CSV', '下载 CSV'],
  more: ['More', '更多'],
  row: ['row', '行'],
  rows: ['rows', '行'],
  page: ['Page', '第'],
  of: ['of', '共'],
  previous: ['Previous page', '上一页'],
  next: ['Next page', '下一页'],
  updated: ['Updated', '更新于'],
  instance: ['Instance', '实例'],
  back: ['Back to the dashboards', '返回仪表盘'],
  neverSeen: ['The log knows nothing of this instance', '日志中没有该实例的记录'],
  neverSeenHint: [
    'Check its id. What is older than the logstore keeps is gone.',
    '请检查实例 ID；超过日志保存时间的记录已被清除。'
  ],
  created: ['Created', '创建'],
  released: ['Released', '释放'],
  alive: ['Not released', '未释放'],
  unseen: ['Before the log begins', '早于日志'],
  lived: ['Lived', '存活时长'],
  livedAtLeast: ['Seen for', '可见时长'],
  stateNow: ['State', '状态'],
  stateBefore: ['State before its release', '释放前状态'],
  region: ['Region', '地域'],
  account: ['Account', '账号'],
  snapshot: ['As it was while it lived', '存活时的信息'],
  timeline: ['Timeline', '时间线'],
  timelineHint: [
    'Arrow keys move, + and − zoom, 0 shows the whole life. Drag to choose a part.',
    '方向键移动，+ 和 − 缩放，0 显示全部。拖动以选择一段。'
  ],
  whole: ['Whole life', '全部'],
  zoomIn: ['Zoom in', '放大'],
  zoomOut: ['Zoom out', '缩小'],
  earlier: ['Earlier', '更早'],
  later: ['Later', '更晚'],
  theEnd: ['Last 10 minutes', '最后 10 分钟'],
  laneState: ['State', '状态'],
  laneNotice: ['Notices', '通知'],
  laneMaintenance: ['Maintenance', '运维'],
  laneAction: ['Actions', '操作'],
  laneOther: ['Other events', '其他事件'],
  records: ['Everything that happened', '全部记录'],
  when: ['When', '时间'],
  sinceStart: ['Since its beginning', '距开始'],
  what: ['What', '事件'],
  details: ['Details', '详情'],
  lasted: ['Lasted', '持续'],
  noTime: ['No time told', '无时间'],
  notice: ['Interruption notice', '中断通知'],
  margin: ['time left', '剩余时间'],
  late: ['too late by', '迟到'],
  took: ['took', '耗时'],
  lost: ['capacity lost for', '容量缺失'],
  attempt: ['attempt', '第几次'],
  arrived: ['arrived after', '到达延迟'],
  forInstance: ['for', '对象'],
  showContent: ['Content', '内容'],
  show: ['Show', '显示'],
  noDashboards: ['There are no dashboards', '没有仪表盘'],
  serverGone: ['The page’s server does not answer', '页面服务器没有响应'],
  serverGoneHint: ['Is ecs-audit still running?', 'ecs-audit 是否仍在运行？'],
  notFound: ['There is no such page', '页面不存在']
} as const satisfies Record<string, readonly [en: string, zh: string]>

export type Word = keyof typeof WORDS

/** A text of the page in a language. */
export function wordIn(language: Language, word: Word): string {
  return WORDS[word][language === 'zh' ? 1 : 0]
}

const STATES: Readonly<Record<string, string>> = {
  Pending: '创建中',
  Created: '已创建',
  Starting: '启动中',
  Running: '运行中',
  Stopping: '停止中',
  Stopped: '已停止',
  Deleted: '已释放'
}

/** A state of an instance as people of the language call it. */
export function stateIn(language: Language, state: string): string {
  return language === 'zh' ? (STATES[state] ?? state) : state
}

const ACTIONS: Readonly<Record<string, string>> = { restart: '重启', drain: '流量摘除', replace: '替换' }

/** An action as people of the language call it. */
export function actionIn(language: Language, action: string): string {
  return language === 'zh' ? (ACTIONS[action] ?? action) : action
}

const DECISIONS: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  intent: ['intends to', '计划'],
  done: ['done', '完成'],
  skipped: ['skipped', '跳过'],
  failed: ['failed', '失败'],
  gave_up: ['gave up', '放弃'],
  would_do: ['would do', '演练']
}

/** An action's decision in words. */
export function decisionIn(language: Language, decision: string): string {
  return DECISIONS[decision]?.[language === 'zh' ? 1 : 0] ?? decision
}

const FACT_NAMES: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  instance_name: ['Name', '名称'],
  instance_type: ['Type', '规格'],
  zone_id: ['Zone', '可用区'],
  charge_type: ['Charge type', '付费类型'],
  spot_strategy: ['Spot strategy', '抢占策略'],
  private_ip: ['Private address', '私网地址'],
  public_ip: ['Public address', '公网地址'],
  vpc_id: ['VPC', '专有网络'],
  image_id: ['Image', '镜像'],
  resource_group_id: ['Resource group', '资源组'],
  tags: ['Tags', '标签']
}

/** The name of a snapshot's field. */
export function factIn(language: Language, field: string): string {
  return FACT_NAMES[field]?.[language === 'zh' ? 1 : 0] ?? field
}
