import { holds } from './in-suite'
import { restarted } from './restarts'

holds(restarted)
