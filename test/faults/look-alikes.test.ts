import { holds } from './in-suite'
import { unmistakable } from './look-alikes'

holds(unmistakable)
