import { ROLES, type Role } from '../provision/permissions/permission-table.ts'

/** How policies can be printed. */
export const POLICY_FORMATS = ['text', 'json'] as const

/** Whose policies can be printed. */
export const ROLE_NAMES = Object.keys(ROLES) as Role[]
