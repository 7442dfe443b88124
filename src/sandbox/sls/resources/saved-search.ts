import { z } from 'zod'
import { SlsError } from '../sls-error.ts'
import { type ResourceKind, readForm } from './resource-kind.ts'

const form = z.object({
  displayName: z.string().min(1),
  logstore: z.string().min(1),
  searchQuery: z.string().min(1),
  topic: z.string().default('')
})

/** The service refuses 65,535 characters, and tells no number. */
const MAX_CHARACTERS = 65_534

/** Saved searches (SLS "CreateSavedSearch"): five members, no more. That the logstore exists is not asked. */
export const SAVED_SEARCH: ResourceKind = {
  name: 'SavedSearch',
  nameKey: 'savedsearchName',
  read: (body, name) => {
    const { displayName, logstore, topic, searchQuery } = readForm(body, form)
    if (searchQuery.length > MAX_CHARACTERS) {
      throw new SlsError('PostBodyInvalid', 'The savedsearch configuration is too long.')
    }
    return { savedsearchName: name, displayName, logstore, topic, searchQuery }
  },
  checkName: (name) => {
    if (name.length < 3 || name.length > 63) {
      throw new SlsError('ParameterInvalid', `savedsearch name ${name} is invalid`)
    }
  },
  missing: () => new SlsError('SavedSearchNotExist', 'specified savedsearch does not exist'),
  // Unknown in the service: the words and the code of a dashboard's.
  exists: () => new SlsError('ParameterInvalid', 'specified savedsearch already exists'),
  full: () => new SlsError('ExceedQuota', 'savedsearch quota exceed')
}
