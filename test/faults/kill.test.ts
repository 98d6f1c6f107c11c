import { holds } from './in-suite'
import { killed } from './kill'

holds(killed)
