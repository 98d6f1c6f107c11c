/** Loaded before a server: one that writes down what is asked, as no server of ours may. */
const serve = Bun.serve
const listen = (options: { fetch: (request: Request, itself: object) => unknown }): object =>
  Reflect.apply(serve, Bun, [
    {
      ...options,
      fetch(request: Request, itself: object) {
        console.error(decodeURIComponent(request.url))
        return options.fetch(request, itself)
      },
    },
  ])
Object.assign(Bun, { serve: listen })
