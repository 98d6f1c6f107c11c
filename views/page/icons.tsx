/** Every picture of the page, drawn once; places refer to them by name. */
export function IconSymbols() {
  return (
    <svg class="symbols" aria-hidden="true">
      {Object.entries(icons).map(([name, path]) => (
        <symbol id={`icon-${name}`} viewBox="0 0 24 24">
          <path d={path} />
        </symbol>
      ))}
      {Object.entries(stamps).map(([name, path]) => (
        <symbol id={`stamp-${name}`} viewBox="-6 -6 36 36">
          <path d={path} />
        </symbol>
      ))}
    </svg>
  )
}

/** Takes a name; gives the icon. `dir` marks one that points along the line and is mirrored. */
export function Icon({ name, dir }: { name: keyof typeof icons; dir?: boolean }) {
  return (
    <svg class={dir === true ? 'ic ic--dir' : 'ic'} aria-hidden="true">
      <use href={`#icon-${name}`} />
    </svg>
  )
}

const icons = {
  menu: 'M4 7h16M4 12h16M4 17h10',
  people:
    'M9 11.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4M3 19c.6-3.2 3-5 6-5s5.4 1.8 6 5M16 5.5' +
    'a3 3 0 0 1 0 5.5M18 14.5c1.7.7 2.7 2.3 3 4.5',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.5 15.5 20 20',
  plus: 'M12 5v14M5 12h14',
  room: 'M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16',
  lock: 'M6.5 10.5h11v9h-11ZM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5',
  pencil: 'M4 20l1-4L16 5l3 3L8 19ZM14 7l3 3',
  copy: 'M9 9h10v11H9ZM5 15V4h10v2',
  bin: 'M5 7h14M9 7V4.5h6V7M7 7l1 13h8l1-13',
  more: 'M5 12v.1M12 12v.1M19 12v.1',
  moon: 'M19.5 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10 10.5Z',
  gear:
    'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6M12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8' +
    'M16.6 16.6l1.8 1.8M5.6 18.4l1.8-1.8M16.6 7.4l1.8-1.8',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15ZM10 20.5h4',
  reply: 'M9.5 6.5 4 12l5.5 5.5M4 12h9.5a6 6 0 0 1 6 6v1',
  link:
    'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0' +
    ' 5.7 5.7l1.2-1.2',
  face:
    'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M9 9.8v.1M15 9.8v.1M8.3 14c1.8 2.6 5.6 2.6' +
    ' 7.4 0',
  unread: 'M4 6h16v12H4ZM4 7l8 6 8-6',
  send: 'M5 12h14M13 6l6 6-6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  back: 'M19 12H5M11 6l-6 6 6 6',
  minus: 'M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  leave: 'M14 4H7a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h7M10 12h10M16.5 8.5 20 12l-3.5 3.5',
  clip: 'M8 12.5 14.5 6a3 3 0 0 1 4.3 4.3L10 19a4.8 4.8 0 0 1-6.8-6.8l8-8',
  file: 'M7 3.5h7l4 4v13H7ZM14 3.5v4h4',
  alert: 'M12 3.5 2.5 20h19ZM12 10v4.5M12 17.2v.1',
}

// Drawn with a brush's economy: few strokes, recognisable at 28 pixels.
const stamps = {
  mountain: 'M1.5 19 9 6l4.5 7.5M11 17l5-7 6.5 9ZM6.8 10l2.2 1.5 2-1.5',
  wave:
    'M1.5 9c3.5 0 3.5-4 7-4s3.5 4 7 4 3.5-4 7-4M1.5 14c3.5 0 3.5-4 7-4s3.5 4 7 4 3.5-4 7-4' +
    'M1.5 19c3.5 0 3.5-4 7-4s3.5 4 7 4 3.5-4 7-4',
  moon: 'M19.5 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10 10.5ZM17 4.5v4M15 6.5h4',
  sun:
    'M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M12 1.5v2.5M12 20v2.5M1.5 12H4M20 12h2.5' +
    'M4.6 4.6l1.7 1.7M17.7 17.7l1.7 1.7M4.6 19.4l1.7-1.7M17.7 6.3l1.7-1.7',
  leaf: 'M4 20C3 9 9 3 21 3c.5 12-6 18-14 15M4 20c2-5 5-8.5 10-11',
  fish:
    'M2 12c3.5-7 11-7.5 15 0 1.5-2.5 3-4 5-4.5-1 3-1 6 0 9-2-.5-3.5-2-5-4.5-4 7.5-11.5 7-15 0Z' +
    'M7 11.2v.1',
  bird:
    'M2.5 10 6 8.5C6.5 5.5 9 4 11.5 5c3 1.2 3 5 6 6.5 1.7.9 3.2 1 4.5 1-1.5 4-5 6.5-9 6.5-4.5' +
    ' 0-7.5-3.5-7-10.5M9 8.2v.1M12 19v3',
  cup:
    'M4 10h13v4.5A5.5 5.5 0 0 1 11.5 20h-2A5.5 5.5 0 0 1 4 14.5Z' +
    'M17 11.5h1.5a2.5 2.5 0 0 1 0 5H17M8 3c-1.2 1.5 1.2 2.5 0 4M13 3c-1.2 1.5 1.2 2.5 0 4',
  boat: 'M2 17h20l-3 4H5ZM11 14V2.5L3.5 14ZM14 14h6c-.5-4-2.5-7-6-8.5Z',
  star: 'm12 2.5 2.9 6.3 6.9.8-5.1 4.7 1.4 6.8L12 17.7l-6.1 3.4 1.4-6.8-5.1-4.7 6.9-.8Z',
  flower:
    'M12 14.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4M12 9.8c-4-3-2.5-8 0-8s4 5 0 8M14.1 11.3' +
    'c1.6-4.7 6.8-5 7.6-2.6s-3.5 5.3-7.6 2.6M13.3 13.8c5 .1 6.9 4.9 4.9 6.4s-6.6-1.5-4.9-6.4' +
    'M10.7 13.8c1.7 4.9-2.9 7.9-4.9 6.4s-.1-6.3 4.9-6.4' +
    'M9.9 11.3c-4.1 2.7-8.4-.2-7.6-2.6s6-2.1 7.6 2.6',
}
