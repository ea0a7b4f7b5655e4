import type { DrillView, SwitchView } from '../contract/sandbox.ts'
import { type Drill, expected } from '../domain/drill.ts'
import type { Switch } from '../domain/switch.ts'
import type { Language } from './locale.ts'

export const showSwitch = (one: Switch): SwitchView => ({
  id: one.id,
  object: 'sandbox_switch',
  kind: one.kind,
  times: one.times,
  left: one.left,
  target: {
    ...(one.keyId !== null && { key_id: one.keyId }),
    ...(one.sessionId !== null && { session_id: one.sessionId }),
    ...(one.endpointId !== null && { endpoint_id: one.endpointId }),
  },
  delay_ms: one.delayMs,
  method: one.method,
  path: one.path,
  created_at: one.createdAt,
})

export const showDrill = (drill: Drill, language: Language): DrillView => ({
  id: drill.id,
  object: 'webhook_drill',
  endpoint_id: drill.endpointId,
  status: drill.status,
  verdict: drill.verdict,
  checks: drill.checks.map(({ name, status, seen }) => ({
    name,
    status,
    expected: expected[name][language],
    seen: seen && seen[language],
  })),
  created_at: drill.createdAt,
  finished_at: drill.finishedAt,
})
