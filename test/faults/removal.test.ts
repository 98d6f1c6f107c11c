import { holds } from './in-suite'
import { removed } from './removal'

holds(removed)
