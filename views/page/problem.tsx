import { fill } from '../../src/shared/text'
import { Icon } from './icons'
import { Page } from './page'
import type { View } from '../view'

/** A whole page for a problem: one sentence, and a reference to find it in the log. */
export function ProblemPage({ view, sentence, reference }: ProblemPageProps) {
  const { page } = view.words
  return (
    <Page view={view} title={page.problemTitle} user={null}>
      <main class="apology">
        <span class="seal" aria-hidden="true" lang="zh">
          室
        </span>
        <h1>{page.problemTitle}</h1>
        <p>{sentence}</p>
        {reference !== undefined && <small>{fill(page.reference, { reference })}</small>}
        <a class="btn btn--fill" href={view.paths.home()}>
          {page.back}
        </a>
      </main>
    </Page>
  )
}

/** A problem as a fragment of a page. */
export function Problem({ sentence }: { sentence: string }) {
  return (
    <p class="problem" role="alert">
      <Icon name="alert" />
      {sentence}
    </p>
  )
}

type ProblemPageProps = { view: View; sentence: string; reference?: string }
