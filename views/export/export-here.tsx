import type { View } from '../view'

/** Saves what this browser has of the open room as a text file; hidden without JavaScript. */
export function ExportHere({ view }: { view: View }) {
  const { exporting, roomFile } = view.words
  return (
    <fieldset
      class="settings__group"
      id="export-here"
      hidden
      data-one={exporting.done.one}
      data-other={exporting.done.other}
      data-edited={`(${roomFile.edited})`}
      data-room={exporting.room}
      data-range={exporting.range}
      data-range-loaded={exporting.rangeLoaded}
      data-range-device={exporting.rangeDevice}
      data-messages={exporting.messages}
      data-zone={exporting.zone}
      data-software={exporting.software}
      data-missing={exporting.missing}
      data-missing-note={exporting.missingNote}
    >
      <legend>{exporting.here}</legend>
      <label class="settings__row">
        <input type="radio" name="export-range" value="loaded" checked />{' '}
        <span id="export-loaded" data-label={exporting.loaded}></span>
      </label>
      <label class="settings__row">
        <input type="radio" name="export-range" value="device" />{' '}
        <span id="export-device" data-label={exporting.device}></span>
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
