import type { Handlers } from '../../shared/contract.ts'
import type { EngineEvents } from './events.ts'
import type { Services } from './services.ts'

type ModelMethod = Extract<keyof Handlers, `models.${string}`>

/** What the contract's methods on model versions do. */
export function modelHandlers(services: Services, events: EngineEvents): Pick<Handlers, ModelMethod> {
  const { models, autoTrainer } = services
  return {
    'models.list': async () => {
      await autoTrainer.refresh()
      return events.snapshot('models')
    },
    'models.report': ({ id }) => models.report(id),
    'models.use': ({ id }) => ({ job: models.use(id).id }),
    'models.train': parameters => ({ job: models.train(parameters).id }),
    'models.setAutomatic': ({ automatic }) => {
      autoTrainer.automatic = automatic
      events.changed()
      return null
    },
    'models.export': ({ id }) => {
      const { name, file } = models.export(id)
      return { name, base64: file.toString('base64') }
    },
    'models.import': ({ base64 }) => {
      const { id } = models.import(Buffer.from(base64, 'base64'))
      events.changed()
      return { id }
    },
  }
}
