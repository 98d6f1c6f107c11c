import { storeContract } from '../contract'
import { describeOnPostgres, openEngine } from './databases'

describeOnPostgres('the contract', () => storeContract('PostgreSQL', openEngine))
