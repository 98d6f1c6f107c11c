import { holds } from './in-suite'
import { rejoined } from './reconnect'

holds(rejoined)
