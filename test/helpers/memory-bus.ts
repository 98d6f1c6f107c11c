import type { Bus, Channel } from '../../src/server/bus'

type Hearer = {
  channel: Channel
  hear: (text: string, node: string) => void
  onGap: (() => void) | undefined
}

/** What happens to one message between two nodes: it is lost, or comes after so many ms. */
export type Fate = 'lost' | number

export type MemoryBus = Bus & {
  /** Cuts this node off, or connects it again. */
  setUp: (isUp: boolean) => void
}

/** A bus within one process, whose messages have the fate that `fate` gives them. */
export function createMemoryBuses(fate: () => Fate): (node: string) => MemoryBus {
  const nodes = new Map<string, { hearers: Hearer[]; isUp: boolean }>()
  return (node) => {
    const own = { hearers: new Array<Hearer>(), isUp: true }
    nodes.set(node, own)
    return {
      node,
      send(channel, text) {
        // PostgreSQL takes 8,000 bytes with the name of the node.
        if (Buffer.byteLength(JSON.stringify(text)) > 7_700) throw new Error('too long')
        for (const [name, other] of nodes) {
          const what = fate()
          if (name === node || !own.isUp || what === 'lost') continue
          const arrive = (): void => {
            if (!other.isUp || nodes.get(name) !== other) return
            for (const one of other.hearers) if (one.channel === channel) one.hear(text, node)
          }
          if (what === 0) arrive()
          else setTimeout(arrive, what)
        }
      },
      subscribe: (channel, hear, onGap) => void own.hearers.push({ channel, hear, onGap }),
      isUp: () => own.isUp,
      setUp(isUp) {
        own.isUp = isUp
        if (isUp) for (const { onGap } of own.hearers) onGap?.()
      },
      close: async () => void nodes.delete(node),
    }
  }
}
