import { diskFull } from './disk'
import { holds } from './in-suite'

holds(diskFull)
