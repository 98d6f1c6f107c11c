import { ChatError, type ProblemCode } from './errors'
import { serverLimits } from './limits'
import { type StorageReason, storageReasonOf } from '../store/storage-fault'

const codes = {
  full: 'storage_full',
  read_only: 'storage_read_only',
  failed: 'storage_failed',
} as const satisfies Record<StorageReason, ProblemCode>

/** What to tell people when the disk is to blame; null for any other fault. */
export function storageProblem(thrown: unknown): ChatError | null {
  const reason = storageReasonOf(thrown)
  return reason === null ? null : new ChatError(codes[reason], serverLimits.storageRetryMs)
}
