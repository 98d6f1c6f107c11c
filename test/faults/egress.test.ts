import { alone } from './egress'
import { holds } from './in-suite'

holds(alone)
