import { encode } from 'uqr'

/** A QR code of a text, in black on white in every theme, as cameras want it. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: quietModules })
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`}>
      <path fill="#fff" d={`M0 0h${size}v${size}h-${size}z`} />
      <path fill="#000" d={data.map(drawRow).join('')} />
    </svg>
  )
}

/** Four modules, as ISO/IEC 18004 asks for. */
const quietModules = 4

function drawRow(modules: boolean[], y: number): string {
  return modules.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')).join('')
}
