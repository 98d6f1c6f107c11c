/** The encrypted connection, and how a device takes the server's own certificate. */
export const https = {
  use: 'Use an encrypted connection (HTTPS)',
  notices: 'Notifications need HTTPS',
  title: 'Encrypted connection (HTTPS)',
  lead:
    'Over HTTPS, nobody on the network can read or change what is sent, and browsers allow ' +
    'notifications and installing this page as an app. Everything else works without it.',
  isOn: 'This connection is encrypted.',
  own:
    'This server has made a certificate of its own, which your devices do not know. Tell each ' +
    'device once to trust it. It works for this machine and for private networks only: nobody ' +
    'can pose as another website with it.',
  compare:
    'Before you trust it, compare this SHA-256 fingerprint with the one that your device shows, ' +
    'and ask the operator, whose server printed it when it started. Without HTTPS, somebody on ' +
    'the network could have replaced the file.',
  scan: 'Scan this code with another device to open this page there.',
  systems: {
    iphone: {
      name: 'iPhone and iPad',
      file: 'Download the profile',
      steps:
        'Open Settings, tap “Profile Downloaded” and install it. Then switch it on under ' +
        'General → About → Certificate Trust Settings.',
    },
    android: {
      name: 'Android',
      file: 'Download the certificate',
      steps:
        'Search the settings for “CA certificate”, choose it under “Install a certificate”, and ' +
        'pick the downloaded file.',
    },
    windows: {
      name: 'Windows',
      file: 'Download the certificate',
      steps:
        'Open the file, choose “Install Certificate”, “Current User”, and the store “Trusted ' +
        'Root Certification Authorities”.',
    },
    mac: {
      name: 'Mac',
      file: 'Download the certificate',
      steps:
        'Open the file to add it to the keychain “login”. Double-click it there, and choose ' +
        '“Always Trust” under “Trust”.',
    },
    linux: {
      name: 'Linux',
      file: 'Download the certificate (PEM)',
      steps:
        'In Chrome, import it at chrome://certificate-manager under “Custom”, “Installed by ' +
        'you”. In Firefox, under Settings → Privacy & Security → View Certificates → Authorities.',
    },
  },
  open: 'Open over HTTPS',
  continueLead: 'In this browser you are signed in as {name}, without HTTPS.',
  continueNote: 'You are then signed out of the page without HTTPS, which others could read.',
  continueAs: 'Continue as {name}',
}
