/** A saved search as CreateSavedSearch takes it. */
export function savedSearchBody(savedsearchName: string) {
  return {
    savedsearchName,
    displayName: 'Denied',
    logstore: 'ecs-events',
    topic: '',
    searchQuery:
      "kind: action | select count(distinct event_key) as decisions from log where decision = 'skipped' limit 1"
  }
}

/** A chart of the current generation at a place of the grid. */
export function chartBody(
  title: string,
  place: { xPos?: number; yPos?: number; width?: number; height?: number } = {}
) {
  return {
    title,
    type: 'tablepro',
    search: {
      chartQueries: [
        {
          name: 'A',
          datasource: 'logstore',
          region: 'cn-hangzhou',
          project: 'my-audit',
          logstore: 'ecs-events',
          query: '* | select instance_id from log limit 100'
        }
      ],
      start: '-3600s',
      end: 'now'
    },
    display: {
      version: 2,
      ...{ xPos: 0, yPos: 0, width: 12, height: 8, ...place },
      basicOptions: { displayName: 'Released' }
    },
    action: {}
  }
}

/** A dashboard as CreateDashboard takes it. */
export function dashboardBody(dashboardName: string, charts: readonly unknown[] = [chartBody('released')]) {
  return { dashboardName, displayName: 'Released', description: '', attribute: { type: 'grid' }, charts }
}

/** An alert of version 2 as CreateAlert takes it. */
export function alertBody(name: string, configuration: Readonly<Record<string, unknown>> = {}) {
  return {
    name,
    displayName: 'Release storm',
    description: '',
    schedule: { type: 'FixedRate', interval: '5m' },
    configuration: {
      version: '2.0',
      type: 'default',
      dashboard: 'internal-alert-analysis',
      queryList: [alertQuery()],
      groupConfiguration: { type: 'no_group', fields: [] },
      severityConfigurations: [{ severity: 8, evalCondition: { condition: 'cnt > 0', countCondition: '' } }],
      threshold: 1,
      autoAnnotation: true,
      sendResolved: false,
      noDataFire: false,
      noDataSeverity: 6,
      labels: [],
      annotations: [{ key: 'title', value: 'Storm' }],
      policyConfiguration: { alertPolicyId: 'sls.builtin.dynamic', actionPolicyId: 'people', repeatInterval: '5m' },
      ...configuration
    }
  }
}

/** One query of an alert. */
export function alertQuery(change: Readonly<Record<string, unknown>> = {}) {
  return {
    storeType: 'log',
    region: 'cn-hangzhou',
    project: 'my-audit',
    store: 'ecs-events',
    query: 'state: Deleted | select count(distinct event_key) as cnt from log limit 1',
    timeSpanType: 'Relative',
    start: '-5m',
    end: 'now',
    powerSqlMode: 'auto',
    ...change
  }
}
