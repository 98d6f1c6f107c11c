import { holds } from './in-suite'
import { upgraded } from './upgrades'

holds(upgraded)
