import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { loadConfig } from '../src/config/load.ts'
import type { Config } from '../src/config/schema.ts'
import { parseDuration } from '../src/config/units.ts'
import { withConfigFile } from './support/harness.ts'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const objects = parseAllDocuments(read('deploy/kubernetes.yaml')).map((document) => document.toJS() as KubernetesObject)

interface KubernetesObject {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly data: Readonly<Record<string, string>>
  readonly spec: {
    readonly selector: { readonly matchLabels: object }
    readonly template: { readonly metadata: { readonly labels: object }; readonly spec: Pod }
  }
}

interface Pod {
  readonly serviceAccountName: string
  readonly terminationGracePeriodSeconds: number
  readonly securityContext: { readonly runAsNonRoot: boolean }
  readonly containers: ReadonlyArray<{
    readonly ports: ReadonlyArray<{ readonly name: string; readonly containerPort: number }>
    readonly livenessProbe: { readonly httpGet: { readonly path: string; readonly port: string } }
    readonly readinessProbe: { readonly httpGet: { readonly path: string } }
    readonly securityContext: object
    readonly volumeMounts: ReadonlyArray<{ readonly name: string; readonly mountPath: string }>
  }>
  readonly volumes: ReadonlyArray<{ readonly name: string; readonly configMap: { readonly name: string } }>
}

function the(kind: string): KubernetesObject {
  const found = objects.filter((object) => object.kind === kind)
  expect(found).toHaveLength(1)
  return found[0] as KubernetesObject
}

function mountedConfig(): Config {
  return withConfigFile(the('ConfigMap').data['ecs-audit.yaml'] ?? '', (file) => loadConfig({ file, environment: {} }))
}

describe('deploy/kubernetes.yaml', () => {
  test('its configuration is one, and serves the probes on the port that they ask', () => {
    const config = mountedConfig()
    const [container] = the('Deployment').spec.template.spec.containers
    expect(config.http).toMatchObject({ host: '0.0.0.0', port: container?.ports[0]?.containerPort })
    expect(container?.livenessProbe.httpGet).toEqual({ path: '/healthz', port: container?.ports[0]?.name })
    expect(container?.readinessProbe.httpGet.path).toBe('/readyz')
  })

  test('the grace period is longer than the stop may take', () => {
    const { terminationGracePeriodSeconds } = the('Deployment').spec.template.spec
    expect(terminationGracePeriodSeconds * 1_000).toBeGreaterThan(mountedConfig().shutdown.grace + 7_000)
  })

  test('runs without root, without capabilities, on a read-only file system', () => {
    const pod = the('Deployment').spec.template.spec
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
    expect(pod.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] }
    })
  })

  test('its parts belong together', () => {
    const { selector, template } = the('Deployment').spec
    expect(template.metadata.labels).toMatchObject(selector.matchLabels)
    expect(the('PodDisruptionBudget').spec.selector).toEqual(selector)
    expect(template.spec.serviceAccountName).toBe(the('ServiceAccount').metadata.name)
    expect(template.spec.volumes[0]?.configMap.name).toBe(the('ConfigMap').metadata.name)
    expect(template.spec.containers[0]?.volumeMounts[0]?.name).toBe(template.spec.volumes[0]?.name)
    const { namespace } = the('Deployment').metadata
    for (const { kind, metadata } of objects) if (kind !== 'Namespace') expect(metadata.namespace).toBe(namespace)
    expect(the('Namespace').metadata.name).toBe(namespace)
  })
})

describe('deploy/ecs-audit.service', () => {
  const unit = read('deploy/ecs-audit.service')
  const value = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1]

  test('stops with the signal that the service knows, and waits longer than its grace time', () => {
    const grace = parse(the('ConfigMap').data['ecs-audit.yaml'] ?? '') as {
      readonly shutdown: { readonly grace: string }
    }
    expect(value('KillSignal')).toBe('SIGTERM')
    expect(Number(value('TimeoutStopSec')) * 1_000).toBeGreaterThan((parseDuration(grace.shutdown.grace) ?? 0) + 7_000)
  })

  test('does not start again what cannot mend itself, and does what runs', () => {
    expect(value('RestartPreventExitStatus')).toBe('2 78')
    expect(value('ExecStart')).toBe(
      '/usr/bin/node /opt/ecs-audit/dist/main.js run --config /etc/ecs-audit/ecs-audit.yaml'
    )
  })
})

describe('deploy/Containerfile', () => {
  const text = read('deploy/Containerfile')

  test('takes a Node.js that the package runs on, no root, and the files that the build needs', () => {
    const { engines } = JSON.parse(read('package.json')) as { readonly engines: { readonly node: string } }
    expect(engines.node).toBe('>=20.19')
    for (const [, major] of text.matchAll(/^FROM node:(\d+)-slim/gm)) expect(Number(major)).toBeGreaterThanOrEqual(20)
    expect(text).toMatch(/^USER 1000:1000$/m)
    const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) => names.split(' '))
    const ignored = read('deploy/Containerfile.dockerignore').trim().split('\n')
    for (const name of copied) expect(ignored, name).toContain(`!${name}`)
    expect(text).toContain('ENTRYPOINT ["node", "/app/dist/main.js"]')
    expect(text).toContain('CMD ["run", "--config", "/etc/ecs-audit/ecs-audit.yaml"]')
  })
})
