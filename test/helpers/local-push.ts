/**
 * Loaded before a server, or imported: push services of this machine are allowed, without HTTPS. It
 * changes the module as it is run from source, so no executable can be told to.
 */
import { destinationRules } from '../../src/chat/push/destination'

Object.assign(destinationRules, { protocol: 'http:', isAllowed: () => true })
