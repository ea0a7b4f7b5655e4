import type { SwitchView } from '../contract/sandbox.ts'
import type { Switch } from '../domain/switch.ts'

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
