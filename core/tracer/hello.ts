import type { TargetHello } from '../protocol/target-wire.ts';
import { STUDIO_VERSION, TARGET_WIRE_VERSION } from '../protocol/version.ts';

/** Which worker of a cluster it is (Node has loaded `cluster` in one, and only there); or the title that its user gave it. */
function titleOf(): { title?: string } {
  const { moduleLoadList } = process as { readonly moduleLoadList?: readonly string[] };
  if (Array.isArray(moduleLoadList) && moduleLoadList.includes('NativeModule internal/cluster/child')) {
    const id = (process.getBuiltinModule('node:cluster') as unknown as { worker?: { id: number } }).worker?.id;
    if (id !== undefined) return { title: `cluster worker ${id}` };
  }
  return process.execArgv.some((word) => word.startsWith('--title')) ? { title: process.title } : {};
}

/** Who this process is, and where its clock stands. `secret` is empty where nobody asks for it. */
export function targetHello(secret: string, isChild = false): TargetHello {
  // Node loads `performance` when it is first asked for: not between the two clocks.
  const { timeOrigin } = performance;
  const monotonicNs = process.hrtime.bigint();
  const epochNs = BigInt(Math.round(timeOrigin * 1000)) * 1000n + BigInt(Math.round(performance.now() * 1e6));
  return {
    wire: TARGET_WIRE_VERSION,
    tracer: STUDIO_VERSION,
    secret,
    pid: process.pid,
    ppid: process.ppid,
    nodeVersion: process.version,
    execPath: process.execPath,
    execArgv: process.execArgv,
    argv: process.argv,
    ...titleOf(),
    ...(isChild && { isChild }),
    cwd: process.cwd(),
    platform: process.platform,
    arch: process.arch,
    monotonicNs: String(monotonicNs),
    epochNs: String(epochNs),
  };
}
