import { holds } from './in-suite'
import { discreet } from './logs'

holds(discreet)
