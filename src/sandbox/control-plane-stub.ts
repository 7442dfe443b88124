import type { SandboxAnswer, SandboxService } from './loopback-server.ts'

/**
 * Holds the place of ECS and the load balancers, which the sandbox does not serve yet: every call gets an honest 501 in
 * the form of an OpenAPI error, never a pretended success.
 */
export class ControlPlaneStub implements SandboxService {
  readonly name = 'control-plane'

  operationOf(): string {
    return 'Unknown'
  }

  handle(): Promise<SandboxAnswer> {
    return Promise.resolve(this.errorAnswer())
  }

  errorAnswer(): SandboxAnswer {
    const error = { Code: 'NotImplemented', Message: 'The sandbox does not serve ECS and load balancer calls yet.' }
    return { status: 501, headers: { 'content-type': 'application/json' }, body: JSON.stringify(error) }
  }
}
