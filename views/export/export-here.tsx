import type { View } from '../view'

/** Saves what this browser has of the open room as a text file; hidden without JavaScript. */
export function ExportHere({ view }: { view: View }) {
  const { exporting, roomFile } = view.words
  return (
    <fieldset
      class="settings__group"
      id="export-here"
      hidden
      data-words={JSON.stringify(exporting)}
      data-edited={`(${roomFile.edited})`}
    >
      <legend>{exporting.here}</legend>
      <label class="settings__row">
        <input type="radio" name="export-range" value="loaded" checked />{' '}
        <span id="export-loaded"></span>
      </label>
      <label class="settings__row">
        <input type="radio" name="export-range" value="device" /> <span id="export-device"></span>
      </label>
      <label class="settings__row" id="export-private-row" hidden>
        <input type="checkbox" id="export-private" /> {exporting.private}
      </label>
      <button class="btn" id="export-save" type="button">
        {exporting.save}
      </button>
      <progress id="export-progress" max="1" aria-label={exporting.progress} hidden></progress>
      <p class="settings__note" id="export-done" role="status"></p>
    </fieldset>
  )
}

/** The same as the whole settings of a room, while the server cannot be reached. */
export function ExportAway({ view }: { view: View }) {
  return (
    <template id="export-away">
      <div class="stack">
        <h2 id="panel-title">{view.words.exporting.title}</h2>
        <ExportHere view={view} />
      </div>
    </template>
  )
}
