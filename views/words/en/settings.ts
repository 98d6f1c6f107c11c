/** The settings of this browser, in English. */
export const settings = {
  title: 'Settings',
  theme: 'Theme',
  themes: { auto: 'Auto', light: 'Light', dark: 'Dark' },
  density: 'Density',
  densities: { comfortable: 'Comfortable', compact: 'Compact' },
  enter: 'The Enter key',
  enters: {
    auto: 'Sends; on a phone it adds a line',
    sends: 'Always sends',
    line: 'Adds a line; Ctrl Enter sends',
  },
  sound: 'Sound',
  notices: 'Notices on this computer',
  noticesNeedHttps: 'Notices need an HTTPS address; the sound works everywhere.',
  private: 'Private messages',
  languageLater: 'The language changes when the page is loaded next: this browser keeps no drafts.',
}
