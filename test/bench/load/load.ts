import { createCrowd } from './crowd'
import type { Order, Report } from './plan'

/**
 * The load generator: a process of its own, so that its work is never counted as the server's.
 * Takes orders from its parent one by one and reports each when it is done.
 */
const crowd = createCrowd()
const tell = (report: Report): void => void process.send?.(report)

process.on('message', (order: Order) => {
  if (order.do === 'end') process.exit(0)
  crowd(order).then(tell, (fault) => tell({ type: 'failed', why: String(fault) }))
})
