import type { ChatClient } from './client'
import type { Heard } from './frames'

/** Sends a request about a message and waits for its own answer, however often one like it came. */
export async function answered(
  socket: ChatClient,
  frame: { client_id: string } & object,
): Promise<Heard> {
  const before = socket.heard.length
  socket.send(frame)
  const isAnswer = (item: Heard): boolean =>
    (item.type === 'accepted' || item.type === 'refused') && item.client_id === frame.client_id
  return socket.until(
    (item) => isAnswer(item) && socket.heard.lastIndexOf(item) >= before,
    `an answer to ${frame.client_id}`,
  )
}
