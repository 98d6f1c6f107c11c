import { fuzzed } from './fuzz'
import { holds } from './in-suite'

holds(fuzzed)
