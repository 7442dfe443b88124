// Loaded into a process of the service before it starts (`node --import`): the trial turns its wall clock and its name
// resolution by messages `{ offsetMs }` and `{ resolves }`.
import dns from 'node:dns'

const MachineDate = Date
const { lookup } = dns
let offsetMs = 0
let resolves = true

globalThis.Date = class extends MachineDate {
  constructor(...given) {
    if (given.length === 0) super(MachineDate.now() + offsetMs)
    else super(...given)
  }

  static now() {
    return MachineDate.now() + offsetMs
  }
}

dns.lookup = (hostname, options, callback = options) => {
  if (resolves) return lookup(hostname, options, callback)
  const fault = { code: 'EAI_AGAIN', errno: -3001, syscall: 'getaddrinfo', hostname }
  process.nextTick(callback, Object.assign(new Error(`getaddrinfo EAI_AGAIN ${hostname}`), fault))
}

process.on('message', (message) => {
  if (typeof message !== 'object' || message === null) return
  if ('offsetMs' in message) offsetMs = Number(message.offsetMs)
  if ('resolves' in message) resolves = Boolean(message.resolves)
})
process.channel?.unref()
