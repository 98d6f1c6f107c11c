import { holds } from './in-suite'
import { unhindered } from './starvation'

holds(unhindered)
