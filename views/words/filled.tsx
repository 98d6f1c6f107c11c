import { splitNames } from '../../src/shared/text'

/** A filled sentence in an element: each name stands in one of its own, and looks like a name. */
export function Filled({ text }: { text: string }) {
  return (
    <>
      {splitNames(text).map((part, n) =>
        n % 2 === 0 ? (
          part
        ) : (
          <b>
            <bdi>{part}</bdi>
          </b>
        ),
      )}
    </>
  )
}
