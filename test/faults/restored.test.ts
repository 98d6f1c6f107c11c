import { holds } from './in-suite'
import { restored } from './restored'

holds(restored)
