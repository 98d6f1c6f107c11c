import { holds } from './in-suite'
import { slow } from './slow-readers'

holds(slow)
