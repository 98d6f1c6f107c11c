import { holds } from './in-suite'
import { unstolen } from './sessions'

holds(unstolen)
