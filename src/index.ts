// The library: `import { createService, decode } from 'ecs-audit'`.
export type { ActionPlugin, PluginContext, PluginPlan, PluginResult } from './actions/plugin/action-plugin.ts'
export { type ConfigInput, loadConfig } from './config/load.ts'
export type { Config } from './config/schema.ts'
export type { AuditEvent, Decoded, Envelope, UndecodableReason } from './events/audit-event.ts'
export { decode } from './events/decode.ts'
export { AuditError, type ErrorCode } from './lib/errors.ts'
export { createService, type Service, type ServiceOptions } from './service.ts'
export { createLog, type Log } from './telemetry/log.ts'
